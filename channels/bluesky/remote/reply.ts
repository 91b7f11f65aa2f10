import * as z from 'zod'
import type { Content } from '../content.ts'
import { isDoubtful, type Work } from './context.ts'
import { reading } from './look.ts'
import { later, Settled } from './settled.ts'
import { recallStamp, type ReplyRefs } from './stamp.ts'
import { buriedParts } from './tombstone.ts'

type Reply = Extract<Content, { kind: 'reply' }>

const WAIT_MS = 10 * 60_000
/** The post may be held for days; the longer it takes, the less often it is looked for. */
const SHARE_OF_AGE = 0.1
const LONGEST_WAIT_MS = 3 * 60 * 60_000

const ref = z.object({ uri: z.string(), cid: z.string() })
const refsSchema = z.object({ root: ref, parent: ref })

/**
 * What a correction answers: the post that it corrects, in the thread that this one is in.
 *
 * @param stamped what the record refers to since an earlier attempt; one that may have left is repeated as it was.
 * @throws Settled while that post is not there yet, and when it is there no more.
 */
export async function answersOf(work: Work, content: Reply, stamped: unknown): Promise<ReplyRefs> {
  const { context, delivery, repo } = work
  const known = refsSchema.safeParse(stamped)
  if (known.success && isDoubtful(delivery)) return known.data
  const original = await recallStamp(context.ports, content.of)
  if ((await buriedParts(context.ports, content.of, content.part + 1)).includes(content.part))
    return refuse('the post it would answer was taken back')
  const place = original?.stamp.posts[content.part]
  if (!original || !place) return notYet(work, content)
  if (original.stamp.did !== repo.did) {
    const reason = `the post it would answer is of ${original.stamp.did}, and the account is ${repo.did} now; settle it by hand`
    throw new Settled({ kind: 'unknown', reason, isFinal: true })
  }
  const parent = await reading(work, () => repo.find(place.rkey))
  if (!parent)
    return original.stamp.sent !== undefined ? refuse('the post it would answer is gone') : notYet(work, content)
  const own = { uri: parent.uri, cid: parent.cid }
  const thread = refsSchema.safeParse(parent.value['reply'])
  return { root: thread.success ? thread.data.root : own, parent: own }
}

function notYet({ context, delivery }: Work, { post }: Reply): never {
  const now = context.ports.clock.now()
  const share = (now.getTime() - Date.parse(post.at)) * SHARE_OF_AGE
  const waitMs = Math.min(Math.max(WAIT_MS, share), LONGEST_WAIT_MS)
  const advice = `should it never leave: groundwire cancel ${delivery.edition}`
  throw new Settled(later(now, waitMs, `the post it would answer has not left yet; ${advice}`))
}

function refuse(reason: string): never {
  throw new Settled({ kind: 'rejected', reason })
}
