import type { Command } from '../../cli.ts'
import { DEFAULT_FREQUENCY, maskAddress, type SuppressionReason } from '../../domain/subscriber.ts'
import type { AddressStatus, ReaderStore } from '../../ports.ts'
import { UsageError, type Terminal } from '../terminal.ts'
import { frequencyFlaw } from './frequency.ts'
import { newReaderId } from './id.ts'

type Words<Action> = Extract<Command, { kind: 'subscribers'; action: Action }>

interface Said {
  /** For a program. */
  readonly result: string
  /** For a person. */
  readonly words: string
  readonly exitCode: number
}

/** Why mail to somebody was stopped, as the second half of a sentence. */
export const suppressionWords: Readonly<Record<SuppressionReason, string>> = {
  'hard-bounce': 'mail to it came back for good',
  'soft-bounces': 'mail to it came back too often',
  complaint: 'its reader called the mail spam',
  provider: 'the mail provider refuses it',
  editor: 'the publication said so',
}

/**
 * Adds one reader, who gets the digest from the next edition on. Whoever left, or must not be written to, is taken in
 * again only when the call says that they agreed anew.
 */
export async function addReader(
  command: Words<'add'>,
  store: ReaderStore,
  terminal: Terminal,
  { now, callOptions }: { readonly now: Date; readonly callOptions: string },
): Promise<number> {
  const { address, again, frequency } = command
  const flaw = frequency === undefined ? undefined : frequencyFlaw(frequency)
  if (flaw !== undefined) throw new UsageError(`--frequency: ${flaw}.`)
  const [status = {}] = await store.addressStatuses([address])
  if (status.id !== undefined && frequency !== undefined) await refuseOtherFrequency(store, status.id, frequency)
  const name = maskAddress(address)
  const said = again ? undefined : standing(name, status, callOptions)
  return tell(terminal, command, said ?? (await takeIn(command, status, store, now)))
}

/** What stands in the way of adding somebody without `--again`. */
function standing(name: string, { id, state, suppressed }: AddressStatus, callOptions: string): Said | undefined {
  const way = `Only when they have asked anew: groundwire subscribers add ADDRESS${callOptions} --again --consent "how they asked".`
  if (suppressed !== undefined)
    return {
      result: 'suppressed',
      words: `${name} was not added: ${suppressionWords[suppressed]}, and it is on the suppression list. ${way}`,
      exitCode: 1,
    }
  if (id === undefined) return undefined
  if (state === 'active')
    return { result: 'known', words: `${name} is subscribed already; nothing was changed.`, exitCode: 0 }
  const stands = state === 'unconfirmed' ? 'has not confirmed yet' : 'has unsubscribed'
  return { result: state ?? 'unsubscribed', words: `${name} was not added: this reader ${stands}. ${way}`, exitCode: 1 }
}

async function takeIn(
  { address, consent, frequency }: Words<'add'>,
  status: AddressStatus,
  store: ReaderStore,
  now: Date,
): Promise<Said> {
  const name = maskAddress(address)
  const id = status.id ?? newReaderId()
  const at = now.toISOString()
  const added = await store.addSubscribers([
    {
      id,
      address,
      state: 'active',
      consent,
      consentAt: at,
      ...(frequency !== undefined && { frequency }),
      reason: 'added by an editor',
      changedAt: at,
    },
  ])
  // Somebody known, or who was never subscribed but is on the suppression list: both end here.
  if (added === 0 || status.suppressed !== undefined) {
    const [known] = await store.addressStatuses([address])
    await store.renewConsent(known?.id ?? id, consent, now)
    return { result: 'renewed', words: `${name} is subscribed again, with this consent on record.`, exitCode: 0 }
  }
  return { result: 'added', words: `${name} is subscribed, from the next edition on.`, exitCode: 0 }
}

async function refuseOtherFrequency(store: ReaderStore, id: string, frequency: string): Promise<void> {
  const { frequency: current = DEFAULT_FREQUENCY } = (await store.subscriber(id)) ?? {}
  if (current !== frequency)
    throw new UsageError(`--frequency is for a new reader; this one is known and asked for ${current}. Leave it out.`)
}

/** Unsubscribes one reader. Their consent stays on record, and an import does not bring them back. */
export async function removeReader(
  command: Words<'remove'>,
  store: ReaderStore | undefined,
  terminal: Terminal,
  now: Date,
): Promise<number> {
  const { address, reason = 'by an editor' } = command
  const name = maskAddress(address)
  const [status] = (await store?.addressStatuses([address])) ?? []
  const done = status?.id === undefined ? undefined : await store?.unsubscribe(status.id, reason, now)
  if (done === 'done')
    return tell(terminal, command, {
      result: 'unsubscribed',
      words: `${name} is unsubscribed: nothing leaves for them any more, but for a call that is under way. The consent stays on record.`,
      exitCode: 0,
    })
  return tell(
    terminal,
    command,
    done === 'already'
      ? { result: 'already', words: `${name} had unsubscribed before; nothing was changed.`, exitCode: 0 }
      : {
          result: 'unknown',
          words: `Nobody is subscribed as ${name}. Is it spelled as in groundwire subscribers export?`,
          exitCode: 1,
        },
  )
}

/** A refusal is said on standard error, as every failure is; with `--json` all goes into the one object. */
function tell(terminal: Terminal, { address, json }: Words<'add' | 'remove'>, said: Said): number {
  const { result, words, exitCode } = said
  if (json) {
    terminal.out(`${JSON.stringify({ address: maskAddress(address), result, message: words, exitCode })}\n`)
  } else if (exitCode === 0) terminal.out(`${words}\n`)
  else terminal.err(`groundwire: ${words}\n`)
  return exitCode
}
