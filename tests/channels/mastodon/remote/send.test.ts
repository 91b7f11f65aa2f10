import { describe, expect, it } from 'vitest'
import { mastodonFaults as faults, LIST, POST } from '../../../fakes/mastodon.ts'
import {
  editOf,
  deleteOf,
  isEnd,
  itemPost,
  Killed,
  killedAt,
  newWorld,
  posts,
  untilSettled,
  withPicture,
} from './support.ts'
import { TOKEN } from '../../../fakes/mastodon.ts'
import type { Fault } from '../../../fakes/resend-faults.ts'

const tides = posts(itemPost('tides'))

/** Every way in which an answer may fail to say what was done; `acts`: the status was made. */
const LOST: readonly (readonly [string, Fault])[] = [
  ['200 as HTML', faults.html200],
  ['200 as HTML, made', faults.acceptThenHtml200],
  ['200 with broken JSON', faults.malformed200],
  ['200 with broken JSON, made', faults.acceptThenMalformed200],
  ['502 as HTML', faults.html502],
  ['502 as HTML, made', faults.acceptThenHtml502],
  ['429 as HTML', faults.html429],
  ['502 without a body', faults.empty502],
  ['503 as text', faults.plain503],
  ['503 as text, made', faults.acceptThenPlain503],
  ['422 as problem+json', faults.problem422],
  ['500 with the body null', faults.null500],
  ['500 with the body null, made', faults.acceptThenNull500],
  ['500 with broken JSON', faults.malformed500],
  ['500 as JSON', faults.json(500, 'Internal error')],
  ['409 as JSON', faults.json(409, 'Conflict')],
  ['a reset', faults.resetBefore],
  ['a reset, made', faults.acceptThenReset],
  ['an answer cut short, made', faults.loseAnswer],
  ['no answer in time', faults.hang],
  ['no answer in time, made', faults.acceptThenHang],
  ['a redirect', { acts: false, ends: 'answer', status: 302, body: '', headers: { location: '/elsewhere' } }],
]

