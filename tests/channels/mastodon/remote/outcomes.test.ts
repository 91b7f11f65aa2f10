import { createServer } from 'node:http'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { LIST, mastodonFaults as faults, POST } from '../../../fakes/mastodon.ts'
import type { Fault } from '../../../fakes/resend-faults.ts'
import { ACCOUNT, itemPost, newWorld, PICTURE, posts, untilSettled, withPicture } from './support.ts'

const tides = posts(itemPost('tides'))
const later = (ms: number) => new Date(Date.parse('2026-06-29T05:00:00.000Z') + ms)

describe('what the server says plainly', () => {
  it('is sent with id and address, and all that was frozen', async () => {
    const world = await newWorld()
    const post = itemPost('tides')
    const frozen = posts({ ...post, status: { ...post.status, visibility: 'unlisted', spoilerText: 'Long' } })
    const outcome = await world.send(frozen)
    const [status] = world.server.statuses
    expect(outcome).toEqual({ kind: 'sent', remoteId: status?.id, url: `${world.server.url}/@news/${status?.id}` })
    expect(status).toMatchObject({ text: post.status.status, visibility: 'unlisted', spoiler: 'Long', language: 'en' })
  })

  it('asks for nothing again once it is written down', async () => {
    const world = await newWorld()
    const first = await world.send(tides)
    const calls = world.server.calls.length
    expect(await world.send(tides, { doubts: 1 })).toEqual(first)
    expect(world.server.calls).toHaveLength(calls)
  })

  it.each([400, 404, 413, 422])('%i refuses it for good, in the words of the server', async (status) => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.json(status, 'Text is too long.') : undefined))
    const reason = `the server answered ${status}: Text is too long`
    expect(await world.send(tides)).toEqual({ kind: 'rejected', reason })
  })

  it('a refusal of a second request says nothing of the first', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => {
      if (what !== POST) return undefined
      return world.server.count(POST) === 1 ? faults.resetBefore : faults.json(422, 'No')
    })
    await world.send(tides)
    world.clock.advance(90_000)
    expect(await world.send(tides, { doubts: 1 })).toMatchObject({ kind: 'unknown', refused: true })
    world.clock.advance(3_600_000)
    expect(await world.find(tides)).toMatchObject({ kind: 'unknown' })
    world.clock.advance(3_600_000)
    expect(await world.find(tides)).toMatchObject({ kind: 'later' })
    expect(await world.send(tides)).toMatchObject({ kind: 'rejected' })
  })

  it.each([
    ['the reset', { 'x-ratelimit-reset': '2026-06-29T05:07:30.000Z' }, 450_000],
    ['Retry-After', { 'retry-after': '30' }, 30_000],
    ['five minutes', {}, 300_000],
    ['five minutes when the reset is over', { 'x-ratelimit-reset': '2026-06-29T04:00:00.000Z' }, 300_000],
    ['a day at most', { 'x-ratelimit-reset': '2036-06-29T04:00:00.000Z' }, 86_400_000],
  ])('429 waits for %s, and was not done', async (_, headers, ms) => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.json(429, 'Too many requests', headers) : undefined))
    expect(await world.send(tides)).toMatchObject({ kind: 'later', notBefore: later(ms) })
    world.server.setFault(undefined)
    expect(await world.send(tides)).toMatchObject({ kind: 'sent' })
  })

  it('a server that is not there was not asked: at once again when it is', async () => {
    const world = await newWorld()
    await world.send(posts(itemPost('before')), { key: 'mastodon/before' })
    await world.server.close()
    expect(await world.send(tides)).toMatchObject({ kind: 'later' })
    const server = createServer((_, response) => response.writeHead(500).end())
    server.listen(Number(new URL(world.server.url).port), '127.0.0.1')
    await once(server, 'listening')
    expect(await world.send(tides)).toMatchObject({ kind: 'later' })
    server.close()
  })

  it('401 stops the account with one notice, and nothing is asked until there is another token', async () => {
    const world = await newWorld()
    world.server.change({ token: 'another' })
    for (const key of ['mastodon/1', 'mastodon/2', 'mastodon/3'])
      expect(await world.send(tides, { key })).toMatchObject({ kind: 'later' })
    expect(world.server.calls).toHaveLength(1)
    expect(world.log.lines.filter((line) => line.startsWith('error'))).toHaveLength(1)
    expect(await world.send(tides, { token: 'another' })).toMatchObject({ kind: 'sent' })
  })

  it('a token of another account posts nothing that was begun', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.acceptThenReset : undefined))
    await world.send(tides)
    world.server.change({ token: 'another' })
    const id = JSON.stringify({ id: '110', acct: 'other' })
    const other = {
      acts: false,
      ends: 'answer',
      status: 200,
      body: id,
      headers: { 'content-type': 'application/json' },
    } as const
    world.server.setFault(({ what }) => (what.endsWith('accounts/verify_credentials') ? other : undefined))
    world.clock.advance(90_000)
    expect(await world.send(tides, { doubts: 1, token: 'another' })).toMatchObject({ kind: 'later' })
    expect(world.server.count(POST)).toBe(1)
  })

  it('quiet hours and the gap between two posts hold it back before anything is asked', async () => {
    const world = await newWorld({}, { gapMinutes: 10, quiet: { from: '05:30', to: '06:00' } })
    await world.send(tides)
    const calls = world.server.calls.length
    expect(await world.send(posts(itemPost('ice')), { key: 'mastodon/two' })).toMatchObject({
      notBefore: later(600_000),
    })
    world.clock.advance(40 * 60_000)
    expect(await world.send(posts(itemPost('ice')), { key: 'mastodon/two' })).toMatchObject({
      notBefore: later(3_600_000),
    })
    expect(world.server.calls).toHaveLength(calls)
  })

  it('an account that is no longer in the settings waits, and its name is said', async () => {
    const world = await newWorld({}, { account: 'other@fake.example' })
    expect(await world.send(tides)).toMatchObject({ kind: 'later', reason: expect.stringContaining(ACCOUNT) })
    expect(world.server.calls).toEqual([])
  })
})

