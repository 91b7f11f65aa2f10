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
const one = posts(postOf('one'))
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

  it('is given up when the post never leaves', async () => {
    clock.advance(8 * 24 * 60 * MINUTE_MS)
    expect(await sendReply()).toEqual({ kind: 'rejected', reason: 'the post it would answer never left' })
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
    expect(await sendRemoval()).toEqual({ kind: 'sent', remoteId: at('one') })
    expect(await sendRemoval(0, 1)).toEqual({ kind: 'sent', remoteId: at('one') })
    expect(pds.posts).toEqual([])
  })

  it('is written down before the post is deleted', async () => {
    await worker.send(one)
    const known: boolean[] = []
    pds.fault = ({ method }) => {
      if (method === 'com.atproto.repo.deleteRecord') known.push(notes.values.has('bluesky gone bluesky/one 0'))
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
    await worker.send(posts(postOf('one'), postOf('two'), postOf('three')))
    expect(await sendRemoval(1)).toEqual({ kind: 'sent', remoteId: at('two') })
    expect(pds.posts.map(({ value }) => value['text'])).toEqual(['one, checked.', 'three, checked.'])
    const again = posts(postOf('one'), postOf('two'), postOf('three'))
    expect(await worker.send(again, { doubts: 1 })).toMatchObject({ kind: 'sent', remoteId: at('one') })
    expect(pds.posts).toHaveLength(2)
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

describe('a document of standard.site', () => {
  const record = { $type: 'site.standard.document' as const, path: '/news/one.html', title: 'One' }
  const document = { seed: `${ACCOUNT} one`, at: '2026-06-29T04:00:00.000Z', record }
  const documented = posts(postOf('one', { document }))
  const documents = () => [...pds.records].filter(([key]) => key.startsWith('site.standard.document/'))

  it('is named by the card, names its post, and goes with it', async () => {
    expect(await worker.send(documented)).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([[expect.any(String), { value: { bskyPostRef: { uri: at('one') } } }]])
    const [place] = documents()[0] ?? []
    const refs = [{ uri: `at://${pds.did}/${place}` }, { uri: expect.stringContaining('site.standard.publication') }]
    expect(pds.posts[0]?.value['embed']).toMatchObject({ external: { associatedRefs: refs } })
    await sendRemoval()
    expect(documents()).toEqual([])
  })

  it('of an item that was corrected is corrected, and names its own post, not the answer', async () => {
    await worker.send(documented)
    const corrected = { ...document, record: { ...record, title: 'One, corrected', updatedAt: correction.at } }
    const answer: Content = {
      kind: 'reply',
      account: ACCOUNT,
      of: 'bluesky/one',
      part: 0,
      post: { ...correction, document: corrected },
    }
    expect(await worker.send(answer, { key: 'bluesky/correction' })).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([
      [expect.any(String), { value: { title: 'One, corrected', bskyPostRef: { uri: at('one') } } }],
    ])
  })

  it('is not left out because the session could not be renewed just then', async () => {
    await worker.send(posts(postOf('before')), { key: 'bluesky/before' })
    pds.expire()
    const lease = { holder: 'bluesky/other', at: clock.now().toISOString(), ms: 25_000 }
    notes.values.set(`bluesky ${ACCOUNT} lease`, JSON.stringify(lease))
    expect(await worker.send(documented)).toMatchObject({ kind: 'later' })
    clock.advance(25_000)
    expect(await worker.send(documented)).toMatchObject({ kind: 'sent' })
    expect(pds.posts[1]?.value).toHaveProperty('embed.external.associatedRefs')
  })

  it('never costs the post', async () => {
    pds.fault = ({ method, input }) =>
      method === PUT && input['collection'] !== POST
        ? { kind: 'answer', status: 400, body: { error: 'InvalidRequest' } }
        : undefined
    expect(await worker.send(documented)).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(1)
  })
})
