import { describe, expect, it } from 'vitest'
import type { RenderContext } from '../../src/channel.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { recentItems } from '../../src/pipeline/recent-items.ts'
import { render } from '../../src/pipeline/render.ts'
import { fakeChannel, onePerEdition } from '../fixtures/channel.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { house, lesson, news, settingsFor, stored, zone } from './fixture.ts'
import { nothingPublished } from '../../src/channel/published.ts'

const context: RenderContext = { house, published: nothingPublished }

describe('render', () => {
  it('gives what every channel makes, in the order of the channels, with its channel and the hash of its bytes', async () => {
    const channels = [fakeChannel('posts'), fakeChannel('mail', { renderings: onePerEdition })]
    const edition = sampleEdition({ stories: 2, briefs: 0 })
    const renderings = await render(edition, settingsFor(...channels).channels, context)
    expect(renderings.map(({ channel, id }) => `${channel} ${id}`)).toEqual(['posts 1', 'posts 2', 'mail digest'])
    expect(renderings[2]?.hash).toBe(sha256(`text/plain\n${edition.subject}`))
    expect(new Set(renderings.map(({ hash }) => hash)).size).toBe(2)
  })

  it('gives a channel its own settings', async () => {
    const given: unknown[] = []
    const channel = { ...fakeChannel('posts'), render: async (...all: unknown[]) => (given.push(all[2]), []) }
    await render(sampleEdition(), [{ channel, settings: { account: 'a' } }], context)
    expect(given).toEqual([{ account: 'a' }])
  })

  it('says what broke when a channel cannot render', async () => {
    const broken = { ...fakeChannel('posts'), render: () => Promise.reject(new Error('a bug')) }
    await expect(render(sampleEdition(), [{ channel: broken, settings: {} }], context)).rejects.toThrow('a bug')
  })
})

describe('recentItems', () => {
  it('gives a bare day an hour past its midnight in the publication’s zone, a second later for each item behind', () => {
    const items = ['a', 'b', 'c'].map((name, at) => stored(news(name), { position: 2 - at }))
    expect(recentItems(items, zone).map(({ published }) => published)).toEqual([
      '2026-06-28T23:00:02.000Z',
      '2026-06-28T23:00:01.000Z',
      '2026-06-28T23:00:00.000Z',
    ])
  })

  it('follows the zone through its clock change', () => {
    const [before, after] = recentItems([stored(news('a', '2026-10-25')), stored(news('b', '2026-10-26'))], zone)
    expect(before?.published).toBe('2026-10-24T23:00:00.000Z')
    expect(after?.published).toBe('2026-10-26T00:00:00.000Z')
  })

  it('leaves an instant that the source gave alone', () => {
    const at = '2026-06-29T06:30:00.250Z'
    expect(recentItems([stored(news('a', at), { position: 7 })], zone)).toMatchObject([{ published: at, updated: at }])
  })

  it('tells apart by their addresses when items changed last that a source gave the same instant', () => {
    const items = Array.from({ length: 40 }, (_, at) => stored(news(`n${at}`, '2026-06-29T06:30:00Z')))
    const recent = recentItems(items, zone)
    expect(new Set(recent.map(({ published }) => published))).toEqual(new Set(['2026-06-29T06:30:00Z']))
    expect(new Set(recent.map(({ updated }) => updated)).size).toBeGreaterThan(36)
    expect(recent.every(({ updated }) => updated.startsWith('2026-06-29T06:30:00.'))).toBe(true)
    expect(recentItems(items.slice(7, 8), zone)).toEqual(recent.slice(7, 8))
  })

  it('gives hundreds of undated items of one reading instants of their own within an hour', () => {
    const recent = recentItems(
      Array.from({ length: 300 }, (_, at) => stored(lesson(`l${at}`))),
      zone,
    )
    expect(new Set(recent.map(({ updated }) => updated)).size).toBe(300)
    expect(recent.every(({ published }) => published.startsWith('2026-06-28T23:'))).toBe(true)
  })

  it('counts as updated only what changed after it was first seen and published', () => {
    const seen = { firstSeenAt: '2026-06-28T20:00:00.000Z', changedAt: '2026-06-28T20:00:00.000Z' }
    const [unchanged, changed, early] = recentItems(
      [
        stored(news('a'), seen),
        stored(news('b'), { ...seen, changedAt: '2026-06-30T08:00:00.000Z' }),
        stored(news('c'), { ...seen, changedAt: '2026-06-28T22:59:59.000Z' }),
      ],
      zone,
    )
    expect(unchanged?.updated).toBe(unchanged?.published)
    expect(changed?.updated).toMatch(/^2026-06-30T08:00:00\.\d{3}Z$/)
    expect(early?.updated).toBe(early?.published)
  })
})
