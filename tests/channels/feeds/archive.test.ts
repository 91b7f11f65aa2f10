import { describe, expect, it } from 'vitest'
import type { RecentItem } from '../../../src/channel/published.ts'
import { sampleAmendment } from '../../fixtures/edition.ts'
import { feedIn, folders, ids, itemOf, shelf, titlesIn, type Shelf } from './shelf.ts'

const MAY = itemOf('2026-05-31')
const JUNE = itemOf('2026-06-15')
const JULY = itemOf('2026-07-01')
const archive = (month: string): string => `feeds/archive/${month}`

function corrected(of: RecentItem, at: string): RecentItem {
  return { ...of, updated: at, corrections: [sampleAmendment({ url: of.item.url, at })] }
}

/** By relation, the links of RFC 5005 of a document, below the public address. */
function linksOf({ files }: Shelf, path: string): Record<string, string> {
  const links = [...(files.get(path) ?? '').matchAll(/<link\b[^>]*>/g)].map(([link]) => link)
  const pairs = links.flatMap((link) => {
    const rel = /rel="([a-z-]+)"/.exec(link)?.[1] ?? ''
    const href = /href="https:\/\/feeds\.morningcheck\.example\/([^"]*)"/.exec(link)?.[1]
    return ['prev-archive', 'next-archive', 'current'].includes(rel) && href !== undefined ? [[rel, href] as const] : []
  })
  return Object.fromEntries(pairs)
}

describe('the months of a feed', () => {
  it('are a chain from what readers poll to the first one, across years', async () => {
    const made = shelf()
    await made.publish({ items: [itemOf('2027-01-02'), itemOf('2026-12-31'), itemOf('2026-03-01')] })
    expect(linksOf(made, 'atom.xml')).toEqual({ 'prev-archive': 'feeds/archive/2027-01/atom.xml' })
    expect(linksOf(made, 'feeds/archive/2027-01/atom.xml')).toEqual({
      current: 'atom.xml',
      'prev-archive': 'feeds/archive/2026-12/atom.xml',
    })
    expect(linksOf(made, 'feeds/archive/2026-12/atom.xml')).toEqual({
      current: 'atom.xml',
      'prev-archive': 'feeds/archive/2026-03/atom.xml',
      'next-archive': 'feeds/archive/2027-01/atom.xml',
    })
    expect(linksOf(made, 'feeds/archive/2026-03/atom.xml')).toEqual({
      current: 'atom.xml',
      'next-archive': 'feeds/archive/2026-12/atom.xml',
    })
    expect(feedIn(made, archive('2026-12')).next_url).toBe(
      'https://feeds.morningcheck.example/feeds/archive/2026-03/feed.json',
    )
  })

  it('hold all that appeared in them, however little readers poll', async () => {
    const items = Array.from({ length: 30 }, (_, index) => itemOf(`2026-06-${String(30 - index).padStart(2, '0')}`))
    const made = shelf({ limit: 2 })
    await made.publish({ items })
    expect(titlesIn(made, '')).toEqual(['news 2026-06-30 1', 'news 2026-06-29 1'])
    expect(titlesIn(made, archive('2026-06'))).toHaveLength(30)
  })

  it('hold what its day’s edition carried, though it is of the evening before', async () => {
    const made = shelf()
    await made.publish({ items: [JUNE, MAY], months: { [MAY.item.url]: '2026-06' } })
    expect(titlesIn(made, archive('2026-06'))).toEqual(['news 2026-06-15 1', 'news 2026-05-31 1'])
    expect(made.files.has('feeds/archive/2026-05/rss.xml')).toBe(false)
  })

  it('close once, when a later one has begun, and are not touched again', async () => {
    const made = shelf()
    await made.publish({ items: [JUNE, MAY] })
    const isArchive = (month: string): boolean | undefined =>
      made.files.get(`${archive(month)}/atom.xml`)?.includes('<fh:archive')
    expect([isArchive('2026-05'), isArchive('2026-06')]).toEqual([true, false])

    const closing = await made.publish({ items: [JULY, JUNE, MAY] })
    expect(folders(closing)).toEqual(['', archive('2026-07'), archive('2026-06')])
    expect([isArchive('2026-06'), isArchive('2026-07')]).toEqual([true, false])

    const before = new Map(made.files)
    const next = await made.publish({ items: [itemOf('2026-07-02'), JULY, JUNE, MAY] })
    expect(folders(next)).toEqual(['', archive('2026-07')])
    for (const month of ['2026-05', '2026-06']) {
      for (const file of ['rss.xml', 'atom.xml', 'feed.json']) {
        const path = `${archive(month)}/${file}`
        expect(made.files.get(path)).toBe(before.get(path))
      }
    }
  })

  it('stay in the chain, empty, when all that they held was taken back', async () => {
    const made = shelf()
    await made.publish({ items: [JULY, JUNE, MAY] })
    const renderings = await made.publish({ items: [JULY, MAY] })
    expect(folders(renderings)).toEqual(['', archive('2026-06')])
    expect(titlesIn(made, archive('2026-06'))).toEqual([])
    expect(linksOf(made, 'feeds/archive/2026-07/atom.xml')['prev-archive']).toBe('feeds/archive/2026-06/atom.xml')
    expect([...made.files.values()].join('')).not.toContain(JUNE.item.url)
  })
})

