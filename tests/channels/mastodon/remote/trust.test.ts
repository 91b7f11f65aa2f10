import { describe, expect, it, onTestFinished } from 'vitest'
import { judgeError } from '../../../../channels/mastodon/remote/judge.ts'
import { LIST, mastodonFaults as faults, POST, startFakeMastodon } from '../../../fakes/mastodon.ts'
import type { Fault } from '../../../fakes/resend-faults.ts'
import { deleteOf, editOf, itemPost, newWorld, posts, untilSettled } from './support.ts'

const KEY = 'mastodon/one'
const tides = posts(itemPost('tides'))
const hers = 'What I think of it: https://morningcheck.example/news/tides.html?a=1&b=2'
const VERIFY = 'GET /api/v1/accounts/verify_credentials'
const APP = 'GET /api/v1/apps/verify_credentials'

describe("what is a person's own", () => {
  it.each([
    ['another application', 'Web', 'groundwire'],
    ['no application that is known', undefined, 'groundwire'],
    ['a server that tells of no applications', undefined, undefined],
  ])('is never adopted, edited or deleted: %s', async (_, app, ours) => {
    const world = await newWorld({ app: ours })
    const own = world.server.add(hers, app ?? '')
    const outcome = await world.send(tides)
    expect(outcome).toMatchObject({ kind: 'sent' })
    expect(outcome).not.toMatchObject({ remoteId: own.id })
    await world.send(editOf(KEY, 'Put right'), { key: 'mastodon/edit' })
    await world.send(deleteOf(KEY), { key: 'mastodon/gone' })
    expect(world.server.statuses).toEqual([own])
    expect(own).toMatchObject({ text: hers, edits: 0 })
  })

  it('is never adopted while the server does not say which application ours is, and holds up nothing', async () => {
    const world = await newWorld()
    const own = world.server.add(hers)
    world.server.setFault(({ what }) => (what === APP ? faults.html502 : undefined))
    expect(await world.send(tides)).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses[0]).toBe(own)
    expect(world.server.statuses).toHaveLength(2)
    world.server.setFault(undefined)
    const asked = world.server.count(APP)
    for (const name of ['bees', 'clocks']) await world.send(posts(itemPost(name)), { key: `mastodon/${name}` })
    expect(world.server.count(APP)).toBe(asked + 1)
  })

  it('is left alone when it passes on or answers, also in our words and by our application', async () => {
    const world = await newWorld({ listsEverything: true })
    const other = world.server.add('Something else')
    const text = itemPost('tides').status.status
    world.server.add(text, 'groundwire', { reblog: '1' })
    world.server.add(text, 'groundwire', { replyTo: other.id })
    expect(await world.send(tides)).toMatchObject({ kind: 'sent', remoteId: world.server.statuses[3]?.id })
    expect(world.server.statuses).toHaveLength(4)
  })
})

describe('a post about an edition', () => {
  const page = 'https://morningcheck.example/editions/daily/2026-06-29'
  const status = { status: `Today\n\n• Tides\nhttps://doi.org/1\n\nRead on: ${page}`, visibility: 'public' as const }
  const corrected = `Today\n\n• Ice\nhttps://doi.org/2\n\nCorrection to “Tides”: no.\n\nRead on: ${page}`

  it.each([
    ['a digest', ['a', 'b']],
    ['a digest with one item', ['a']],
    ['the first of a thread', []],
  ])('is found in a store that was lost though it was corrected: %s', async (_, items) => {
    const world = await newWorld()
    const left = world.server.add(corrected, 'groundwire')
    const digest = posts({ items, href: page, status })
    expect(await world.send(digest)).toMatchObject({ kind: 'sent', remoteId: left.id })
    expect(world.server.count(POST)).toBe(0)
  })

  it("is not found in a person's words about it", async () => {
    const world = await newWorld()
    world.server.add(`Look at ${page}`)
    await world.send(posts({ items: ['a', 'b'], href: page, status }))
    expect(world.server.statuses).toHaveLength(2)
  })
})

