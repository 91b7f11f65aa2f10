import { describe, expect, it } from 'vitest'
import type { FrozenRendering } from '../../src/ports.ts'
import { plan } from '../../src/pipeline/plan.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { fakeChannel, rendering } from '../fixtures/channel.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { settingsFor } from './fixture.ts'

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

  it('keeps keys short and plain, however long and strange an identity is', () => {
    const strange = ['x'.repeat(5000), 'a b', 'ünï', "'; DROP TABLE deliveries; --", 'a\nb', '']
    const renderings = strange.map((identity, at) => frozen('posts', rendering(`${at}`, identity, 'A')))
    const { deliveries } = plan(edition, channels, renderings)
    for (const { key } of deliveries) expect(key).toMatch(/^posts\/[\w@./-]{1,80}$/)
    expect(new Set(deliveries.map(({ key }) => key)).size).toBe(strange.length)
  })
})
