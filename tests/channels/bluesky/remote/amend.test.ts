import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordKey } from '../../../../channels/bluesky/remote/record-key.ts'
import type { Content } from '../../../../channels/bluesky/content.ts'
import { FakePds } from '../../../fakes/pds.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { ACCOUNT, postOf, posts, startWorker, type Worker } from './support.ts'

const POST = 'app.bsky.feed.post'
const PUT = 'com.atproto.repo.putRecord'
const MINUTE_MS = 60_000
const WRITE = 'com.atproto.repo.applyWrites'
const DELETE = 'com.atproto.repo.deleteRecord'
const one = posts(postOf('one'))
const thread = posts(postOf('one'), postOf('two'), postOf('three'))
const correction = postOf('correction', { at: '2026-06-29T05:00:00.000Z' })
const keyOf = (name: string): string => recordKey(postOf(name).seed, postOf(name).at)

let pds: FakePds
let clock: TestClock
let notes: ReturnType<typeof testNotes>
let worker: Worker

beforeEach(async () => {
  pds = await new FakePds().start()
  clock = testClock()
  notes = testNotes()
  worker = startWorker(pds, { clock, notes })
})
afterEach(() => pds.stop())

const reply = (part = 0): Content => ({ kind: 'reply', account: ACCOUNT, of: 'bluesky/one', part, post: correction })
const removal = (part = 0): Content => ({ kind: 'delete', account: ACCOUNT, of: 'bluesky/one', part })
const sendReply = (part = 0, doubts = 0) => worker.send(reply(part), { key: 'bluesky/correction', doubts })
const sendRemoval = (part = 0, doubts = 0) => worker.send(removal(part), { key: 'bluesky/retraction', doubts })
const texts = (): unknown[] => pds.posts.map(({ value }) => value['text'])
const at = (name: string): string => `at://${pds.did}/${POST}/${keyOf(name)}`

describe('a correction', () => {
  it('answers the post that it corrects', async () => {
    await worker.send(one)
    expect(await sendReply()).toMatchObject({ kind: 'sent' })
    const ref = { uri: at('one'), cid: pds.records.get(`${POST}/${keyOf('one')}`)?.cid }
    const [, answer] = pds.posts
    expect(answer?.value).toMatchObject({ reply: { root: ref, parent: ref } })
  })

  it('answers one post of a thread, in that thread', async () => {
    await worker.send(posts(postOf('one'), postOf('two')))
    expect(await sendReply(1)).toMatchObject({ kind: 'sent' })
    expect(pds.posts[2]?.value).toMatchObject({ reply: { root: { uri: at('one') }, parent: { uri: at('two') } } })
  })

  it.each([true, false])('is there once when its answer is lost (written: %s)', async (acts) => {
    await worker.send(one)
    pds.fault = ({ method, before }) => (method === PUT && before === 1 ? { kind: 'reset', acts } : undefined)
    expect(await sendReply()).toMatchObject({ kind: 'unknown' })
    clock.advance(3 * 60 * MINUTE_MS)
    expect(await sendReply(0, 1)).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(2)
    const [first, second] = pds.calls.filter(({ method }) => method === PUT).slice(1)
    expect(second?.input).toEqual(first?.input)
  })

  it('that may have left is repeated as it was, whatever became of its post', async () => {
    await worker.send(one)
    pds.fault = ({ method, before }) => (method === PUT && before === 1 ? { kind: 'reset', acts: true } : undefined)
    await sendReply()
    pds.records.delete(`${POST}/${keyOf('one')}`)
    expect(await sendReply(0, 1)).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(1)
  })

  it('waits for a post that has not left', async () => {
    expect(await sendReply()).toMatchObject({ kind: 'later', notBefore: new Date('2026-06-29T05:10:00.000Z') })
    pds.fault = ({ method, before }) => (method === PUT && before === 0 ? { kind: 'reset', acts: false } : undefined)
    await worker.send(one)
    expect(await sendReply()).toMatchObject({ kind: 'later' })
    await worker.send(one, { doubts: 1 })
    expect(await sendReply()).toMatchObject({ kind: 'sent' })
  })

  it('waits for a post that is held for weeks, looks for it less and less often, and says how to end that', async () => {
    clock.set('2026-06-29T15:00:00.000Z')
    const advice: unknown = expect.stringContaining('groundwire cancel daily/2026-06-29')
    expect(await sendReply()).toMatchObject({ notBefore: new Date('2026-06-29T16:00:00.000Z'), reason: advice })
    clock.set('2026-07-20T05:00:00.000Z')
    expect(await sendReply()).toMatchObject({ kind: 'later', notBefore: new Date('2026-07-20T08:00:00.000Z') })
    await worker.send(one)
    expect(await sendReply()).toMatchObject({ kind: 'sent' })
  })

  it('of a post that was taken back before it left is given up', async () => {
    await sendRemoval()
    expect(await sendReply()).toEqual({ kind: 'rejected', reason: 'the post it would answer was taken back' })
  })

  it('of a post that its owner deleted is given up', async () => {
    await worker.send(one)
    pds.records.clear()
    expect(await sendReply()).toEqual({ kind: 'rejected', reason: 'the post it would answer is gone' })
    expect(pds.records.size).toBe(0)
  })

  it('of a post that was taken back is given up', async () => {
    await worker.send(one)
    await sendRemoval()
    expect(await sendReply()).toEqual({ kind: 'rejected', reason: 'the post it would answer was taken back' })
  })

  it('is not written to another account', async () => {
    await worker.send(one)
    pds.did = 'did:plc:another'
    for (const name of ['session', 'sign-ins']) notes.values.delete(`bluesky ${ACCOUNT} ${name}`)
    expect(await sendReply()).toMatchObject({ kind: 'unknown', isFinal: true })
    expect(pds.posts).toHaveLength(1)
  })
})

