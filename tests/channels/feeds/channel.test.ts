import { mkdtemp, readFile, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { Attempt, ChannelPorts, House } from '../../../src/channel.ts'
import type { LedgerEntry } from '../../../src/domain/delivery.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import type { Files } from '../../../src/ports.ts'
import { createFiles } from '../../../src/world/files.ts'
import { testClock } from '../../fixtures/clock.ts'
import { channelPorts } from '../../fixtures/ports.ts'
import { contextOf, make, nastyItems, plainItems } from './fixture.ts'

const NOW = new Date('2026-06-29T05:00:00.000Z')
const house: House = { ...contextOf([]).house, secret: 'not used here', installation: 'here' }
const folders: string[] = []
const never = new AbortController().signal

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'feeds-'))
  folders.push(folder)
  return folder
}

function portsWith(files: Files): ChannelPorts {
  return channelPorts({ files, clock: testClock(NOW.toISOString()) })
}

function attemptOf(rendering: Rendering): Attempt {
  const key = `feeds/${rendering.identity}`
  const entry: LedgerEntry = {
    key,
    group: key,
    edition: 'daily/2026-06-29',
    channel: 'feeds',
    rendering: rendering.id,
    target: rendering.id,
    state: 'claimed',
    attempts: 0,
    doubts: 0,
  }
  const frozen = { ...rendering, channel: 'feeds', hash: sha256(rendering.content) }
  return { key, rendering: frozen, deliveries: [entry], settled: [] }
}

describe('the feeds channel', () => {
  it('makes three documents of an edition, named by file and edition, with size, count and media type', async () => {
    const { renderings } = await make(plainItems(2))
    expect(renderings.map(({ id, identity, mediaType }) => [id, identity, mediaType])).toEqual([
      ['rss.xml', 'rss.xml@daily/2026-06-29', 'application/rss+xml'],
      ['atom.xml', 'atom.xml@daily/2026-06-29', 'application/atom+xml'],
      ['feed.json', 'feed.json@daily/2026-06-29', 'application/feed+json'],
    ])
    for (const { content, measures } of renderings) {
      expect(measures).toEqual([
        { name: 'bytes', value: Buffer.byteLength(content) },
        { name: 'entries', value: 2 },
      ])
    }
    expect(feedsChannel).toMatchObject({ id: 'feeds', audience: 'once', document: true })
  })

  it('shows a page of what a reader lists, with every hostile text as text', async () => {
    const { renderings } = await make(nastyItems())
    for (const { page, id } of renderings) {
      expect(page).toContain('How to use &lt;div&gt; &amp;amp; &quot;quotes&quot;')
      expect(page).toContain('<time datetime="2026-06-29">Monday, 29 June 2026</time>')
      expect(page).toContain('Source: <a href="https://arxiv.org/abs/2606.01846"')
      expect(page).toContain(`<a href="https://feeds.morningcheck.example/${id}">${id}</a> (`)
      expect(page).not.toMatch(/<(script|img|iframe|link)|\son\w+=|href="(?!https?:)/i)
    }
    expect((await make([])).renderings[0]?.page).toContain('Nothing has been published yet.')
  })

  it('refuses settings that cannot be, by name', () => {
    expect(feedsChannel.settings.parse({})).toEqual({ limit: 50, ttlMinutes: 60 })
    expect(feedsChannel.settings.safeParse({ limit: 0 }).error?.issues[0]?.path).toEqual(['limit'])
  })
})

describe('the sender of the feeds', () => {
  it('writes the frozen bytes below public/ and tells where they can be read', async () => {
    const folder = await temporaryFolder()
    const sender = feedsChannel.open({ limit: 50, ttlMinutes: 60 }, portsWith(createFiles(folder)), house)
    const { renderings } = await make(plainItems(2))
    for (const rendering of renderings) {
      const outcomes = await sender.send(attemptOf(rendering), never)
      const url = `https://feeds.morningcheck.example/${rendering.id}`
      expect(outcomes).toEqual([{ kind: 'sent', remoteId: sha256(rendering.content), url }])
      expect(await readFile(join(folder, 'public', rendering.id), 'utf8')).toBe(rendering.content)
    }
    expect(sender.replayWindowMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('leaves an unchanged feed its bytes and its time', async () => {
    const folder = await temporaryFolder()
    const sender = feedsChannel.open({ limit: 50, ttlMinutes: 60 }, portsWith(createFiles(folder)), house)
    const path = join(folder, 'public', 'rss.xml')
    const send = async (count: number): Promise<void> => {
      const [rss] = (await make(plainItems(count))).renderings
      if (rss) await sender.send(attemptOf(rss), never)
    }
    await send(2)
    await utimes(path, NOW, NOW)
    await send(2)
    expect((await stat(path)).mtime).toEqual(NOW)
    await send(3)
    expect((await stat(path)).mtime).not.toEqual(NOW)
  })

  it('tries a refused write again in a minute and keeps the reason', async () => {
    const full: Files = {
      write: async () => {
        throw new Error('the disk is full')
      },
      read: async () => undefined,
      readBytes: async () => undefined,
      list: async () => [],
    }
    const sender = feedsChannel.open({ limit: 50, ttlMinutes: 60 }, portsWith(full), house)
    const [rss] = (await make(plainItems(1))).renderings
    if (!rss) throw new Error('no rendering')
    expect(await sender.send(attemptOf(rss), never)).toEqual([
      { kind: 'later', notBefore: new Date('2026-06-29T05:01:00.000Z'), reason: 'the disk is full' },
    ])
  })
})
