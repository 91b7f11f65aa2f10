import type { Attempt } from '../../../src/channel.ts'
import { takeTurn } from '../../../src/channel/turn.ts'
import type { LedgerEntry, Outcome } from '../../../src/domain/delivery.ts'
import type { FrozenRendering } from '../../../src/ports.ts'
import { type Content, contentSchema } from '../content.ts'
import { carryDelete } from './delete.ts'
import { carryEdit } from './edit.ts'
import { findPosts } from './find.ts'
import { accountName, type Context, type Job, jobFor, later } from './job.ts'
import { openNote } from './note.ts'
import { allGone, carryPosts, inPart } from './posts.ts'

/** A look that breaks off tells nothing, and costs a person a decision: it ends by itself before that. */
const LOOK_MS = 4 * 60_000
const NO_ACCOUNT_WAIT_MS = 15 * 60_000

/** One attempt for each delivery (there is one), with an outcome for each. */
export async function sendMastodon(attempt: Attempt, context: Context, signal: AbortSignal): Promise<Outcome[]> {
  const content = contentSchema.parse(JSON.parse(attempt.rendering.content))
  const outcomes: Outcome[] = []
  for (const delivery of attempt.deliveries) {
    const job = jobOf(content, { key: delivery.key, group: attempt.key }, context, signal)
    outcomes.push(job ? await carry(job, content, attempt, context) : noAccount(content, context))
  }
  return outcomes
}

/**
 * Looks whether a delivery is there whose call may no longer be repeated. Answers `later` only where it is proved that
 * nothing of it is missing from the look: see `findPosts`. What may be repeated at any time needs no looking.
 */
export async function findMastodon(
  delivery: LedgerEntry,
  rendering: FrozenRendering,
  context: Context,
  signal: AbortSignal,
): Promise<Outcome> {
  const content = contentSchema.parse(JSON.parse(rendering.content))
  const inTime = AbortSignal.any([signal, context.ports.clock.deadline(LOOK_MS)])
  const job = jobOf(content, delivery, context, inTime)
  if (!job) return { kind: 'unknown', reason: missing(content) }
  if (content.kind !== 'posts') return later(context.ports, 0, 'it is done again, which changes nothing that is done')
  return findPosts(job, content.posts)
}

async function carry(job: Job, content: Content, attempt: Attempt, { settings, ports, house, how }: Context) {
  // What was taken back is refused whatever the account's state.
  const isOver = content.kind === 'posts' && (await allGone(job, content.posts))
  const closed = isOver ? undefined : await job.gate.closed()
  const isFree = isOver || content.kind !== 'posts'
  const turn = () => takeTurn(ports, accountName(job.account), settings, house.publication.zone, attempt, how.atOnce)
  const wait = closed ?? (isFree ? undefined : await turn())
  if (wait) return inPart(await openNote(ports.notes, job.key), wait)
  switch (content.kind) {
    case 'posts':
      return carryPosts(job, content.posts)
    case 'edit':
      return carryEdit(job, content)
    case 'delete':
      return carryDelete(job, content)
  }
}

function jobOf(
  { account: name }: Content,
  delivery: Pick<Job, 'key' | 'group'>,
  context: Context,
  signal: AbortSignal,
): Job | undefined {
  const account = context.accounts.find((each) => each.name === name)
  return account && jobFor(account, delivery, context, signal)
}

function noAccount(content: Content, { ports }: Context): Outcome {
  return later(ports, NO_ACCOUNT_WAIT_MS, missing(content))
}

function missing({ account }: Content): string {
  return `there is no Mastodon account "${account}" in the settings any more`
}
