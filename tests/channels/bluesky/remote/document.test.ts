import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Content } from '../../../../channels/bluesky/content.ts'
import { recordKey } from '../../../../channels/bluesky/remote/record-key.ts'
import { standardKey } from '../../../../channels/bluesky/standard/key.ts'
import type { Outcome } from '../../../../src/domain/delivery.ts'
import { FakePds, type PdsCall, type PdsFault, xrpcError } from '../../../fakes/pds.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { testLog } from '../../../fixtures/store.ts'
import { ACCOUNT, picture, postOf, posts, startWorker, type Worker } from './support.ts'

const POST = 'app.bsky.feed.post'
const DOCUMENT = 'site.standard.document'
const PUT = 'com.atproto.repo.putRecord'
const MINUTE_MS = 60_000

const ofDocument = { seed: `${ACCOUNT} one`, at: '2026-06-29T04:00:00.000Z' }
const record = { $type: DOCUMENT, path: '/news/one.html', title: 'One' } as const
const document = { ...ofDocument, record }
const documented = posts(postOf('one', { document }))
const removal: Content = { kind: 'delete', account: ACCOUNT, of: 'bluesky/one', part: 0, document: ofDocument }
const POST_URI = `/${POST}/${recordKey(postOf('one').seed, postOf('one').at)}`

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

const documents = () => [...pds.records].filter(([key]) => key.startsWith(`${DOCUMENT}/`)).map(([, { value }]) => value)
const retract = (doubts = 0): Promise<Outcome> => worker.send(removal, { key: 'bluesky/retraction', doubts })

/** The `n`th correction, whose document says so. */
function correct(n: number, doubts = 0): Promise<Outcome> {
  const at = `2026-06-30T0${n}:00:00.000Z`
  const corrected = { ...document, record: { ...record, title: `One, corrected ${n}`, updatedAt: at } }
  const post = postOf(`correction-${n}`, { at, document: corrected })
  const reply: Content = { kind: 'reply', account: ACCOUNT, of: 'bluesky/one', part: 0, post }
  return worker.send(reply, { key: `bluesky/correction-${n}`, doubts })
}

/** Lets calls that write such records fail, the first of so many. */
function failing(collection: string, fault: PdsFault, times = Infinity): void {
  let left = times
  pds.fault = ({ method, input }: PdsCall) =>
    method === PUT && input['collection'] === collection && left-- > 0 ? fault : undefined
}

