import { describe, expect, it, onTestFinished } from 'vitest'
import { asContent } from '../../channels/mastodon/content.ts'
import { mastodonChannel } from '../../channels/mastodon/index.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { createApi } from '../../src/world/api.ts'
import { mastodonFaults as faults } from '../fakes/mastodon.ts'
import { seeded } from '../fixtures/random.ts'
import { testClock } from '../fixtures/clock.ts'
import { channelPorts } from '../fixtures/ports.ts'
import { renderingOf } from '../contracts/store/fixtures.ts'
import { postingWith, POSTING_HOUSE, postOf } from './post-mastodon.ts'
import { SNAC, startSnac, startSpoiler } from './post-mastodon-snac.ts'

const isLong = process.env['KILLS'] !== undefined
const OWED = isLong ? { posts: 45, threads: 5 } : { posts: 6, threads: 2 }
const KILLS = isLong ? 40 : 4
const STATUSES = OWED.posts + 3 * OWED.threads
const SPEED = 300

const lost = [faults.acceptThenReset, faults.resetBefore, faults.acceptThenHtml502, faults.html502] as const
if (SNAC === undefined)
  console.warn('SKIPPED: posting to a real server with the interface of Mastodon. Install snac (apt install snac2).')

function deliveryOf(key: string) {
  const rest = { channel: 'mastodon', rendering: 'r', target: 't', state: 'claimed', attempts: 1, doubts: 0 } as const
  return { key, group: key, edition: 'e', ...rest }
}

describe.skipIf(SNAC === undefined)('snac, a real server that pays no heed to keys, since_id and limits', () => {
  it(
    'has each status once, whoever is killed and whatever answer is lost',
    async () => {
      const random = seeded(7)
      const snac = await startSnac()
      onTestFinished(() => snac.close())
      let toKill = (): void => undefined
      const spoiler = await startSpoiler(snac.url, ({ method, path }) => {
        if (method !== 'POST' || path !== '/api/v1/statuses') return undefined
        toKill()
        return random() < 0.3 ? lost[Math.floor(random() * lost.length)] : undefined
      })
      onTestFinished(() => spoiler.close())
      const settings = { url: spoiler.url, accessToken: snac.token, account: 'news@snac' }
      const clock = { began: Date.now(), at: '2026-06-29T12:00:00.000Z', speed: SPEED }
      const posting = await postingWith(OWED, { name: 'news@snac', settings }, clock)
      onTestFinished(() => posting.remove())
      let kills = 0
      for (let passes = 0; ; passes += 1) {
        const pass = posting.run(`worker-${passes}`)
        let timer: NodeJS.Timeout | undefined
        toKill = () => void (kills < KILLS && (timer ??= setTimeout(() => pass.kill(), 60 * random())))
        const ended = await pass.ended
        clearTimeout(timer)
        if (!ended.killed) break
        kills += 1
      }
      const statuses = await snac.statuses()
      expect(new Set(statuses.map(({ text }) => text)).size).toBe(STATUSES)
      expect(statuses).toHaveLength(STATUSES)
      expect((await posting.ledger()).every(({ state }) => state === 'sent')).toBe(true)
      expect(kills).toBeGreaterThanOrEqual(KILLS)
      const answering = statuses.filter(({ in_reply_to_id: id }) => statuses.some((each) => each.id === id))
      expect(answering).toHaveLength(2 * OWED.threads)
    },
    isLong ? 1_800_000 : 150_000,
  )

  it('leaves to a person a post for followers alone whose answer is lost, for it lists none', async () => {
    const snac = await startSnac()
    onTestFinished(() => snac.close())
    let posts = 0
    const spoiler = await startSpoiler(snac.url, ({ method, path }) =>
      method === 'POST' && path === '/api/v1/statuses' && ++posts > 0 ? faults.acceptThenReset : undefined,
    )
    onTestFinished(() => spoiler.close())
    const [clock, account] = [testClock(), 'news@snac']
    const ports = channelPorts({ clock, api: createApi({ userAgent: 'groundwire/test' }) })
    const settings = mastodonChannel.settings.parse({
      url: spoiler.url,
      accessToken: snac.token,
      account,
      gapMinutes: 0,
    })
    const sender = mastodonChannel.open(settings, ports, POSTING_HOUSE)
    const post = postOf('tides')
    const content = asContent({
      kind: 'posts',
      account,
      posts: [{ ...post, status: { ...post.status, visibility: 'private' } }],
    })
    const outcomes: unknown[] = []
    for (const doubts of [0, 1, 2]) {
      const delivery = { ...deliveryOf('mastodon/one'), doubts }
      const attempt = { key: 'mastodon/one', rendering: renderingOf('mastodon', 'one', { content }) }
      const signal = new AbortController().signal
      outcomes.push(...(await sender.send({ ...attempt, deliveries: [delivery], settled: [] }, signal)))
      clock.advance(600_000)
    }
    const end = { kind: 'unknown', isFinal: true }
    expect(outcomes).toMatchObject([{ kind: 'unknown' }, end, end])
    expect(posts).toBe(1)
  })

  it('is looked at by the doctor, tells its limits, takes a picture and a correction, and does not delete', async () => {
    const snac = await startSnac()
    onTestFinished(() => snac.close())
    const picture = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    )
    const { files } = channelPorts()
    const ports = channelPorts({
      clock: testClock(),
      api: createApi({ userAgent: 'groundwire/test' }),
      files: { ...files, readBytes: async () => picture },
    })
    const settings = mastodonChannel.settings.parse({ url: snac.url, accessToken: snac.token, account: 'news@snac' })
    const findings = await mastodonChannel.diagnose?.(
      settings,
      { ...ports, dns: { txt: async () => [], mx: async () => [] } },
      POSTING_HOUSE,
    )
    expect(findings?.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(findings?.map(({ code }) => code)).toContain('mastodon-v1')
    expect(await mastodonChannel.learn?.(settings, ports, new AbortController().signal)).toMatchObject({
      'news@snac': { maxCharacters: 100_000, urlCharacters: 32 },
    })
    const sender = mastodonChannel.open(settings, ports, POSTING_HOUSE)
    const send = async (key: string, content: Parameters<typeof asContent>[0]) => {
      const delivery = deliveryOf(key)
      const rendering = renderingOf('mastodon', key, { content: asContent(content) })
      const [outcome] = await sender.send(
        { key, rendering, deliveries: [delivery], settled: [] },
        new AbortController().signal,
      )
      return outcome
    }
    const account = 'news@snac'
    const attached = { path: 'p.png', sha256: sha256(picture), mediaType: 'image/png', alt: 'A dot' }
    const post = { ...postOf('tides'), picture: attached }
    expect(await send('mastodon/one', { kind: 'posts', account, posts: [post] })).toMatchObject({ kind: 'sent' })
    const status = { ...post.status, status: `Put right\n\nRead: ${post.href}` }
    const of = { of: 'mastodon/one', part: 0 }
    expect(
      await send('mastodon/edit', { kind: 'edit', account, ...of, at: '2026-06-29T12:00:00.000Z', status }),
    ).toMatchObject({ kind: 'sent' })
    expect(await snac.statuses()).toMatchObject([{ text: status.status }])
    expect(await send('mastodon/gone', { kind: 'delete', account, ...of })).toMatchObject({ kind: 'unknown' })
    expect(await send('mastodon/one', { kind: 'posts', account, posts: [post] })).toMatchObject({ kind: 'rejected' })
    expect(await snac.statuses()).toHaveLength(1)
  })
})