describe('a thread', () => {
  const thread = posts(itemPost('a'), itemPost('b'), itemPost('c'))

  it('goes on where it stopped, each answering the one before', async () => {
    const world = await newWorld({ ignoresKeys: true })
    world.server.setFault(({ what }) =>
      what === POST && world.server.count(POST) === 2 ? faults.acceptThenReset : undefined,
    )
    expect(await world.send(thread)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('status 2 of 3'),
    })
    const outcome = await untilSettled(world, thread, { doubts: 1 })
    const [a, b] = world.server.statuses
    expect(world.server.statuses.map(({ replyTo }) => replyTo)).toEqual([null, a?.id, b?.id])
    expect(outcome).toMatchObject({ kind: 'sent', remoteId: a?.id })
    expect(world.server.count(POST)).toBe(3)
  })

  it('says which status is refused and how many left', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) =>
      what === POST && world.server.count(POST) === 3 ? faults.json(422, 'No') : undefined,
    )
    const reason =
      'status 3 of 3 was refused: the server answered 422: No; 2 are posted; settle it by hand: --retry goes on from there, --sent leaves it so'
    expect(await world.send(thread)).toEqual({ kind: 'unknown', isFinal: true, reason })
    world.server.setFault(undefined)
    expect(await world.send(thread, { group: 'mastodon/one again' })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(3)
  })

  it('is refused for good while nothing of it stands', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.json(422, 'No') : undefined))
    expect(await world.send(thread)).toMatchObject({ kind: 'rejected' })
  })

  it('waits for a limit in its middle, in doubt and without a call', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) =>
      what === POST && world.server.count(POST) === 2 ? faults.json(429, 'Slow') : undefined,
    )
    expect(await world.send(thread)).toMatchObject({ kind: 'unknown' })
    const calls = world.server.calls.length
    world.clock.advance(299_000)
    expect(await world.send(thread, { doubts: 1 })).toMatchObject({ kind: 'unknown' })
    expect(await world.find(thread)).toMatchObject({ kind: 'unknown' })
    expect(world.server.calls).toHaveLength(calls)
    world.clock.advance(1000)
    expect(await world.send(thread, { doubts: 2 })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(3)
  })

  it('of which a part stands is never told of as not acted upon, and goes on from a look', async () => {
    const world = await newWorld({ ignoresKeys: true })
    world.server.setFault(({ what }) =>
      what === POST && world.server.count(POST) === 2 ? faults.resetBefore : undefined,
    )
    await world.send(thread)
    const ends: unknown[] = []
    for (let looks = 0; looks < 2; looks += 1) {
      world.clock.advance(3_600_000)
      ends.push(await world.find(thread))
    }
    expect(ends).toMatchObject([{ kind: 'unknown' }, { kind: 'sent' }])
    const [a, b] = world.server.statuses
    expect(world.server.statuses.map(({ replyTo }) => replyTo)).toEqual([null, a?.id, b?.id])
  })

  it('of which a part stands is in doubt while its account is stopped or has no turn', async () => {
    const world = await newWorld({}, { quiet: { from: '05:30', to: '06:00' } })
    world.server.setFault(({ what }) =>
      what === POST && world.server.count(POST) === 2 ? faults.json(401, 'The access token is invalid') : undefined,
    )
    expect(await world.send(thread)).toMatchObject({ kind: 'unknown' })
    expect(await world.send(thread, { group: 'again' })).toMatchObject({ kind: 'unknown' })
    world.clock.advance(40 * 60_000)
    expect(await world.send(thread, { group: 'again', token: 'new' })).toMatchObject({ kind: 'unknown' })
  })
})