describe('a status whose answer is lost', () => {
  it.each(LOST)('%s: is in doubt, looked for, and there once', async (_, fault) => {
    for (const ignoresKeys of [false, true]) {
      const rules = { ignoresKeys, listsEverything: ignoresKeys, hasV2: !ignoresKeys }
      const world = await newWorld(rules, fault.ends === 'hang' ? { timeoutSeconds: 1 } : {})
      let posted = 0
      world.server.setFault(({ what }) => (what === POST && posted++ === 0 ? fault : undefined))
      expect(await world.send(tides)).toMatchObject({ kind: 'unknown' })
      expect(await untilSettled(world, tides, { doubts: 1 })).toMatchObject({ kind: 'sent' })
      expect(world.server.statuses).toHaveLength(1)
      const keys = world.server.calls.filter(({ what }) => what === POST).map(({ key }) => key)
      expect(new Set(keys).size).toBe(1)
      expect(keys).toHaveLength(fault.acts ? 1 : 2)
      expect(world.server.mostAtOnce).toBe(1)
    }
  })

  it('is not asked for again within a minute and the time of a call, then ever more seldom', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.html429 : undefined))
    const askedAt: number[] = []
    for (let seconds = 0; seconds < 600; seconds += 5) {
      const before = world.server.count(POST)
      expect(await world.send(tides, { doubts: 1 })).toMatchObject({ kind: 'unknown' })
      if (world.server.count(POST) > before) askedAt.push(seconds)
      world.clock.advance(5000)
    }
    expect(askedAt).toEqual([0, 65, 195, 455])
  })

  it('is not asked for again soon after a call that took long: the time runs from its end', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => {
      if (what !== POST) return undefined
      world.clock.advance(120_000)
      return faults.resetBefore
    })
    await world.send(tides)
    world.clock.advance(60_000)
    await world.send(tides, { doubts: 1 })
    expect(world.server.count(POST)).toBe(1)
  })

  it('that the server makes only after its gateway has given up is there once', async () => {
    for (const ignoresKeys of [false, true]) {
      const world = await newWorld({ ignoresKeys, commitMs: 55_000 })
      world.server.setFault(({ what }) => (what === POST ? faults.acceptThenHtml502 : undefined))
      await world.send(tides)
      for (let doubts = 1; doubts < 8; doubts += 1) {
        world.clock.advance(10_000)
        await world.send(tides, { doubts })
      }
      expect(world.server.statuses).toHaveLength(1)
      expect(await world.send(tides, { doubts: 8 })).toMatchObject({ kind: 'sent' })
    }
  })

  it('is not asked for again within a minute of a clock that was set back', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.resetBefore : undefined))
    await world.send(tides)
    world.clock.advance(-3_600_000)
    await world.send(tides, { doubts: 1 })
    world.clock.advance(64_000)
    await world.send(tides, { doubts: 2 })
    expect(world.server.count(POST)).toBe(1)
    world.clock.advance(1000)
    await world.send(tides, { doubts: 3 })
    expect(world.server.count(POST)).toBe(2)
  })

  it('is found when the server answers 500 to the second request under a key', async () => {
    const world = await newWorld({ failsOnDuplicates: true })
    let lists = 0
    // The first look comes too early for a slow database, so that the request is made again.
    world.server.setFault(({ what }) => {
      if (what === POST && world.server.statuses.length === 0) return faults.acceptThenReset
      if (what !== LIST) return undefined
      lists += 1
      return lists === 3
        ? { acts: false, ends: 'answer', status: 200, body: '[]', headers: { 'content-type': 'application/json' } }
        : undefined
    })
    await world.send(tides)
    world.clock.advance(90_000)
    expect(await world.send(tides, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(1)
  })

  it.each([-24, -1.1, 1.1])('is found on a server whose clock is %d hours off', async (hours) => {
    const world = await newWorld({ skewMs: hours * 3_600_000, ignoresKeys: true, listsEverything: true })
    world.server.add('Before')
    world.server.setFault(({ what }) => (what === POST ? faults.acceptThenReset : undefined))
    expect(await untilSettled(world, tides)).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(2)
  })

  it('is looked for behind a hundred posts that came after it', async () => {
    const world = await newWorld({ ignoresKeys: true })
    world.server.setFault(({ what }) => (what === POST ? faults.acceptThenReset : undefined))
    await world.send(tides)
    for (let more = 0; more < 100; more += 1) world.server.add(`Other news ${more}`)
    expect(await untilSettled(world, tides, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(101)
  })

  it('stays in doubt while the account cannot be looked at', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.acceptThenReset : undefined))
    await world.send(tides)
    world.server.setFault(() => faults.html502)
    world.clock.advance(90_000)
    expect(await world.send(tides, { doubts: 1 })).not.toMatchObject({ kind: 'sent' })
    expect(world.server.count(POST)).toBe(1)
  })
})

describe('recognising', () => {
  it.each([
    [
      'another address',
      'About tides & “the sea”\n\nRead: https://morningcheck.example/news/tides.html?a=1&b=22',
      'groundwire',
    ],
    ['the same address, by another application', 'See https://morningcheck.example/news/tides.html?a=1&b=2', 'Web'],
    [
      'the address second',
      'https://other.example/ and https://morningcheck.example/news/tides.html?a=1&b=2',
      'groundwire',
    ],
  ])('leaves a post alone that has %s', async (_, text, app) => {
    const world = await newWorld({ ignoresKeys: true })
    world.server.setFault(({ what }) =>
      what === POST && world.server.count(POST) === 1 ? faults.resetBefore : undefined,
    )
    await world.send(tides)
    const other = world.server.add(text, app)
    const outcome = await untilSettled(world, tides, { doubts: 1 })
    expect(outcome).toMatchObject({ kind: 'sent' })
    expect(outcome).not.toMatchObject({ remoteId: other.id })
    expect(world.server.statuses).toHaveLength(2)
  })

  it('takes a post that an editor has corrected since, and one that a token of another application made', async () => {
    const world = await newWorld()
    const corrected = world.server.add(
      'Put right.\n\nRead: https://morningcheck.example/news/tides.html?a=1&b=2',
      'groundwire',
    )
    const former = world.server.add(itemPost('ice').status.status, 'an earlier application')
    expect(await world.send(tides, { key: 'mastodon/tides' })).toMatchObject({ remoteId: corrected.id })
    expect(await world.send(posts(itemPost('ice')), { key: 'mastodon/ice' })).toMatchObject({ remoteId: former.id })
    expect(world.server.count(POST)).toBe(0)
  })

  it('gives one status to one delivery', async () => {
    const world = await newWorld()
    const first = await world.send(tides, { key: 'mastodon/one' })
    const second = await world.send(tides, { key: 'mastodon/two' })
    expect(first).not.toEqual(second)
    expect(world.server.statuses).toHaveLength(2)
  })

  it('finds the posts of a store that was lost, so that nothing leaves twice', async () => {
    const world = await newWorld()
    const names = Array.from({ length: 45 }, (_, at) => `item-${at}`)
    for (const name of names) await world.send(posts(itemPost(name)), { key: `mastodon/${name}` })
    world.values.clear()
    const ids = new Set<string>()
    for (const name of names) {
      const outcome = await world.send(posts(itemPost(name)), { key: `mastodon/${name}` })
      if (outcome.kind === 'sent') ids.add(outcome.remoteId)
    }
    expect(ids.size).toBe(45)
    expect(world.server.statuses).toHaveLength(45)
  })
})