describe('a document of standard.site', () => {
  it('is named by the card, names its post, and goes with it', async () => {
    expect(await worker.send(documented)).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([{ bskyPostRef: { uri: expect.stringContaining(POST_URI) } }])
    const place = `${DOCUMENT}/${standardKey(ofDocument.seed, ofDocument.at)}`
    const refs = [{ uri: `at://${pds.did}/${place}` }, { uri: expect.stringContaining('site.standard.publication') }]
    expect(pds.posts[0]?.value['embed']).toMatchObject({ external: { associatedRefs: refs } })
    await retract()
    expect(documents()).toEqual([])
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

  it.each(['site.standard.publication', DOCUMENT])('never costs the post (%s)', async (collection) => {
    failing(collection, xrpcError(400, 'InvalidRequest'))
    expect(await worker.send(documented)).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(1)
  })

  it('is written only for what stays of a thread', async () => {
    const other = { ...document, seed: `${ACCOUNT} two`, record: { ...record, path: '/news/two.html', title: 'Two' } }
    const thread = posts(postOf('one', { document }), postOf('two', { document: other }))
    const taken: Content = { kind: 'delete', account: ACCOUNT, of: 'bluesky/one', part: 1 }
    await worker.send(taken, { key: 'bluesky/retraction' })
    const written: unknown[] = []
    pds.fault = ({ input }) => {
      written.push(input['collection'] === DOCUMENT ? input['rkey'] : undefined)
      return undefined
    }
    expect(await worker.send(thread)).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([{ title: 'One' }])
    expect(written).toContain(standardKey(document.seed, document.at))
    const puts = pds.calls.filter(({ method }) => method === PUT).map(({ input }) => input['rkey'])
    expect(puts).not.toContain(standardKey(other.seed, other.at))
  })
})

describe('the document of what is taken back', () => {
  it('goes also when the card could not name it', async () => {
    failing('site.standard.publication', xrpcError(500, 'InternalServerError'), 1)
    expect(await worker.send(documented)).toMatchObject({ kind: 'sent' })
    expect(pds.posts[0]?.value).not.toHaveProperty('embed.external.associatedRefs')
    expect(documents()).toHaveLength(1)
    await retract()
    expect(documents()).toEqual([])
  })

  it('goes also when no post was ever stamped', async () => {
    pds.fault = ({ method }) =>
      method === 'com.atproto.repo.uploadBlob' ? xrpcError(500, 'InternalServerError') : undefined
    const content = posts(postOf('one', { document, picture }))
    expect(await worker.send(content)).toMatchObject({ kind: 'later' })
    expect(notes.values.has('bluesky post bluesky/one')).toBe(false)
    expect(documents()).toHaveLength(1)
    expect(await retract()).toMatchObject({ kind: 'later' })
    expect(documents()).toEqual([])
    clock.advance(10 * MINUTE_MS)
    expect(await retract()).toEqual({ kind: 'sent', remoteId: 'nothing to delete: it had not left' })
  })

  it('that arrives late is deleted again', async () => {
    failing(DOCUMENT, { kind: 'reset', acts: false })
    await worker.send(documented)
    expect(await retract()).toMatchObject({ kind: 'later' })
    await pds.put(DOCUMENT, standardKey(ofDocument.seed, ofDocument.at), record)
    clock.advance(10 * MINUTE_MS)
    expect(await retract(1)).toMatchObject({ kind: 'sent' })
    expect(documents()).toEqual([])
  })
})

describe('the document of what is corrected', () => {
  it('is corrected, and names its own post, not the answer', async () => {
    await worker.send(documented)
    expect(await correct(1)).toMatchObject({ kind: 'sent' })
    const bskyPostRef = { uri: expect.stringContaining(POST_URI) }
    expect(documents()).toMatchObject([{ title: 'One, corrected 1', bskyPostRef }])
  })

  it.each([
    ['429', { kind: 'answer', status: 429, body: { error: 'RateLimitExceeded' } }],
    ['a crash', xrpcError(500, 'InternalServerError')],
    ['a reset', { kind: 'reset', acts: false }],
    ['an expired token', xrpcError(400, 'ExpiredToken')],
  ] as const)('is tried again after %s, and the answer is there once', async (_, fault) => {
    await worker.send(documented)
    failing(DOCUMENT, fault, 2)
    // It has left, whatever became of the document.
    expect(await correct(1)).toMatchObject({ kind: 'unknown' })
    pds.fault = undefined
    clock.advance(MINUTE_MS)
    expect(await correct(1, 1)).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([{ title: 'One, corrected 1' }])
    expect(pds.posts).toHaveLength(2)
  })

  it('stays as it was where the correction of it is refused, and that is told', async () => {
    await worker.send(documented)
    failing(DOCUMENT, xrpcError(400, 'InvalidRequest', 'title is too long'))
    expect(await correct(1)).toMatchObject({ kind: 'sent' })
    expect(log.lines).toEqual([expect.stringMatching(/correction-1 is not corrected: .*title is too long/)])
  })

  it('stays corrected when its post is repeated', async () => {
    failing(POST, { kind: 'reset', acts: true }, 1)
    expect(await worker.send(documented)).toMatchObject({ kind: 'unknown' })
    expect(await correct(1)).toMatchObject({ kind: 'sent' })
    expect(await worker.send(documented, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([{ title: 'One, corrected 1' }])
  })

  it('stays corrected when its post is sent from a store that was lost', async () => {
    await worker.send(documented)
    await correct(1)
    notes.values.clear()
    expect(await worker.send(documented)).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([{ title: 'One, corrected 1' }])
    expect(pds.posts).toHaveLength(2)
  })

  it('says what the latest correction says, in whatever order they arrive', async () => {
    await worker.send(documented)
    failing(DOCUMENT, { kind: 'reset', acts: false }, 1)
    expect(await correct(1)).toMatchObject({ kind: 'unknown' })
    expect(await correct(2)).toMatchObject({ kind: 'sent' })
    expect(await correct(1, 1)).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([{ title: 'One, corrected 2' }])
  })

  it('is not overwritten by a call that was made before it was corrected', async () => {
    await worker.send(documented)
    pds.fault = async ({ method, input }) => {
      if (method !== PUT || input['collection'] !== DOCUMENT) return undefined
      pds.fault = undefined
      await correct(2)
      return undefined
    }
    expect(await correct(1)).toMatchObject({ kind: 'sent' })
    expect(documents()).toMatchObject([{ title: 'One, corrected 2' }])
  })
})
