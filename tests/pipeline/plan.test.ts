import { describe, expect, it } from 'vitest'
import type { FrozenRendering } from '../../src/ports.ts'
import { plan as planAt } from '../../src/pipeline/plan.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { fakeChannel, rendering } from '../fixtures/channel.ts'
import { sampleEdition, sampleItem } from '../fixtures/edition.ts'
import { settingsFor } from './fixture.ts'

const NOW = new Date('2026-06-29T05:00:00.000Z')
const plan = (...planned: DropLast<Parameters<typeof planAt>>) => planAt(...planned, NOW)
type DropLast<All extends readonly unknown[]> = All extends [...infer Rest, unknown] ? Rest : never

const edition = sampleEdition()
const posts = fakeChannel('posts')
const mail = fakeChannel('mail', { audience: 'subscribers', perAttempt: 100 })
const { channels } = settingsFor(posts, mail)
const itemUrl = 'https://morningcheck.example/news/item-1.html'

function frozen(channel: string, made: Rendering): FrozenRendering {
  return { ...made, channel, hash: 'hash' }
}

describe('plan', () => {
  it('owes one delivery for each rendering of a channel that speaks to everyone at once', () => {
    const { deliveries, mailings } = plan(edition, channels, [
      frozen('posts', rendering('1', itemUrl, 'A', { item: itemUrl })),
      frozen('posts', rendering('rss.xml', 'rss.xml', 'B')),
    ])
    expect(mailings).toEqual([])
    expect(deliveries.map(({ target }) => target)).toEqual([itemUrl, 'rss.xml'])
    expect(deliveries[1]).toEqual({
      key: 'posts/rss.xml',
      group: 'posts/rss.xml',
      edition: 'daily/2026-06-29',
      channel: 'posts',
      rendering: 'rss.xml',
      target: 'rss.xml',
    })
  })

  it('owes a mailing to the subscribers of a channel that has them', () => {
    expect(plan(edition, channels, [frozen('mail', rendering('digest', 'daily/2026-06-29', 'A'))])).toEqual({
      deliveries: [],
      mailings: [
        { key: 'mail/daily/2026-06-29', channel: 'mail', rendering: 'digest', perAttempt: 100, frequency: 'daily' },
      ],
    })
  })

  it('leaves out what may not leave, and channels that are not on', () => {
    const renderings = [
      frozen('posts', rendering('1', 'a', 'A', { mayLeave: false })),
      frozen('mail', rendering('digest', 'b', 'B', { mayLeave: false })),
      frozen('other', rendering('1', 'c', 'C')),
    ]
    expect(plan(edition, channels, renderings)).toEqual({ deliveries: [], mailings: [] })
  })

  it('gives the same item the same key, whatever edition carries it and wherever it stands there', () => {
    const later = { ...edition, id: 'daily/2026-06-30', date: '2026-06-30' }
    const keys = [
      plan(edition, channels, [frozen('posts', rendering('1', itemUrl, 'A', { item: itemUrl }))]),
      plan(later, channels, [frozen('posts', rendering('7', itemUrl, 'Other words', { item: itemUrl }))]),
    ].map(({ deliveries }) => deliveries[0]?.key)
    expect(keys[0]).toBe(keys[1])
    expect(keys[0]).toMatch(/^posts\/[0-9a-f]{32}$/)
  })

  it('tells two items, and two channels, apart', () => {
    const both = settingsFor(posts, fakeChannel('other')).channels
    const renderings = [
      frozen('posts', rendering('1', itemUrl, 'A')),
      frozen('posts', rendering('2', `${itemUrl}?page=2`, 'A')),
      frozen('other', rendering('1', itemUrl, 'A')),
    ]
    expect(new Set(plan(edition, both, renderings).deliveries.map(({ key }) => key)).size).toBe(3)
  })

  it('gives each delivery the time that its channel names for it, where it names one, counted over what may leave', () => {
    const asked: unknown[] = []
    const timed = {
      ...posts,
      times: (settings: unknown, leaving: readonly Rendering[], from: Date, zone: string) => {
        asked.push([settings, leaving.map(({ id }) => id), from, zone])
        return [undefined, new Date('2026-06-29T05:10:00.000Z')]
      },
    }
    const renderings = [
      frozen('other', rendering('0', 'z', 'Z')),
      frozen('posts', rendering('1', 'a', 'A', { mayLeave: false })),
      frozen('posts', rendering('2', 'b', 'B')),
      frozen('posts', rendering('3', 'c', 'C')),
      frozen('posts', rendering('4', 'd', 'D')),
    ]
    const { deliveries } = plan(edition, [{ channel: timed, settings: { gapMinutes: 10 } }], renderings)
    expect(deliveries.map(({ rendering: id, notBefore }) => [id, notBefore])).toEqual([
      ['2', undefined],
      ['3', '2026-06-29T05:10:00.000Z'],
      ['4', undefined],
    ])
    expect(asked).toEqual([[{ gapMinutes: 10 }, ['2', '3', '4'], NOW, 'Europe/Berlin']])
  })

  it('gives a correction or retraction no time: it is not spaced', () => {
    const item = edition.stories[0] ?? sampleItem()
    const amendment = {
      id: 'correction/2026-06-29-1f0c2b7a',
      kind: 'correction',
      url: item.url,
      title: item.title,
      note: 'It was 371 days.',
      at: NOW.toISOString(),
    } as const
    const timed = { ...posts, times: () => [new Date('2027-01-01T00:00:00.000Z')] }
    const amending = { ...edition, id: amendment.id, stories: [], briefs: [], amends: { amendment, item } }
    const planned = plan(amending, [{ channel: timed, settings: {} }], [frozen('posts', rendering('1', 'a', 'A'))])
    expect(planned.deliveries).toHaveLength(1)
    expect(planned.deliveries[0]).not.toHaveProperty('notBefore')
  })

  it('keeps keys short and plain, however long and strange an identity is', () => {
    const strange = ['x'.repeat(5000), 'a b', 'ünï', "'; DROP TABLE deliveries; --", 'a\nb', '']
    const renderings = strange.map((identity, at) => frozen('posts', rendering(`${at}`, identity, 'A')))
    const { deliveries } = plan(edition, channels, renderings)
    for (const { key } of deliveries) expect(key).toMatch(/^posts\/[\w@./-]{1,80}$/)
    expect(new Set(deliveries.map(({ key }) => key)).size).toBe(strange.length)
  })
})