describe('a retraction', () => {
  it('deletes the post, as often as it is told', async () => {
    await worker.send(one)
    clock.advance(11 * MINUTE_MS)
    expect(await sendRemoval()).toEqual({ kind: 'sent', remoteId: at('one') })
    expect(await sendRemoval(0, 1)).toEqual({ kind: 'sent', remoteId: at('one') })
    expect(pds.posts).toEqual([])
  })

  it('is written down before the post is deleted', async () => {
    await worker.send(one)
    const known: boolean[] = []
    pds.fault = ({ method }) => {
      if (method === DELETE) known.push(notes.values.has('bluesky gone bluesky/one 0'))
      return undefined
    }
    await sendRemoval()
    expect(known).toEqual([true])
  })

  it('lets no repetition bring the post back', async () => {
    await worker.send(one)
    await sendRemoval()
    const calls = pds.calls.length
    expect(await worker.send(one)).toEqual({ kind: 'rejected', reason: 'it was taken back before it left' })
    expect(pds.calls).toHaveLength(calls)
    expect(await worker.send(one, { doubts: 3 })).toMatchObject({ kind: 'rejected' })
    expect(pds.count(PUT)).toBe(1)
    expect(pds.posts).toEqual([])
  })

  it('of what never left is done, and keeps it from leaving', async () => {
    expect(await sendRemoval()).toMatchObject({ kind: 'sent' })
    expect(await worker.send(one)).toMatchObject({ kind: 'rejected' })
    expect(pds.calls).toEqual([])
  })

  it('of what may be on its way deletes it again when it must have arrived', async () => {
    pds.fault = ({ method }) => (method === PUT ? { kind: 'reset', acts: false } : undefined)
    await worker.send(one)
    const notBefore = new Date('2026-06-29T05:10:00.000Z')
    expect(await sendRemoval()).toMatchObject({ kind: 'later', notBefore })
    await pds.put(POST, keyOf('one'), postOf('one').record)
    clock.set(notBefore.toISOString())
    expect(await sendRemoval()).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toEqual([])
  })

  it('of what was seen there deletes it again, too, while an earlier call may be on its way', async () => {
    pds.fault = ({ method, before }) => (method === PUT && before === 0 ? { kind: 'reset', acts: false } : undefined)
    expect(await worker.send(one)).toMatchObject({ kind: 'unknown' })
    clock.advance(5000)
    expect(await worker.send(one, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    const notBefore = new Date('2026-06-29T05:10:05.000Z')
    expect(await sendRemoval()).toMatchObject({ kind: 'later', notBefore })
    expect(pds.posts).toEqual([])
    await pds.put(POST, keyOf('one'), postOf('one').record)
    clock.set(notBefore.toISOString())
    expect(await sendRemoval()).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toEqual([])
  })

  it('waits for the last call of many, not for the first', async () => {
    pds.fault = ({ method }) => (method === PUT ? { kind: 'reset', acts: false } : undefined)
    await worker.send(one)
    clock.advance(60 * MINUTE_MS)
    await worker.send(one, { doubts: 1 })
    pds.fault = undefined
    expect(await sendRemoval()).toMatchObject({ kind: 'later' })
    clock.advance(11 * MINUTE_MS)
    expect(await sendRemoval()).toMatchObject({ kind: 'sent' })
  })

  it('that comes in the midst of the post has the last word', async () => {
    pds.fault = async ({ method }) => {
      if (method === PUT) {
        pds.fault = undefined
        await startWorker(pds, { clock, notes }).send(removal(), { key: 'bluesky/retraction' })
      }
      return undefined
    }
    expect(await worker.send(one)).toMatchObject({ kind: 'rejected' })
    expect(pds.posts).toEqual([])
  })

  it('of one post of a thread leaves the others', async () => {
    await worker.send(thread)
    clock.advance(11 * MINUTE_MS)
    expect(await sendRemoval(1)).toEqual({ kind: 'sent', remoteId: at('two') })
    expect(texts()).toEqual(['one, checked.', 'three, checked.'])
    expect(await worker.send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent', remoteId: at('one') })
    expect(pds.posts).toHaveLength(2)
  })

  it('of one post of a thread that has not left lets the others leave', async () => {
    expect(await sendRemoval(1)).toMatchObject({ kind: 'sent' })
    expect(await worker.send(thread)).toMatchObject({ kind: 'sent', remoteId: at('one') })
    expect(texts()).toEqual(['one, checked.', 'three, checked.'])
    expect(pds.count(WRITE)).toBe(1)
    const [, third] = pds.posts
    expect(third?.value).toMatchObject({ reply: { root: { uri: at('one') }, parent: { uri: at('two') } } })
    expect(await worker.send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(texts()).toEqual(['one, checked.', 'three, checked.'])
  })

  it.each([true, false])('of one post of a thread in doubt leaves the others (written: %s)', async (acts) => {
    pds.fault = ({ method, before }) => (method === WRITE && before === 0 ? { kind: 'reset', acts } : undefined)
    expect(await worker.send(thread)).toMatchObject({ kind: 'unknown' })
    expect(await sendRemoval(1)).toMatchObject({ kind: 'later' })
    expect(await worker.send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent', remoteId: at('one') })
    expect(texts()).toEqual(['one, checked.', 'three, checked.'])
    clock.advance(10 * MINUTE_MS)
    expect(await sendRemoval(1, 1)).toMatchObject({ kind: 'sent' })
    expect(texts()).toEqual(['one, checked.', 'three, checked.'])
  })

  it('of one post of a thread is part of the thread: until it is done nobody knows', async () => {
    await sendRemoval(1)
    const body = { error: 'RateLimitExceeded' }
    pds.fault = ({ method }) => (method === DELETE ? { kind: 'answer', status: 429, body } : undefined)
    expect(await worker.send(thread)).toMatchObject({ kind: 'unknown' })
    pds.fault = undefined
    expect(await worker.send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(texts()).toEqual(['one, checked.', 'three, checked.'])
  })

  it('of one post brings the others of its thread not back, which their owner deleted', async () => {
    await worker.send(thread)
    pds.records.clear()
    await sendRemoval(1)
    expect(await worker.send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(pds.records.size).toBe(0)
    expect(pds.count(WRITE)).toBe(1)
  })

  it('leaves alone what stood in the place of the post before', async () => {
    await pds.put(POST, keyOf('one'), { $type: POST, text: 'Not ours.' })
    pds.fault = ({ method }) => (method === PUT ? { kind: 'reset', acts: false } : undefined)
    await worker.send(one)
    expect(await sendRemoval()).toMatchObject({ kind: 'later' })
    expect(await worker.send(one, { doubts: 1 })).toMatchObject({ kind: 'rejected' })
    clock.advance(10 * MINUTE_MS)
    expect(await sendRemoval()).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toMatchObject([{ value: { text: 'Not ours.' } }])
  })

  it('deletes nothing of another account', async () => {
    await worker.send(one)
    pds.did = 'did:plc:another'
    for (const name of ['session', 'sign-ins']) notes.values.delete(`bluesky ${ACCOUNT} ${name}`)
    expect(await sendRemoval()).toMatchObject({ kind: 'unknown', isFinal: true })
    expect(pds.posts).toHaveLength(1)
  })
})
