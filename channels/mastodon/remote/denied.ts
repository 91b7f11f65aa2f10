import * as z from 'zod'
import type { ChannelPorts } from '../../../src/channel.ts'
import type { Gate } from '../../../src/channel/stopped.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Verdict } from './judge.ts'
import { read, type Reader } from './read.ts'

/** Between two answers that make it sure: a wall in front of a server that lets nobody through is often gone by then. */
const APART_MS = 15 * 60_000
/** What was said longer ago is forgotten. */
const LONGEST_APART_MS = 3 * 60 * 60_000

const saidSchema = z.object({ credential: z.string(), at: z.iso.datetime() })
const accountSchema = z.object({ id: z.string() })

interface Asker {
  readonly reader: Reader
  readonly ports: Pick<ChannelPorts, 'clock' | 'api' | 'notes'>
  readonly signal: AbortSignal
  readonly gate: Gate
}

/** Who the token speaks for, asked now. snac answers 422 without a word to a token that is none. */
export async function whoIs({
  reader,
  ports,
  signal,
}: Pick<Asker, 'reader' | 'signal'> & { readonly ports: Pick<ChannelPorts, 'clock' | 'api'> }): Promise<
  { readonly kind: 'told'; readonly data: { readonly id: string } } | Verdict
> {
  const told = await read(reader, ports, '/api/v1/accounts/verify_credentials', accountSchema, signal)
  const isNone = told.kind === 'refused' && told.isWordless && told.status === 422
  return isNone ? { kind: 'denied', reason: told.reason, isWordless: true } : told
}

/**
 * Stops the account when the credential itself is not taken, and says so. A refusal without a word of the server may be
 * somebody else's, or about something else: only when the server does not take the credential where it is shown to it,
 * twice and some time apart, is the account stopped.
 *
 * @param name of the account, as its notes begin.
 * @returns undefined when the account is not stopped, for now.
 */
export async function stopIfDenied(asker: Asker, name: string, verdict: Verdict): Promise<Outcome | undefined> {
  const { gate, ports, reader } = asker
  if (verdict.kind !== 'denied' && verdict.kind !== 'refused') return undefined
  if (verdict.kind === 'denied' && !verdict.isWordless) return gate.stop(verdict.reason)
  const who = await whoIs(asker)
  if (who.kind === 'denied' && !who.isWordless) return gate.stop(who.reason)
  if (who.kind === 'told') {
    await forget(ports.notes, name)
    return undefined
  }
  if (who.kind !== 'denied') return undefined
  const credential = sha256(`credential ${name} ${reader.accessToken}`)
  const known = await ports.notes.recall(nameOf(name))
  const said = known === undefined ? undefined : saidSchema.parse(JSON.parse(known))
  const now = ports.clock.now()
  const passed = said?.credential === credential ? now.getTime() - Date.parse(said.at) : Infinity
  if (passed >= APART_MS && passed < LONGEST_APART_MS) {
    await forget(ports.notes, name)
    return gate.stop(who.reason)
  }
  if (passed < 0 || passed >= LONGEST_APART_MS)
    await ports.notes.replace(nameOf(name), known, JSON.stringify({ credential, at: now.toISOString() }))
  return undefined
}

async function forget(notes: ChannelPorts['notes'], name: string): Promise<void> {
  const known = await notes.recall(nameOf(name))
  if (known !== undefined) await notes.replace(nameOf(name), known, undefined)
}

function nameOf(name: string): string {
  return `${name} not taken`
}
