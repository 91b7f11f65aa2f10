import { expect, it } from 'vitest'
import { sampleEdition, sampleItem } from '../../fixtures/edition.ts'
import { renderEdition } from './support.ts'

it('reads well as plain text', async () => {
  const { text } = await renderEdition(sampleEdition({ stories: 2, briefs: 1, intro: 'Good morning.\n\nA short one.' }))
  expect(text).toMatchInlineSnapshot(`
    "The Morning Check
    Monday, 29 June 2026
    ------------------------------------------------------------------------

    Good morning.

    A short one.

    A tide gauge from 1846 still agrees with the satellites

    The gauge at a small harbour has been read by hand for 180 years. Set
    against two decades of radar altimetry, its record differs by less than
    a millimetre a year.

    Read:   https://morningcheck.example/news/item-1.html
    Source: https://arxiv.org/abs/2606.01846

                                     * * *

    Optical clock runs for a year without a missed tick

    A strontium clock kept time for 371 days without a gap. The team
    publishes every raw reading, and two other institutes have already
    repeated the analysis.

    Read:   https://morningcheck.example/news/item-2.html
    Source: https://www.nature.com/articles/s41586-026-00123-4

    ------------------------------------------------------------------------
    In brief

    * Bees tell four from five, but only in the morning
      Read:   https://morningcheck.example/news/item-3.html
      Source: https://www.biorxiv.org/content/10.1101/2026.06.20.123456v1

    ------------------------------------------------------------------------
    Background

    * How a satellite measures the sea
      Radar altimetry, from the pulse that leaves to the millimetre that is
      claimed.
      Read:   https://morningcheck.example/learn/lesson-1.html
      Source: https://doi.org/10.1000/altimetry

    ------------------------------------------------------------------------
    You get this because you asked for the digest of The Morning Check.
    Science and technology news, each item checked against its primary
    source.

    View in browser:
    https://news.morningcheck.example/editions/daily/2026-06-29

    Unsubscribe:
    (each reader's own link)

    The Morning Check
    Lindenweg 12
    12345 Musterstadt, Germany
    "
  `)
})

it('keeps to 72 columns but for addresses, which are never broken', async () => {
  const url = `https://example.com/${'long-'.repeat(40)}`
  const title = 'A title that goes on for longer than one line would hold, and then for a little while more'
  const item = sampleItem({ title, sources: [{ url }] })
  const { text = '' } = await renderEdition({ ...sampleEdition(), stories: [item], briefs: [item] })
  const long = text.split('\n').filter((line) => line.length > 72)
  expect(long).toEqual([`Source: ${url}`, `  Source: ${url}`])
})

it('names every source in full', async () => {
  const sources = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ url: `https://${name}.example/paper` }))
  const { text } = await renderEdition({ ...sampleEdition(), stories: [sampleItem({ sources })] })
  for (const { url } of sources) expect(text).toContain(`Source: ${url}\n`)
})

it('leaves no gap where a summary is missing', async () => {
  const { text } = await renderEdition({ ...sampleEdition(), stories: [sampleItem({ summary: '' })] })
  expect(text).not.toMatch(/\n\n\n/)
})
