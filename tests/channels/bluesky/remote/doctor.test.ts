import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blueskyChannel } from '../../../../channels/bluesky/index.ts'
import { blueskySettings } from '../../../../channels/bluesky/settings.ts'
import type { Finding } from '../../../../src/domain/finding.ts'
import { createApi } from '../../../../src/world/api.ts'
import { FakePds, xrpcError } from '../../../fakes/pds.ts'
import { testClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { ACCOUNT, house, postOf, posts, startWorker } from './support.ts'

const READS = new Set([
  'com.atproto.server.createSession',
  'com.atproto.server.refreshSession',
  'com.atproto.server.getSession',
  'com.atproto.repo.getRecord',
])

let pds: FakePds
let notes: ReturnType<typeof testNotes>

beforeEach(async () => {
  pds = await new FakePds().start()
  pds.profile = { $type: 'app.bsky.actor.profile', labels: { values: [{ val: 'bot' }] } }
  notes = testNotes()
})
afterEach(() => pds.stop())

async function diagnose(over: Record<string, unknown> = {}): Promise<Finding[]> {
  const refused = () => Promise.reject(new Error('not for this test'))
  const ports = {
    clock: testClock(),
    http: { get: refused },
    api: createApi({ userAgent: 'groundwire/test' }),
    dns: { txt: refused, mx: refused },
    notes,
  }
  const account = { service: pds.url, identifier: ACCOUNT, appPassword: pds.password, timeoutSeconds: 5 }
  return (await blueskyChannel.diagnose?.(blueskySettings.parse({ ...account, ...over }), ports, house)) ?? []
}

describe('doctor', () => {
  it('says who posts where, by calls that change nothing', async () => {
    const host = new URL(pds.url).host
    const message = `Bluesky takes the credential of ${ACCOUNT}: it is @${pds.handle} (${pds.did}); its posts are kept at ${host}.`
    expect(await diagnose()).toEqual([{ severity: 'note', code: 'bluesky-credential', message, channel: 'bluesky' }])
    expect(pds.calls.map(({ method }) => method).filter((method) => !READS.has(method))).toEqual([])
    expect(pds.records.size).toBe(0)
  })

  it('shares its session with the worker', async () => {
    await diagnose()
    await startWorker(pds, { notes }).send(posts(postOf('one')))
    await diagnose()
    expect(pds.count('com.atproto.server.createSession')).toBe(1)
  })

  it.each([undefined, { $type: 'app.bsky.actor.profile', displayName: 'The Morning Check' }])(
    'asks for the label of a bot where the profile has none',
    async (profile) => {
      pds.profile = profile
      expect(await diagnose()).toContainEqual(
        expect.objectContaining({ severity: 'warning', code: 'bluesky-bot', advice: expect.stringContaining('"bot"') }),
      )
    },
  )

  it.each(['AuthenticationRequired', 'AuthFactorTokenRequired', 'AccountTakedown'])('tells of %s', async (name) => {
    pds.fault = ({ method }) => (method.endsWith('createSession') ? xrpcError(401, name) : undefined)
    expect(await diagnose()).toEqual([
      expect.objectContaining({
        severity: 'error',
        code: 'bluesky-credential',
        message: expect.stringContaining(name),
      }),
    ])
  })

  it('tells of an account that is not active', async () => {
    pds.fault = ({ method }) =>
      method.endsWith('getSession')
        ? {
            kind: 'answer',
            status: 200,
            body: { did: pds.did, handle: pds.handle, active: false, status: 'deactivated' },
          }
        : undefined
    expect((await diagnose()).map(({ code }) => code)).toContain('bluesky-inactive')
  })

  it('tells of a service that is no PDS, and of one that is not there', async () => {
    pds.fault = () => ({ kind: 'answer', status: 404, body: '<h1>Not found</h1>' })
    expect(await diagnose()).toMatchObject([{ severity: 'error', code: 'bluesky-unreachable' }])
    notes.values.clear()
    expect(await diagnose({ service: 'http://127.0.0.1:1' })).toMatchObject([
      { severity: 'error', code: 'bluesky-unreachable' },
    ])
  })

  it('warns of what looks like the password of the account itself, and shows none', async () => {
    pds.password = 'correct horse battery staple'
    const findings = await diagnose()
    expect(findings.map(({ code }) => code)).toEqual(['bluesky-password', 'bluesky-credential'])
    expect(JSON.stringify(findings)).not.toContain('horse')
  })

  it('says where posts go when there is no account', async () => {
    const none = { identifier: undefined, appPassword: undefined }
    expect(await diagnose(none)).toMatchObject([{ severity: 'note', code: 'bluesky-outbox' }])
    expect(pds.calls).toEqual([])
  })
})
