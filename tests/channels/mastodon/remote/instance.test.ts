import { describe, expect, it, onTestFinished } from 'vitest'
import { diagnoseMastodon } from '../../../../channels/mastodon/remote/doctor.ts'
import { learnInstances } from '../../../../channels/mastodon/remote/instance.ts'
import { mastodonSettings } from '../../../../channels/mastodon/settings.ts'
import { createApi } from '../../../../src/world/api.ts'
import { mastodonFaults as faults, startFakeMastodon, TOKEN } from '../../../fakes/mastodon.ts'
import type { MastodonRules } from '../../../fakes/mastodon-state.ts'
import { testClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { house } from './support.ts'

const V2 = 'GET /api/v2/instance'
const V1 = 'GET /api/v1/instance'
const HOURS_24 = 24 * 3_600_000
const JSON_TYPE = { 'content-type': 'application/json' }

async function newInstance(rules: Partial<MastodonRules> = {}, accessToken = TOKEN) {
  const clock = testClock()
  const server = await startFakeMastodon({ clock, ...rules })
  onTestFinished(() => server.close())
  const ports = { clock, api: createApi({ userAgent: 'groundwire/test' }), notes: testNotes() }
  const settings = mastodonSettings.parse({ url: server.url, accessToken, account: 'news@fake.example' })
  return {
    clock,
    server,
    ports,
    learn: async () => (await learnInstances(settings, ports, new AbortController().signal))['news@fake.example'],
    diagnose: () => diagnoseMastodon(settings, ports, house),
  }
}

describe('what an instance says of itself', () => {
  it('is asked once a day', async () => {
    const { clock, server, learn } = await newInstance({ maxCharacters: 5000 })
    expect(await learn()).toMatchObject({ maxCharacters: 5000, urlCharacters: 23, maxDescription: 1500 })
    clock.advance(HOURS_24 - 1)
    await learn()
    expect(server.count(V2)).toBe(1)
    server.change({ maxCharacters: 700 })
    clock.advance(1)
    expect(await learn()).toMatchObject({ maxCharacters: 700 })
  })

  it('is asked at the older address where there is no newer one', async () => {
    const { server, learn } = await newInstance({ hasV2: false, maxCharacters: 100_000 })
    expect(await learn()).toMatchObject({ maxCharacters: 100_000 })
    expect([server.count(V2), server.count(V1)]).toEqual([1, 1])
  })

  it('is what it said last while it does not answer, and is not asked at every preview', async () => {
    const { clock, server, learn } = await newInstance({ maxCharacters: 5000 })
    await learn()
    clock.advance(HOURS_24)
    server.setFault(() => faults.html502)
    expect(await learn()).toMatchObject({ maxCharacters: 5000 })
    await learn()
    expect(server.calls).toHaveLength(2)
    clock.advance(300_000)
    server.setFault(undefined)
    expect(await learn()).toMatchObject({ maxCharacters: 5000 })
    expect(server.calls).toHaveLength(3)
  })

  it('is nothing where it never answered', async () => {
    const { server, learn } = await newInstance()
    server.setFault(() => faults.acceptThenReset)
    expect(await learn()).toBeUndefined()
  })

  it.each([
    ['{"configuration":{"statuses":{"max_characters":-1,"characters_reserved_per_url":1e99}}}'],
    ['{"configuration":{"statuses":{"max_characters":"5000"},"media_attachments":[]}}'],
    ['{"configuration":null,"version":7}'],
    ['{"configuration":{"statuses":{"max_characters":3}}}'],
    ['{}'],
  ])('that is not sane counts as not said: %s', async (body) => {
    const { server, learn } = await newInstance()
    server.setFault(() => ({ acts: false, ends: 'answer', status: 200, body, headers: JSON_TYPE }))
    expect(await learn()).toMatchObject({ maxCharacters: 500, urlCharacters: 23, maxDescription: 1500 })
  })

  it.each(['[]', '"5000"', 'null', '<!doctype html>'])('that is something else is nothing: %s', async (body) => {
    const { server, learn } = await newInstance()
    server.setFault(() => ({ acts: false, ends: 'answer', status: 200, body, headers: JSON_TYPE }))
    expect(await learn()).toBeUndefined()
  })
})

describe('the doctor', () => {
  const codes = (findings: readonly { severity: string; code: string }[]) =>
    findings.map(({ severity, code }) => `${severity} ${code}`)

  it('finds a good account well, with calls that change nothing', async () => {
    const { server, diagnose } = await newInstance()
    const findings = await diagnose()
    expect(codes(findings)).toEqual([
      'note mastodon-account',
      'note mastodon-bot',
      'note mastodon-limits',
      'note mastodon-byline',
    ])
    expect(findings.at(-1)?.advice).toContain('fediverse:creator')
    expect(server.calls.every(({ what }) => what.startsWith('GET '))).toBe(true)
  })

  it('says that the token is bad, without the token', async () => {
    const { diagnose } = await newInstance({}, 'a-bad-token')
    const findings = await diagnose()
    expect(codes(findings)).toContain('error mastodon-token')
    expect(JSON.stringify(findings)).not.toContain('a-bad-token')
  })

  it('says what the token lacks', async () => {
    const { server, diagnose } = await newInstance()
    server.setFault(({ what }) => {
      if (what.endsWith('/statuses')) return faults.json(403, 'This action is outside the authorized scopes')
      return undefined
    })
    expect(codes(await diagnose())).toContain('error mastodon-scope-read')
    const body = '{"name":"x","scopes":["read:statuses","profile"]}'
    server.setFault(({ what }) =>
      what.endsWith('apps/verify_credentials')
        ? { acts: false, ends: 'answer', status: 200, body, headers: JSON_TYPE }
        : undefined,
    )
    const lacks = (await diagnose()).find(({ code }) => code === 'mastodon-scope')
    expect(lacks?.message).toContain('lacks write:statuses')
  })

  it('says that a server is not there, or has only the older address', async () => {
    const { server, diagnose } = await newInstance({ hasV2: false })
    expect(codes(await diagnose())).toContain('note mastodon-v1')
    await server.close()
    expect(codes(await diagnose())).toContain('error mastodon-unreachable')
  })
})