describe('a picture', () => {
  const pictured = posts(itemPost('tides', withPicture))
  const UPLOAD = 'POST /api/v2/media'

  it('is uploaded with its description, awaited, and attached', async () => {
    const world = await newWorld({ mediaAsks: 3 })
    expect(await world.send(pictured)).toMatchObject({ kind: 'sent' })
    const [media] = [...world.server.media.values()]
    expect(media).toMatchObject({ description: 'A tide gauge', bytes: PICTURE.byteLength })
    expect(world.server.statuses[0]?.media).toEqual([media?.id])
  })

  it('is uploaded once when the answer to the post is lost', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) =>
      what === POST && world.server.count(POST) === 1 ? faults.resetBefore : undefined,
    )
    await world.send(pictured)
    expect(await untilSettled(world, pictured, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(world.server.count(UPLOAD)).toBe(1)
    expect(world.server.statuses[0]?.media).toHaveLength(1)
  })

  it.each([
    ['is too large', faults.json(413, 'Too large')],
    ['may not be uploaded', faults.json(403, 'This action is outside the authorized scopes')],
    ['is of no known type', faults.json(422, 'Validation failed')],
    ['is always lost', faults.html502],
  ])('never costs the post: it %s', async (_, fault) => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === UPLOAD ? fault : undefined))
    expect(await untilSettled(world, pictured)).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toMatchObject([{ media: [] }])
    expect(world.log.lines).toContainEqual(expect.stringContaining('a picture is left out'))
  })

  it('never costs the post: its file is another, its processing has no end, the server forgot it', async () => {
    const world = await newWorld({ mediaAsks: 1000 })
    expect(await untilSettled(world, pictured)).toMatchObject({ kind: 'sent' })
    const changed = posts(itemPost('ice', { picture: { ...withPicture.picture, sha256: 'other' } }))
    expect(await untilSettled(world, changed, { key: 'mastodon/two' })).toMatchObject({ kind: 'sent' })
    world.server.change({ mediaAsks: 0 })
    world.server.setFault(({ what, body }) =>
      what === POST && !body.includes('"media_ids":[]')
        ? faults.json(422, 'Media attachments could not be found')
        : undefined,
    )
    const forgotten = posts(itemPost('fog', withPicture))
    expect(await untilSettled(world, forgotten, { key: 'mastodon/three' })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses.map(({ media }) => media)).toEqual([[], [], []])
  })
})

