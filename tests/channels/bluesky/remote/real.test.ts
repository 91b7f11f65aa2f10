import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Content } from '../../../../channels/bluesky/content.ts'
import type { Api, HttpResponse } from '../../../../src/ports.ts'
import { createApi } from '../../../../src/world/api.ts'
import { cidOf } from '../../../fakes/pds.ts'
import { testClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { type Pds, pdsProblem, startPds } from '../../../servers/pds/start.ts'
import { ACCOUNT, picture, postOf, posts, startWorker } from './support.ts'

const AT = '2026-06-29T04:00:00.000Z'

/** The sender against the reference server: what the fake plays is what this one does. */
describe.skipIf(await pdsProblem())('with a real PDS', () => {
  let pds: Pds
  let notes: ReturnType<typeof testNotes>
  const clock = testClock(new Date().toISOString())

  beforeAll(async () => {
    pds = await startPds()
  })
  afterAll(() => pds.close())
  beforeEach(() => {
    notes = testNotes()
  })

  const account = () => ({ url: pds.url, password: pds.accounts[0].appPassword })
  const worker = (remembered = notes) => startWorker(account(), { clock, notes: remembered })
  const there = async (text: string) =>
    (await pds.records(pds.accounts[0].did)).filter(({ value }) => String(value['text']).startsWith(text))

  it('a post with a picture is there once, however often and by whomever it is sent', async () => {
    const content = posts(postOf('picture', { picture }))
    const first = await worker().send(content, { key: 'bluesky/picture' })
    expect(first).toMatchObject({ kind: 'sent', url: expect.stringContaining(ACCOUNT) })
    for (const remembered of [notes, testNotes(), testNotes()]) {
      clock.advance(1000)
      const again = await worker(remembered).send(content, { key: 'bluesky/picture' })
      expect(again).toEqual(first)
    }
    expect(await there('picture')).toMatchObject([{ value: { embed: { external: { thumb: { size: 9 } } } } }])
  })

  it('a post of four workers at once that share no store is there once', async () => {
    const content = posts(postOf('four'))
    const all = await Promise.all([0, 1, 2, 3].map(() => worker(testNotes()).send(content, { key: 'bluesky/four' })))
    expect(all.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent', 'sent'])
    expect(await there('four')).toHaveLength(1)
  })

  it('a thread is whole, refers to itself by the identifiers of the server, and is there once', async () => {
    const content = posts(postOf('thread', { picture }), postOf('thread-a', { picture }), postOf('thread-b'))
    expect(await worker().send(content, { key: 'bluesky/thread' })).toMatchObject({ kind: 'sent' })
    expect(await worker(testNotes()).send(content, { key: 'bluesky/thread', doubts: 1 })).toMatchObject({
      kind: 'sent',
    })
    const all = await there('thread')
    expect(all).toHaveLength(3)
    const byText = new Map(all.map((record) => [record.value['text'], record]))
    const [root, a, b] = ['thread', 'thread-a', 'thread-b'].map((name) => byText.get(`${name}, checked.`))
    const ref = (record = root) => ({ uri: record?.uri, cid: record?.cid })
    expect(a?.value['reply']).toEqual({ root: ref(), parent: ref() })
    expect(b?.value['reply']).toEqual({ root: ref(), parent: ref(a) })
    for (const { cid, value } of all) expect(await cidOf(value)).toBe(cid)
  })

  it('a correction answers its post, a retraction takes it away for good', async () => {
    const content = posts(postOf('wrong'))
    const post = postOf('correction', { at: clock.now().toISOString() })
    const reply: Content = { kind: 'reply', account: ACCOUNT, of: 'bluesky/wrong', part: 0, post }
    const removal: Content = { kind: 'delete', account: ACCOUNT, of: 'bluesky/wrong', part: 0 }
    await worker().send(content, { key: 'bluesky/wrong' })
    for (const doubts of [0, 1])
      expect(await worker().send(reply, { key: 'bluesky/correction', doubts })).toMatchObject({ kind: 'sent' })
    const [wrong] = await there('wrong')
    expect(await there('correction')).toMatchObject([
      { value: { reply: { parent: { uri: wrong?.uri, cid: wrong?.cid } } } },
    ])
    clock.advance(11 * 60_000)
    for (const doubts of [0, 1])
      expect(await worker().send(removal, { key: 'bluesky/retraction', doubts })).toMatchObject({ kind: 'sent' })
    for (const doubts of [0, 1])
      expect(await worker().send(content, { key: 'bluesky/wrong', doubts })).toMatchObject({ kind: 'rejected' })
    expect(await there('wrong')).toEqual([])
  })

  it('a document that was corrected is not overwritten by what is repeated', async () => {
    const record = { $type: 'site.standard.document', path: '/news/doc.html', title: 'Doc', publishedAt: AT } as const
    const document = { seed: `${ACCOUNT} doc`, at: AT, record }
    const updatedAt = '2026-06-30T04:00:00.000Z'
    const corrected = { ...document, record: { ...record, title: 'Corrected', updatedAt } }
    const content = posts(postOf('doc', { document }))
    const post = postOf('doc-correction', { at: updatedAt, document: corrected })
    const reply: Content = { kind: 'reply', account: ACCOUNT, of: 'bluesky/doc', part: 0, post }
    await worker().send(content, { key: 'bluesky/doc' })
    expect(await worker().send(reply, { key: 'bluesky/doc-correction' })).toMatchObject({ kind: 'sent' })
    notes.values.delete('bluesky post bluesky/doc')
    expect(await worker().send(content, { key: 'bluesky/doc' })).toMatchObject({ kind: 'sent' })
    const written = await pds.records(pds.accounts[0].did, 'site.standard.document')
    expect(written).toMatchObject([{ value: { title: 'Corrected', updatedAt, bskyPostRef: {} } }])
  })

  it('a session is renewed when its token is said to have expired, and begun anew when it was ended', async () => {
    await worker().send(posts(postOf('before')), { key: 'bluesky/before' })
    const name = `bluesky ${ACCOUNT} session`
    const live = createApi({ userAgent: 'groundwire/test' })
    // Nobody waits two hours for it here.
    const calls: string[] = []
    const expired: Api['post'] = async (request, signal) => {
      calls.push(request.url.slice(request.url.lastIndexOf('.') + 1))
      return calls.length === 1
        ? answerOf(request.url, 400, { error: 'ExpiredToken', message: 'Token has expired' })
        : live.post(request, signal)
    }
    const before = notes.values.get(name)
    // Tokens of the same second are the same.
    for (const second = Math.floor(Date.now() / 1000); Math.floor(Date.now() / 1000) <= second + 1;)
      await there('before')
    const late = startWorker(account(), { clock, notes, api: { ...live, post: expired } })
    clock.advance(120_000)
    expect(await late.send(posts(postOf('renewed')), { key: 'bluesky/renewed' })).toMatchObject({ kind: 'sent' })
    expect(calls.slice(0, 2)).toEqual(['putRecord', 'refreshSession'])
    expect(calls.filter((call) => call === 'createSession')).toEqual([])
    expect(notes.values.get(name)).not.toBe(before)
    notes.values.set(name, (notes.values.get(name) ?? '').replaceAll(/Jwt":"[^"]+"/g, 'Jwt":"eyJ.no.good"'))
    clock.advance(120_000)
    expect(await worker().send(posts(postOf('anew')), { key: 'bluesky/anew' })).toMatchObject({ kind: 'sent' })
  })

  it('a wrong password stops the account', async () => {
    const wrong = startWorker({ url: pds.url, password: 'wrng-wrng-wrng-wrng' }, { clock, notes })
    const outcome = await wrong.send(posts(postOf('never')), { key: 'bluesky/never' })
    expect(outcome).toMatchObject({ kind: 'later', reason: expect.stringContaining('is stopped') })
    expect(await there('never')).toEqual([])
  })

  it('what is no post is refused with the name of the error', async () => {
    const bad = postOf('bad', { record: { $type: 'app.bsky.feed.post', text: 'x'.repeat(3001) } })
    const outcome = await worker().send(posts(bad), { key: 'bluesky/bad' })
    expect(outcome).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('InvalidRequest') })
  })
})

function answerOf(url: string, status: number, body: object): HttpResponse {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const header = (name: string): string | undefined => (name === 'content-type' ? 'application/json' : undefined)
  return { status, url, header, body: ReadableStream.from([bytes]) }
}