describe('a worker that is killed', () => {
  const thread = posts(
    itemPost('root', {
      items: [],
      href: 'https://morningcheck.example/',
      status: { status: 'Today\n\nhttps://morningcheck.example/', visibility: 'public' },
    }),
    itemPost('a'),
    itemPost('b', withPicture),
  )
  it.each(['before', 'after'] as const)('%s any durable step posts each status once, in a chain', async (when) => {
    let steps = 0
    for (let at = 1; steps === 0; at += 1) {
      const world = await newWorld({ ignoresKeys: true, listsEverything: at % 2 === 0 })
      const dying = world.send(thread, { notes: killedAt(world.values, at, when) })
      const isKilled = await dying.then(
        () => false,
        (error: unknown) => error instanceof Killed,
      )
      expect(await untilSettled(world, thread, { doubts: isKilled ? 1 : 0 })).toMatchObject({ kind: 'sent' })
      const [root, a, b] = world.server.statuses
      expect(world.server.statuses.map(({ replyTo }) => replyTo)).toEqual([null, root?.id, a?.id])
      expect(b?.media).toHaveLength(1)
      if (!isKilled) steps = at - 1
    }
    expect(steps).toBeGreaterThan(10)
  })

  it.each(['before', 'after'] as const)(
    '%s any durable step of a correction or retraction leaves one status, then none',
    async (when) => {
      for (let at = 1; at <= 6; at += 1) {
        const world = await newWorld()
        await world.send(tides)
        const edit = editOf('mastodon/one', `Put right: https://morningcheck.example/news/tides.html?a=1&b=2`)
        await world.send(edit, { key: 'mastodon/edit', notes: killedAt(world.values, at, when) }).catch(() => undefined)
        expect(await untilSettled(world, edit, { key: 'mastodon/edit', doubts: 1 })).toMatchObject({ kind: 'sent' })
        expect(world.server.statuses.map(({ text }) => text.slice(0, 9))).toEqual(['Put right'])
        const gone = deleteOf('mastodon/one')
        await world.send(gone, { key: 'mastodon/gone', notes: killedAt(world.values, at, when) }).catch(() => undefined)
        expect(await untilSettled(world, gone, { key: 'mastodon/gone', doubts: 1 })).toMatchObject({ kind: 'sent' })
        expect(world.server.statuses).toEqual([])
      }
    },
  )
})

describe('secrets', () => {
  it('are in no outcome, log line or note, whatever the server says', async () => {
    const world = await newWorld()
    const told: unknown[] = []
    const words = `no, ${TOKEN} of reader@example.org`
    for (const [at, status] of [400, 401, 403, 404, 409, 413, 422, 429, 500].entries()) {
      world.server.setFault(({ what }) => (what === POST ? faults.json(status, words) : undefined))
      const outcome = await world.send(tides, { key: `mastodon/${at}`, doubts: 1 })
      told.push(outcome)
      expect(isEnd(outcome)).toBe([400, 404, 413, 422].includes(status))
      world.values.delete('mastodon news@fake.example stopped')
    }
    const all = JSON.stringify([told, world.log.lines, [...world.values]])
    expect(all).not.toContain(TOKEN)
    expect(all).not.toContain('reader@example')
  })
})