describe('looking, once a call may not be repeated', () => {
  async function inDoubt(fault: Fault = faults.resetBefore) {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? fault : undefined))
    await world.send(tides)
    world.server.setFault(undefined)
    world.clock.advance(3_600_000)
    return world
  }

  it('finds what was posted', async () => {
    const world = await inDoubt(faults.acceptThenReset)
    expect(await world.find(tides)).toMatchObject({ kind: 'sent', remoteId: world.server.statuses[0]?.id })
    expect(world.server.count(POST)).toBe(1)
  })

  it('needs two looks, a minute and a half apart, to say that it was not, and then it is posted once', async () => {
    const world = await inDoubt()
    expect(await world.find(tides)).toMatchObject({ kind: 'unknown' })
    world.clock.advance(60_000)
    expect(await world.find(tides)).toMatchObject({ kind: 'unknown' })
    world.clock.advance(30_000)
    expect(await world.find(tides)).toMatchObject({ kind: 'later' })
    const looks = world.server.count(LIST)
    expect(await world.send(tides)).toMatchObject({ kind: 'sent' })
    expect(world.server.count(LIST)).toBe(looks + 1)
    expect(world.server.statuses).toHaveLength(1)
  })

  it('asks nobody while every look finds nothing, but asks the server ever more seldom', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.json(500, 'Internal error') : undefined))
    const ends: unknown[] = []
    for (let round = 0; round < 4; round += 1) {
      await world.send(tides)
      world.clock.advance(3_600_000)
      expect(await world.find(tides)).toEqual({ kind: 'unknown', reason: expect.any(String) })
      world.clock.advance(3_600_000)
      const now = world.clock.now().getTime()
      const end = await world.find(tides)
      ends.push(end?.kind === 'later' ? end.notBefore.getTime() - now : end)
    }
    expect(ends).toEqual([300_000, 600_000, 1_200_000, 2_400_000])
    expect(world.server.count(POST)).toBe(4)
  })

  it('asks a person when the account could not be looked at for a day of looks', async () => {
    const world = await inDoubt()
    world.server.setFault(() => faults.html502)
    for (let looks = 0; looks < 24; looks += 1) {
      expect(await world.find(tides)).toEqual({ kind: 'unknown', reason: expect.stringContaining('502') })
      world.clock.advance(3_600_000)
    }
    expect(await world.find(tides)).toMatchObject({ kind: 'unknown', isFinal: true })
  })

  it('counts the looks that failed anew after one that did not', async () => {
    const world = await inDoubt()
    const looks = async (count: number) => {
      const ends: unknown[] = []
      for (let look = 0; look < count; look += 1) {
        world.clock.advance(2 * 3_600_000)
        ends.push(await world.find(tides))
      }
      return JSON.stringify(ends)
    }
    world.server.setFault(() => faults.html502)
    expect(await looks(12)).not.toContain('isFinal')
    world.server.setFault(undefined)
    await looks(1)
    world.server.setFault(() => faults.html502)
    expect(await looks(12)).not.toContain('isFinal')
    expect(await looks(1)).toContain('isFinal')
  })

  it('asks nobody when nobody looked: a weekend, and then a gateway that is up before its server', async () => {
    const world = await inDoubt(faults.acceptThenReset)
    world.server.setFault(() => faults.html502)
    await world.find(tides)
    world.clock.advance(62 * 3_600_000)
    expect(await world.find(tides)).toEqual({ kind: 'unknown', reason: expect.any(String) })
    world.server.setFault(undefined)
    expect(await world.find(tides)).toMatchObject({ kind: 'sent' })
  })

  it('is told that its account is no longer in the settings', async () => {
    const world = await newWorld({}, { account: 'other@fake.example' })
    expect(await world.find(tides)).toMatchObject({ kind: 'unknown', reason: expect.stringContaining(ACCOUNT) })
  })

  it('knows at once that nothing was asked for', async () => {
    const world = await newWorld()
    expect(await world.find(tides)).toMatchObject({ kind: 'later' })
    expect(world.server.calls).toEqual([])
  })
})