describe('what is made anew', () => {
  it('is nothing where nothing changed', async () => {
    const made = shelf()
    await made.publish({ items: [JULY, JUNE] })
    expect(await made.publish({ items: [JULY, JUNE] })).toEqual([])
  })

  it('are, of a correction of an old item, its month and what readers poll, where it comes back', async () => {
    const made = shelf({ limit: 2 })
    const later = [itemOf('2026-07-03'), itemOf('2026-07-02'), JULY]
    await made.publish({ items: [...later, JUNE, MAY] })
    expect(titlesIn(made, '')).toEqual(['news 2026-07-03 1', 'news 2026-07-02 1'])

    const items = [...later, JUNE, corrected(MAY, '2026-07-03T15:00:00.000Z')]
    const renderings = await made.publish({ items })
    expect(folders(renderings)).toEqual(['', archive('2026-05')])
    expect(titlesIn(made, '')).toEqual(['news 2026-07-03 1', 'news 2026-05-31 1'])
    expect(feedIn(made, '').items[1]).toEqual(feedIn(made, archive('2026-05')).items[0])

    await made.publish({ items: [itemOf('2026-07-05'), itemOf('2026-07-04'), ...items] })
    expect(titlesIn(made, '')).toEqual(['news 2026-07-05 1', 'news 2026-07-04 1'])
  })

  it('is not all that readers poll where a hundred items were put right at once', async () => {
    const old = Array.from({ length: 100 }, (_, index) =>
      corrected(itemOf('2026-05-31', `${index}`), '2026-07-02T09:00:00.000Z'),
    )
    const made = shelf({ limit: 4 })
    await made.publish({ items: [itemOf('2026-07-02'), JULY, JUNE, itemOf('2026-06-14'), ...old] })
    expect(titlesIn(made, '').filter((title) => title.includes('2026-05'))).toHaveLength(2)
    expect(titlesIn(made, '').slice(0, 2)).toEqual(['news 2026-07-02 1', 'news 2026-07-01 1'])
  })

  it('are, of a retraction, the documents that held the item', async () => {
    const made = shelf({ limit: 1 })
    const other = itemOf('2026-06-16')
    await made.publish({ items: [JULY, other, JUNE, MAY] })
    const renderings = await made.publish({ items: [JULY, other, MAY] })
    expect(ids(renderings)).toEqual([
      'feeds/archive/2026-06/rss.xml',
      'feeds/archive/2026-06/atom.xml',
      'feeds/archive/2026-06/feed.json',
      'llms.txt',
      'llms-full.txt',
    ])
    expect([...made.files.values()].join('')).not.toContain(JUNE.item.url)
  })

  it('are all, where a setting or the publication’s own words are other ones', async () => {
    const before = shelf()
    await before.publish({ items: [JULY, JUNE] })
    const after = shelf({ ttlMinutes: 5 })
    for (const [id, basis] of before.standing) after.standing.set(id, basis)
    const renderings = await after.publish({ items: [JULY, JUNE] })
    const unlike = new Set(['feeds/index.html', 'feeds/feeds.opml', 'feeds/feed.css'])
    expect(ids(renderings)).toEqual([...before.files.keys()].filter((id) => !unlike.has(id)))
  })

  it('is a file that somebody deleted, alone', async () => {
    const made = shelf()
    await made.publish({ items: [JULY, JUNE] })
    const present = new Set(made.files.keys())
    expect(await made.publish({ items: [JULY, JUNE] }, { present })).toEqual([])
    present.delete('feeds/archive/2026-06/atom.xml')
    present.delete('feeds/feed.css')
    const again = await made.publish({ items: [JULY, JUNE] }, { present })
    expect(ids(again)).toEqual(['feeds/archive/2026-06/atom.xml', 'feeds/feed.css'])
  })
})
