import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextKey, recordKey } from '../../../../channels/bluesky/remote/record-key.ts'
import { cidOf, FakePds, xrpcError } from '../../../fakes/pds.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { testLog } from '../../../fixtures/store.ts'
import { picture, postOf, posts, startWorker, type Worker } from './support.ts'

const POST = 'app.bsky.feed.post'
const PUT = 'com.atproto.repo.putRecord'
const DAY_MS = 24 * 60 * 60_000
const one = posts(postOf('one'))
const oneKey = recordKey(postOf('one').seed, postOf('one').at)

let pds: FakePds
let clock: TestClock
let notes: ReturnType<typeof testNotes>
let log: ReturnType<typeof testLog>
let worker: Worker

beforeEach(async () => {
  pds = await new FakePds().start()
  clock = testClock()
  notes = testNotes()
  log = testLog()
  worker = startWorker(pds, { clock, notes, log })
})
afterEach(() => pds.stop())

const restarted = (): Worker => startWorker(pds, { clock, notes, log })

describe('a post', () => {
  it('is written under the key of its identity, dated now, and its place told', async () => {
    expect(await worker.send(one)).toEqual({
      kind: 'sent',
      remoteId: `at://${pds.did}/${POST}/${oneKey}`,
      url: `https://bsky.app/profile/tidewatch.test/post/${oneKey}`,
    })
    expect(pds.posts).toMatchObject([{ value: { text: 'one, checked.', createdAt: '2026-06-29T05:00:00.000Z' } }])
    expect(pds.calls.at(-1)).toMatchObject({ method: PUT, input: { swapRecord: null } })
  })

  it('is written down whole before it is written', async () => {
    pds.fault = ({ method }) => (method === PUT ? { kind: 'reset', acts: true } : undefined)
    expect(await worker.send(one)).toMatchObject({ kind: 'unknown' })
    const note: unknown = JSON.parse(notes.values.get('bluesky post bluesky/one') ?? '')
    expect(note).toMatchObject({
      did: pds.did,
      service: pds.url,
      posts: [{ rkey: oneKey, record: pds.posts[0]?.value }],
    })
  })

  it('is repeated to the byte, days later, and is there once', async () => {
    pds.fault = ({ method, before }) => (method === PUT && before === 0 ? { kind: 'reset', acts: true } : undefined)
    await worker.send(one)
    clock.advance(3 * 24 * 60 * 60_000)
    expect(await restarted().send(one, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    const [first, second] = pds.calls.filter(({ method }) => method === PUT)
    expect(second?.input).toEqual(first?.input)
    expect(pds.posts).toHaveLength(1)
  })

  it.each([
    ['a reset before anything happened', { kind: 'reset', acts: false }],
    ['a reset after it was written', { kind: 'reset', acts: true }],
    ['a crash', xrpcError(500, 'InternalServerError')],
    ['an answer of a proxy', { kind: 'answer', status: 502, body: '<h1>Bad gateway</h1>' }],
    ['a page with status 400', { kind: 'answer', status: 400, body: '<h1>Bad request</h1>' }],
    ['a page with status 403', { kind: 'answer', status: 403, body: '<h1>Forbidden</h1>' }],
    ['a page with status 408', { kind: 'answer', status: 408, body: '' }],
    ['success that is no answer', { kind: 'answer', status: 200, body: '<h1>Sign in to this Wi-Fi</h1>', acts: true }],
    ['success without what was done', { kind: 'answer', status: 200, body: {}, acts: true }],
    ['an answer of more than a megabyte', { kind: 'answer', status: 200, body: 'x'.repeat(1_000_001), acts: true }],
  ] as const)('is in doubt after %s, and there once after the next attempt', async (_, fault) => {
    pds.fault = ({ method, before }) => (method === PUT && before === 0 ? fault : undefined)
    expect(await worker.send(one)).toMatchObject({ kind: 'unknown' })
    expect(await worker.send(one, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(1)
    expect(log.lines).toEqual([])
  })

  it.each([
    ['ratelimit-reset', String(Date.parse('2026-06-29T05:20:00Z') / 1000), '2026-06-29T05:20:00.000Z'],
    ['ratelimit-reset', '120', '2026-06-29T05:02:00.000Z'],
    ['retry-after', '90', '2026-06-29T05:01:30.000Z'],
    ['ratelimit-reset', 'soon', '2026-06-29T05:01:00.000Z'],
    ['ratelimit-reset', '99999999999', '2026-06-30T06:00:00.000Z'],
  ])('waits until a rate limit (%s: %s) is over', async (header, value, until) => {
    const body = { error: 'RateLimitExceeded', message: 'Rate Limit Exceeded' }
    pds.fault = ({ method }) =>
      method === PUT ? { kind: 'answer', status: 429, body, headers: { [header]: value } } : undefined
    expect(await worker.send(one)).toMatchObject({ kind: 'later', notBefore: new Date(until) })
  })

  it('has not left when nobody listens', async () => {
    await worker.send(one)
    await pds.stop()
    const two = posts(postOf('two'))
    expect(await restarted().send(two, { key: 'bluesky/two' })).toMatchObject({ kind: 'later' })
    await pds.start()
  })

  it('goes to the editor with the name of the error when it is refused', async () => {
    pds.fault = ({ method }) =>
      method === PUT ? xrpcError(400, 'InvalidRequest', 'text must not be longer') : undefined
    const reason = 'Bluesky answered InvalidRequest: text must not be longer'
    expect(await worker.send(one)).toEqual({ kind: 'rejected', reason })
  })

  it('is not given up for a refusal of its repetition while it is there', async () => {
    await worker.send(one)
    notes.values.set(
      'bluesky post bluesky/one',
      (notes.values.get('bluesky post bluesky/one') ?? '').replace(/,"sent":"[^"]*"/, ''),
    )
    pds.fault = ({ method }) => (method === PUT ? xrpcError(400, 'InvalidRequest') : undefined)
    expect(await worker.send(one, { doubts: 1 })).toMatchObject({ kind: 'sent' })
  })

  it('is dated anew after an hour in which it cannot have left, and not while it may have', async () => {
    pds.fault = ({ method, before }) => (method === PUT && before < 2 ? xrpcError(429, 'RateLimitExceeded') : undefined)
    await worker.send(one)
    clock.advance(61 * 60_000)
    await worker.send(one, { doubts: 1 })
    expect(pds.calls.at(-1)?.input).toMatchObject({ record: { createdAt: '2026-06-29T05:00:00.000Z' } })
    await worker.send(one)
    expect(pds.posts).toMatchObject([{ value: { createdAt: '2026-06-29T06:01:00.000Z' } }])
  })

  it.each([0, 1])('is dated anew when a clock that was ahead had dated it (%i doubts)', async (doubts) => {
    clock.advance(30 * DAY_MS)
    pds.fault = ({ method, before }) => (method === PUT && before === 0 ? { kind: 'reset', acts: false } : undefined)
    await worker.send(one)
    clock.advance(-30 * DAY_MS)
    expect(await worker.send(one, { doubts })).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toMatchObject([{ value: { createdAt: '2026-06-29T05:00:00.000Z' } }])
  })

  it('is dated anew after a day of doubt, when it is not there and no call can be under way', async () => {
    pds.fault = ({ method }) => (method === PUT ? { kind: 'reset', acts: false } : undefined)
    await worker.send(one)
    clock.advance(DAY_MS)
    expect(await worker.send(one, { doubts: 1 })).toMatchObject({ kind: 'unknown' })
    clock.advance(60_000)
    const calls = pds.count(PUT)
    const notBefore = new Date('2026-06-30T05:10:00.000Z')
    expect(await worker.send(one, { doubts: 2 })).toMatchObject({ kind: 'later', notBefore })
    expect(pds.count(PUT)).toBe(calls)
    pds.fault = undefined
    clock.set('2026-06-30T05:10:00.000Z')
    expect(await worker.send(one, { doubts: 3 })).toMatchObject({ remoteId: expect.stringContaining(oneKey) })
    expect(pds.posts).toMatchObject([{ value: { createdAt: '2026-06-30T05:10:00.000Z' } }])
  })

  it('keeps its date after days of doubt when it is there', async () => {
    pds.fault = ({ method, before }) => (method === PUT && before === 0 ? { kind: 'reset', acts: true } : undefined)
    await worker.send(one)
    clock.advance(3 * DAY_MS)
    expect(await worker.send(one, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toMatchObject([{ value: { createdAt: '2026-06-29T05:00:00.000Z' } }])
  })

  it('is not brought back when it was seen there and its owner deleted it since', async () => {
    await worker.send(one)
    pds.records.clear()
    const calls = pds.calls.length
    expect(await restarted().send(one, { doubts: 1 })).toMatchObject({
      kind: 'sent',
      url: expect.stringContaining(oneKey),
    })
    expect(pds.records.size).toBe(0)
    expect(pds.calls).toHaveLength(calls)
  })
})

describe('a key that is taken', () => {
  it('by our own post, of a store that was lost, makes it sent', async () => {
    await worker.send(one)
    notes.values.clear()
    clock.advance(60_000)
    expect(await restarted().send(one)).toMatchObject({ kind: 'sent', remoteId: `at://${pds.did}/${POST}/${oneKey}` })
    expect(pds.posts).toMatchObject([{ value: { createdAt: '2026-06-29T05:00:00.000Z' } }])
  })

  it('by our own post without a card is known by its text', async () => {
    const bare = postOf('bare', { record: { $type: POST, text: 'No card.' } })
    await worker.send(posts(bare))
    notes.values.clear()
    clock.advance(60_000)
    await restarted().send(posts(bare))
    expect(pds.posts).toHaveLength(1)
  })

  it('by somebody else gives way to the next key, for good', async () => {
    await pds.put(POST, oneKey, { $type: POST, text: 'Not ours.' })
    pds.fault = ({ method, before }) => (method === PUT && before === 1 ? { kind: 'reset', acts: true } : undefined)
    expect(await worker.send(one)).toMatchObject({ kind: 'unknown' })
    const outcome = await restarted().send(one, { doubts: 1 })
    expect(outcome).toMatchObject({ kind: 'sent', remoteId: expect.stringContaining(nextKey(oneKey)) })
    expect(pds.posts).toHaveLength(2)
  })
})

describe('a key that was given', () => {
  it('stays when the post is dated anew', async () => {
    await pds.put(POST, oneKey, { $type: POST, text: 'Not ours.' })
    pds.fault = ({ method, before }) =>
      method === PUT && before === 1 ? xrpcError(429, 'RateLimitExceeded') : undefined
    expect(await worker.send(one)).toMatchObject({ kind: 'later' })
    pds.records.clear()
    clock.advance(2 * 60 * 60_000)
    expect(await worker.send(one)).toMatchObject({ remoteId: expect.stringContaining(nextKey(oneKey)) })
  })
})

describe('two workers at once', () => {
  it('write one post', async () => {
    const both = [worker, restarted(), restarted(), restarted()]
    await worker.send(posts(postOf('before')), { key: 'bluesky/before' })
    const outcomes = await Promise.all(both.map((each) => each.send(one, { doubts: 1 })))
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['sent']))
    expect(pds.posts).toHaveLength(2)
  })

  it('write one post, too, when they share no store', async () => {
    const others = [0, 1, 2].map((at) => startWorker(pds, { clock: testClock(`2026-06-29T05:0${at}:00.000Z`) }))
    const outcomes = await Promise.all(others.map((each) => each.send(one)))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent'])
    expect(pds.posts).toHaveLength(1)
  })
})

describe('a picture', () => {
  const withPicture = posts(postOf('one', { picture }))
  const thumb = (): unknown => pds.posts[0]?.value['embed']

  it('is uploaded once and stays with its post', async () => {
    pds.fault = ({ method, before }) => (method === PUT && before === 0 ? { kind: 'reset', acts: false } : undefined)
    await worker.send(withPicture)
    expect(await worker.send(withPicture, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(thumb()).toMatchObject({ external: { thumb: { $type: 'blob', mimeType: 'image/png', size: 9 } } })
    expect(pds.count('com.atproto.repo.uploadBlob')).toBe(1)
  })

  it.each([
    ['its file is gone', { ...picture, path: 'pictures/none.png' }],
    ['its file is another', { ...picture, sha256: 'f'.repeat(64) }],
  ])('never costs the post: %s', async (_, lost) => {
    expect(await worker.send(posts(postOf('one', { picture: lost })))).toMatchObject({ kind: 'sent' })
    expect(thumb()).not.toHaveProperty('external.thumb')
    expect(log.lines).toEqual([
      expect.stringMatching(/^warn: bluesky: bluesky\/one goes without its picture: its file/),
    ])
  })

  it('never costs the post: it is refused', async () => {
    pds.fault = ({ method }) =>
      method === 'com.atproto.repo.uploadBlob' ? xrpcError(400, 'BlobTooLarge', 'too large') : undefined
    expect(await worker.send(withPicture)).toMatchObject({ kind: 'sent' })
    expect(thumb()).not.toHaveProperty('external.thumb')
  })

  it('is waited for twice where uploads fail, then done without', async () => {
    pds.fault = ({ method }) =>
      method === 'com.atproto.repo.uploadBlob' ? xrpcError(500, 'InternalServerError') : undefined
    expect(await worker.send(withPicture, { attempts: 1 })).toMatchObject({ kind: 'later' })
    expect(notes.values.has('bluesky post bluesky/one')).toBe(false)
    expect(await worker.send(withPicture, { attempts: 2 })).toMatchObject({ kind: 'later' })
    expect(await worker.send(withPicture, { attempts: 3 })).toMatchObject({ kind: 'sent' })
    expect(thumb()).not.toHaveProperty('external.thumb')
  })

  it('that the service has lost is uploaded again, to the same post', async () => {
    pds.fault = ({ method, before }) => (method === PUT && before === 0 ? xrpcError(503, 'Unavailable') : undefined)
    await worker.send(withPicture)
    pds.blobs.clear()
    expect(await worker.send(withPicture, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(thumb()).toHaveProperty('external.thumb')
    expect(pds.count('com.atproto.repo.uploadBlob')).toBe(2)
  })

  it('that the service loses each time is left out', async () => {
    pds.fault = ({ method }) => {
      if (method === PUT) pds.blobs.clear()
      return undefined
    }
    expect(await worker.send(withPicture)).toMatchObject({ kind: 'sent' })
    expect(thumb()).not.toHaveProperty('external.thumb')
  })
})

describe('another account behind the same name', () => {
  it.each([0, 1])('is not written to, and a person is asked (%i doubts)', async (doubts) => {
    pds.fault = ({ method }) => (method === PUT ? xrpcError(429, 'RateLimitExceeded') : undefined)
    await worker.send(one)
    pds.did = 'did:plc:another'
    notes.values.delete('bluesky tidewatch.test session')
    pds.fault = undefined
    clock.advance(2 * 60 * 60_000)
    const reason: unknown = expect.stringContaining('did:plc:another')
    expect(await restarted().send(one, { doubts })).toMatchObject({ kind: 'unknown', isFinal: true, reason })
    expect(pds.posts).toHaveLength(0)
  })
})

describe('a thread', () => {
  const thread = posts(postOf('root'), postOf('first', { picture }), postOf('second'))
  const WRITE = 'com.atproto.repo.applyWrites'
  const at = (place: number): string => {
    const { seed, at: day } = postOf(['root', 'first', 'second'][place] ?? '')
    return recordKey(seed, day)
  }

  it('is one write whose posts answer one another', async () => {
    expect(await worker.send(thread)).toMatchObject({ kind: 'sent', remoteId: `at://${pds.did}/${POST}/${at(0)}` })
    expect(pds.count(WRITE)).toBe(1)
    expect(pds.posts).toHaveLength(3)
    const [root, first, second] = [0, 1, 2].map((place) => pds.records.get(`${POST}/${at(place)}`))
    const ref = (place: number, record = root) => ({ uri: `at://${pds.did}/${POST}/${at(place)}`, cid: record?.cid })
    expect(root?.value).not.toHaveProperty('reply')
    expect(first?.value['reply']).toEqual({ root: ref(0), parent: ref(0) })
    expect(second?.value['reply']).toEqual({ root: ref(0), parent: ref(1, first) })
    expect(root?.cid).toBe(await cidOf(root?.value ?? {}))
  })

  it.each([
    ['reset after it was written', { kind: 'reset', acts: true }],
    ['reset before it was written', { kind: 'reset', acts: false }],
    ['answered like a crash', xrpcError(500, 'InternalServerError')],
  ] as const)('%s is there once', async (_, fault) => {
    pds.fault = ({ method, before }) => (method === WRITE && before === 0 ? fault : undefined)
    expect(await worker.send(thread)).toMatchObject({ kind: 'unknown' })
    expect(await restarted().send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(3)
  })

  it('that is there without what its owner deleted of it is not written again', async () => {
    pds.fault = ({ method, before }) => (method === WRITE && before === 0 ? { kind: 'reset', acts: true } : undefined)
    expect(await worker.send(thread)).toMatchObject({ kind: 'unknown' })
    pds.records.delete(`${POST}/${at(0)}`)
    const remoteId = `at://${pds.did}/${POST}/${at(1)}`
    expect(await restarted().send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent', remoteId })
    expect(pds.posts).toHaveLength(2)
  })

  it('is dated anew as a whole after a day of doubt', async () => {
    pds.fault = ({ method, before }) => (method === WRITE && before === 0 ? { kind: 'reset', acts: false } : undefined)
    await worker.send(thread)
    clock.advance(2 * DAY_MS)
    expect(await worker.send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(pds.posts.map(({ value }) => String(value['createdAt']).slice(0, 10))).toEqual(Array(3).fill('2026-07-01'))
  })

  it('is written again when something else was committed meanwhile', async () => {
    pds.fault = async ({ method, before }) => {
      if (method === WRITE && before < 2) await pds.put(POST, `3l${'2'.repeat(10)}${before}`, { text: 'between' })
      return undefined
    }
    expect(await worker.send(thread)).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(5)
  })

  it('of a store that was lost is known by its root', async () => {
    await worker.send(thread)
    notes.values.clear()
    clock.advance(60_000)
    expect(await restarted().send(thread)).toMatchObject({ kind: 'unknown' })
    expect(await restarted().send(thread, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(3)
  })

  it('makes way for what stands in the places of its posts', async () => {
    await pds.put(POST, at(0), { text: 'not ours' })
    await pds.put(POST, at(2), { text: 'not ours either' })
    expect(await worker.send(thread)).toMatchObject({ kind: 'unknown' })
    const outcome = await worker.send(thread, { doubts: 1 })
    expect(outcome).toMatchObject({ kind: 'sent', remoteId: `at://${pds.did}/${POST}/${nextKey(at(0))}` })
    expect(pds.posts).toHaveLength(5)
    const second = pds.records.get(`${POST}/${nextKey(at(2))}`)?.value
    expect(second).toMatchObject({ reply: { root: { cid: pds.records.get(`${POST}/${nextKey(at(0))}`)?.cid } } })
  })

  it('that is refused has left nothing', async () => {
    pds.fault = ({ method }) => (method === WRITE ? xrpcError(400, 'InvalidRequest', 'too many writes') : undefined)
    expect(await worker.send(thread)).toMatchObject({ kind: 'rejected' })
    expect(pds.posts).toHaveLength(0)
  })
})
