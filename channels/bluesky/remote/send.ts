import { XRPCError } from '@atproto/api'
import type { Attempt } from '../../../src/channel.ts'
import { type Gate, openGate } from '../../../src/channel/stopped.ts'
import { takeTurn } from '../../../src/channel/turn.ts'
import type { LedgerEntry, Outcome } from '../../../src/domain/delivery.ts'
import { type Content, contentSchema } from '../content.ts'
import type { Account } from '../settings.ts'
import { classify } from './classify.ts'
import type { Context, Work } from './context.ts'
import { known, post } from './posts.ts'
import { notLeft, remove, takeBack } from './remove.ts'
import { later, Refused, Settled } from './settled.ts'
import { signedIn } from './signed-in.ts'

/** How long to leave somebody time to put an account back into the settings. */
const REPAIR_WAIT_MS = 15 * 60_000
const ADVICE =
  'A new app password (BLUESKY_APP_PASSWORD) is taken within a quarter of an hour; at once by groundwire run --now, which sends all that waits, also what is spaced or in quiet hours.'

/**
 * One attempt: a post or thread, a reply, or a deletion. Whatever it does may be repeated for ever without a second
 * effect; never throws for what the other side does.
 */
export async function sendBluesky(attempt: Attempt, context: Context, signal: AbortSignal): Promise<Outcome[]> {
  const content = contentSchema.parse(JSON.parse(attempt.rendering.content))
  const account = context.accounts.find(({ name }) => name === content.account)
  const outcomes: Outcome[] = []
  for (const delivery of attempt.deliveries)
    outcomes.push(
      account
        ? await outcomeOf(context, () => send({ attempt, delivery, content, account }, context, signal))
        : later(context.ports.clock.now(), REPAIR_WAIT_MS, `${content.account} is not among the accounts any more`),
    )
  return outcomes
}

interface Job {
  readonly attempt: Attempt
  readonly delivery: LedgerEntry
  readonly content: Content
  readonly account: Account
}

async function send(job: Job, context: Context, signal: AbortSignal): Promise<Outcome> {
  const { attempt, delivery, content, account } = job
  const { ports, settings, house, how } = context
  const buried = content.kind === 'delete' ? await takeBack(ports, content) : undefined
  if (content.kind === 'delete' && !buried?.kept && !content.document) return notLeft
  const told = content.kind === 'delete' ? undefined : await known(ports, delivery, content)
  if (told) return told
  const gate = gateOf(context, account)
  const closed = await gate.closed()
  if (closed) return closed
  if (content.kind === 'posts') {
    const { zone } = house.publication
    const wait = await takeTurn(ports, `bluesky ${account.name}`, settings, zone, attempt, how.atOnce)
    if (wait) return wait
  }
  const desk = { account, ports, timeoutSeconds: settings.timeoutSeconds, holder: attempt.key, signal }
  try {
    const outcome = await signedIn(desk, async (repo) => {
      const work: Work = { context, account, delivery, repo }
      if (content.kind !== 'delete') return post(work, content)
      return buried ? remove(work, content, buried) : notLeft
    })
    if (outcome.kind === 'sent') await gate.opened()
    return outcome
  } catch (error) {
    if (error instanceof Refused) return gate.stop(error.message)
    throw error
  }
}

/** One for each account and process: whoever asked for it now has the credential tried once more, and not once a post. */
function gateOf({ gates, ports, how }: Context, { name, appPassword }: Account): Gate {
  const gate = gates.get(name) ?? openGate(ports, `bluesky ${name}`, appPassword, ADVICE, how.atOnce)
  gates.set(name, gate)
  return gate
}

async function outcomeOf({ ports }: Context, act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Settled) return error.outcome
    if (!(error instanceof XRPCError)) throw error
    const trouble = classify(error, ports.clock.now())
    if (trouble.kind === 'later' || trouble.kind === 'unknown' || trouble.kind === 'rejected') return trouble
    return { kind: 'unknown', reason: `Bluesky answered what was not to be expected (${trouble.kind})` }
  }
}
