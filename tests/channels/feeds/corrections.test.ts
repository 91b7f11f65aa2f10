import { describe, expect, it } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { Amendment } from '../../../src/domain/amendment.ts'
import { sampleAmendment, sampleEdition, sampleItem } from '../../fixtures/edition.ts'
import { contextOf, make, NASTY, plainItems, recent } from './fixture.ts'
import { entriesOf, textOf } from './strict-xml.ts'

const second = sampleAmendment({ note: 'And the harbour is in Denmark.', at: '2026-07-01T23:30:00.000Z' })
const LINES =
  '<p><strong>Correction, 2 July 2026:</strong> And the harbour is in Denmark.</p>\n' +
  '<p><strong>Correction, 30 June 2026:</strong> The gauge has been read for 180 years, not for 108.</p>\n'

interface JsonItem {
  readonly content_html: string
  readonly date_modified: string
}

function jsonItems(json: string): readonly JsonItem[] {
  const { items }: { items: readonly JsonItem[] } = JSON.parse(json)
  return items
}

const corrected = (...corrections: readonly Amendment[]) => ({ ...recent(1, {}, second.at), corrections })

describe('an item that was corrected', () => {
  it('says so on top of its content, the latest first, by the publication’s calendar, in every format', async () => {
    const { rss, atom, json } = await make([corrected(second, sampleAmendment()), ...plainItems(2).slice(1)])
    const [item, other] = jsonItems(json)
    expect(item?.content_html.startsWith(LINES)).toBe(true)
    expect(other?.content_html).not.toContain('Correction')
    expect(entriesOf(rss).map((entry) => textOf(entry, 'content:encoded'))).toContain(item?.content_html)
    expect(entriesOf(atom).map((entry) => textOf(entry, 'content'))).toContain(item?.content_html)
  })

  it('is dated by its correction', async () => {
    const { json } = await make([corrected(second)])
    expect(jsonItems(json)[0]?.date_modified).toBe(second.at)
  })

  it('shows the correction to the editor, too', async () => {
    const { renderings } = await make([corrected(sampleAmendment())])
    expect(renderings[0]?.page).toContain(
      'Correction, 30 June 2026: The gauge has been read for 180 years, not for 108.',
    )
  })

  it('shows hostile words as words', async () => {
    const { rss, json, renderings } = await make([corrected(sampleAmendment({ note: NASTY }))])
    expect(jsonItems(json)[0]?.content_html).not.toMatch(/<script|<link|\0/)
    expect(renderings[0]?.page).not.toContain('<script')
    expect(entriesOf(rss)).toHaveLength(1)
  })
})

it('carries a correction by making its documents anew, under names of their own', async () => {
  const edition = sampleEdition({ id: sampleAmendment().id, stories: 0, briefs: 0, background: 0 })
  const amendment = { amendment: sampleAmendment(), item: sampleItem(), posted: [] }
  const standing = new Map((await make([recent(1)])).renderings.map(({ id, basis = '' }) => [id, basis]))
  const context = contextOf([corrected(sampleAmendment())], { standing })
  const renderings = await feedsChannel.amend?.(amendment, edition, context, feedsChannel.settings.parse({}))
  const files = ['', 'feeds/archive/2026-06/'].flatMap((folder) =>
    ['rss.xml', 'atom.xml', 'feed.json'].map((file) => folder + file),
  )
  expect(renderings?.map(({ identity }) => identity)).toEqual(
    [...files, 'llms.txt', 'llms-full.txt'].map((file) => `${file}@${sampleAmendment().id}`),
  )
  const feeds = renderings?.filter(({ id }) => files.includes(id)) ?? []
  expect(feeds.every(({ content }) => content.includes('Correction, 30 June 2026'))).toBe(true)
})
