import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { Finding } from '../../../src/domain/finding.ts'
import type { Api } from '../../../src/ports.ts'
import { createApi } from '../../../src/world/api.ts'
import { testClock } from '../../fixtures/clock.ts'
import { testNotes } from '../../fixtures/notes.ts'
import { close, listen, startHub } from '../../servers/hub.ts'
import { contextOf } from './fixture.ts'

const refused = () => Promise.reject(new Error('not for this test'))

async function diagnose(
  hubs: readonly string[],
  { publicUrl = 'https://feeds.morningcheck.example', api = createApi({ userAgent: 'groundwire/test' }) } = {},
): Promise<Finding[]> {
  const ports = {
    clock: testClock(),
    notes: testNotes(),
    http: { get: refused },
    dns: { txt: refused, mx: refused },
    api,
  }
  const house = { ...contextOf([]).house, publicUrl, secret: 'not used here', installation: 'here' }
  return (await feedsChannel.diagnose?.(feedsChannel.settings.parse({ hubs }), ports, house)) ?? []
}

function answering(status: number): Api {
  return {
    get: async ({ url }) => ({ status, url, header: () => undefined, body: (async function* () {})() }),
    post: refused,
  }
}

it('calls nobody without hubs', async () => {
  const findings = await diagnose([], { api: { get: refused, post: refused } })
  expect(findings).toMatchObject([{ severity: 'note', code: 'feeds-hub', channel: 'feeds' }])
})

it('is content with hubs that answer, and tells them nothing', async () => {
  const hub = await startHub()
  onTestFinished(() => hub.close())
  const findings = await diagnose([hub.url])
  expect(findings).toMatchObject([{ severity: 'note', message: expect.stringContaining(new URL(hub.url).host) }])
  expect(hub.asked()).toBe(0)
})

it.each([
  [405, 'note'],
  [400, 'note'],
  [204, 'note'],
  [404, 'warning'],
  [410, 'warning'],
  [302, 'warning'],
  [500, 'warning'],
  [502, 'warning'],
] as const)('takes %i for an answer: %s', async (status, severity) => {
  expect(await diagnose(['https://hub.example/'], { api: answering(status) })).toMatchObject([{ severity }])
})

it('names each hub that cannot be reached, and only once', async () => {
  const server = createServer()
  const url = await listen(server)
  await close(server)
  const hub = await startHub()
  onTestFinished(() => hub.close())
  const findings = await diagnose([url, hub.url, url])
  expect(findings).toMatchObject([
    { severity: 'warning', code: 'feeds-hub', message: expect.stringContaining(new URL(url).host) },
    { severity: 'note', message: expect.stringContaining(new URL(hub.url).host) },
  ])
  expect(findings[0]?.message).toMatch(/could not be reached: .*[^.]\.$/s)
})

it.each([
  ['https://new.example/push?token=abc', ' (new.example/push)'],
  ['/push?token=abc', ' (hub.example/push)'],
  ['http://[', ''],
  [undefined, ''],
])('says where a hub has gone, and nothing that its address carries: %s', async (location, where) => {
  const api: Api = {
    get: async ({ url }) => ({ status: 308, url, header: () => location, body: (async function* () {})() }),
    post: refused,
  }
  const [found] = await diagnose(['https://hub.example/'], { api })
  expect(found?.message).toBe(
    `The hub hub.example leads elsewhere${where}, where announcements are not taken: it answered 308.`,
  )
})

it('does not wait for an answer that has no end', async () => {
  const server = createServer((_, response) => void response.writeHead(200).write('a beginning'))
  const url = await listen(server)
  onTestFinished(() => close(server))
  expect(await diagnose([url])).toMatchObject([{ severity: 'note' }])
})

it.each([
  'http://localhost:8080',
  'http://paper.localhost',
  'http://127.0.0.1:3000',
  'http://10.1.2.3',
  'http://172.20.0.1',
  'http://192.168.1.5/paper',
  'http://[::1]:3000',
  'http://[fd00::1]',
  'http://paper.internal',
  'http://newsdesk',
])('warns that a hub elsewhere cannot fetch from %s', async (publicUrl) => {
  const findings = await diagnose(['https://hub.example/'], { publicUrl, api: answering(200) })
  expect(findings).toMatchObject([
    { severity: 'warning', code: 'feeds-hub-cannot-fetch', message: expect.stringContaining(publicUrl) },
    { severity: 'note' },
  ])
  const near = await diagnose(['http://localhost:9000/'], { publicUrl, api: answering(200) })
  expect(near).toMatchObject([{ severity: 'note' }])
})

it.each(['https://172.32.0.1', 'https://feeds.example', 'https://11.0.0.1', 'https://[2001:db8::1]'])(
  'takes %s for an address that everybody can reach',
  async (publicUrl) => {
    expect(await diagnose(['https://hub.example/'], { publicUrl, api: answering(200) })).toMatchObject([
      { severity: 'note' },
    ])
  },
)