describe('a post for followers alone', () => {
  const { status, ...rest } = itemPost('tides')
  const secret = posts({ ...rest, status: { ...status, visibility: 'private' } })
  const rules = { listsPrivate: false, ignoresKeys: true } as const
  const lost = (): Fault => faults.acceptThenReset

  it('whose answer is lost is left to a person where the server does not list such posts', async () => {
    const world = await newWorld(rules)
    world.server.setFault(({ what }) => (what === POST ? lost() : undefined))
    expect(await world.send(secret)).toMatchObject({ kind: 'unknown' })
    world.clock.advance(90_000)
    const end = { kind: 'unknown', isFinal: true, reason: expect.stringContaining('followers alone') }
    expect(await world.send(secret, { doubts: 1 })).toMatchObject(end)
    expect(await world.find(secret)).toMatchObject(end)
    expect(await world.send(deleteOf(KEY), { key: 'mastodon/gone' })).toMatchObject(end)
    expect(world.server.statuses).toHaveLength(1)
  })

  it('is posted again on the word of a person', async () => {
    const world = await newWorld(rules)
    world.server.setFault(({ what }) =>
      what === POST && world.server.count(POST) === 1 ? faults.resetBefore : undefined,
    )
    await world.send(secret)
    expect(await world.send(secret, { doubts: 1 })).toMatchObject({ isFinal: true })
    expect(await world.send(secret, { group: 'mastodon/one again' })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(1)
  })

  it('is looked for like any other where the server was seen to list one', async () => {
    const world = await newWorld({ ignoresKeys: true })
    const { status: first, ...more } = itemPost('ice')
    await world.send(posts({ ...more, status: { ...first, visibility: 'private' } }), { key: 'mastodon/ice' })
    world.server.setFault(({ what }) => (what === POST ? faults.resetBefore : undefined))
    await world.send(secret)
    world.server.setFault(undefined)
    expect(await untilSettled(world, secret, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(2)
  })
})

it('asks another instance who the token speaks for there', async () => {
  const world = await newWorld()
  await world.send(posts(itemPost('ice')), { key: 'mastodon/ice' })
  const other = await startFakeMastodon({ clock: world.clock, account: '110' })
  onTestFinished(() => other.close())
  expect(await world.send(tides, { url: other.url })).toMatchObject({ kind: 'sent' })
  expect(other.calls.find(({ what }) => what === LIST)?.path).toContain('/110/')
})

describe('a refusal that the server itself did not put into words', () => {
  it.each([401, 403])('%i on one look does not stop the account', async (code) => {
    const world = await newWorld()
    world.server.setFault(({ what }) =>
      what === LIST && world.server.count(LIST) === 1 ? faults.page(code) : undefined,
    )
    expect(await world.send(tides)).toMatchObject({ kind: 'later' })
    expect(await world.send(tides)).toMatchObject({ kind: 'sent' })
    expect(world.log.lines.filter((line) => line.startsWith('error'))).toEqual([])
  })

  it.each([401, 403, 422])(
    '%i to the credential itself stops the account at the second time, a quarter of an hour later',
    async (code) => {
      const world = await newWorld()
      // snac answers so to a token that is none.
      world.server.setFault(({ what }) => (what === VERIFY ? faults.wordless(code) : undefined))
      for (const minutes of [0, 5, 14]) {
        world.clock.set(new Date(Date.parse('2026-06-29T05:00:00.000Z') + minutes * 60_000).toISOString())
        await world.send(tides)
      }
      expect(world.log.lines).toEqual([])
      world.clock.advance(60_000)
      expect(await world.send(tides)).toMatchObject({ kind: 'later', reason: expect.stringContaining('is stopped') })
      const calls = world.server.calls.length
      await world.send(tides)
      expect(world.server.calls).toHaveLength(calls)
    },
  )

  it('is forgotten after some hours', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === VERIFY ? faults.page(403) : undefined))
    await world.send(tides)
    world.clock.advance(6 * 3_600_000)
    expect(await world.send(tides)).not.toMatchObject({ reason: expect.stringContaining('is stopped') })
    world.clock.advance(900_000)
    expect(await world.send(tides)).toMatchObject({ reason: expect.stringContaining('is stopped') })
  })

  it.each([401, 403, 404, 405])('%i in JSON of a gateway leaves a post in doubt', async (code) => {
    const world = await newWorld()
    const gateway: Fault = { ...faults.wordless(code), body: '{"message":"no Route matched with those values"}' }
    world.server.setFault(({ what }) => (what === POST && world.server.count(POST) === 1 ? gateway : undefined))
    expect(await world.send(tides)).toMatchObject({ kind: 'unknown' })
    expect(await untilSettled(world, tides, { doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(1)
  })

  it.each(['{"error":{"a":1}}', '{"error":null}', '{"errors":[]}', '[]', '{"error":7}'])(
    '%s with 422 refuses the post without a word',
    async (body) => {
      const world = await newWorld()
      world.server.setFault(({ what }) => (what === POST ? { ...faults.wordless(422), body } : undefined))
      expect(await world.send(tides)).toEqual({ kind: 'rejected', reason: 'the server answered 422' })
    },
  )
})

it.each([
  ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', undefined, 'unknown'],
  ['EHOSTUNREACH', 'read', 'unknown'],
  ['EHOSTUNREACH', 'connect', 'unsent'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', undefined, 'unsent'],
])('a connection that broke off with %s in %s leaves the call %s', (code, syscall, kind) => {
  const cause = Object.assign(new Error(code), { code, ...(syscall !== undefined && { syscall }) })
  expect(judgeError(new TypeError('fetch failed', { cause }), '', new Date(0))).toMatchObject({ kind })
})
