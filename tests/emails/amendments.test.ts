import { describe, expect, it } from 'vitest'
import { contentSchema } from '../../channels/email/content.ts'
import type { Amendment } from '../../src/domain/amendment.ts'
import { elementsOf, hasClass, renderEdition, textOf, type Element } from '../channels/email/support.ts'
import { sampleAmendment, sampleEdition } from '../fixtures/edition.ts'

const BEES = { url: 'https://morningcheck.example/news/bees.html', title: 'Bees tell four from five' }
const withdrawn = sampleAmendment({ ...BEES, kind: 'retraction', note: 'The paper was withdrawn.' })

/** The digest with these, its HTML that leaves parsed strictly. */
async function sent(
  ...amendments: readonly Amendment[]
): Promise<{ readonly elements: Element[]; readonly text: string }> {
  const { content, text = '' } = await renderEdition(
    sampleEdition({ stories: 1, briefs: 1, background: 1, amendments }),
  )
  return { elements: elementsOf(contentSchema.parse(JSON.parse(content)).html), text }
}

const headings = (elements: readonly Element[]): string[] =>
  elements.filter(({ name }) => /^h[23]$/.test(name)).map((element) => `${element.name} ${textOf(element)}`)

describe('the digest', () => {
  it('tells of corrections and of what was withdrawn in parts of their own, after the news', async () => {
    const { elements } = await sent(sampleAmendment(), withdrawn)
    expect(headings(elements).slice(1)).toEqual([
      'h2 In brief',
      'h3 Optical clock runs for a year without a missed tick',
      'h2 Corrections',
      'h3 A tide gauge from 1846 still agrees with the satellites',
      'h2 Withdrawn',
      'h3 Bees tell four from five',
      'h2 Background',
      'h3 How a satellite measures the sea',
    ])
  })

  it('names of each the item with its link, the words, and the source', async () => {
    const { elements } = await sent(sampleAmendment())
    const entry = elements.find(({ name, children }) => name === 'li' && children.some(isNote))
    const [title, note, source] = entry?.children.filter((child) => typeof child !== 'string') ?? []
    const link = title?.children.find((child) => typeof child !== 'string')
    expect(link?.attributes['href']).toBe(sampleAmendment().url)
    expect(note && [textOf(note), hasClass(note, 'quiet')]).toEqual([sampleAmendment().note, false])
    expect(source && textOf(source)).toBe('Source: arxiv.org ↗\uFE0E')
  })

  it('reads as well in plain text', async () => {
    const { text } = await sent(sampleAmendment(), withdrawn)
    expect(text.slice(text.indexOf('Corrections'), text.indexOf('Background'))).toMatchInlineSnapshot(`
      "Corrections

      * A tide gauge from 1846 still agrees with the satellites
        The gauge has been read for 180 years, not for 108.
        Read:   https://morningcheck.example/news/item-1.html
        Source: https://arxiv.org/abs/2606.01846

      ------------------------------------------------------------------------
      Withdrawn

      * Bees tell four from five
        The paper was withdrawn.
        Read:   https://morningcheck.example/news/bees.html
        Source: https://arxiv.org/abs/2606.01846

      ------------------------------------------------------------------------
      "
    `)
  })

  it('without any is as it was', async () => {
    const { elements, text } = await sent()
    expect(headings(elements).join()).not.toMatch(/Corrections|Withdrawn/)
    expect(text).not.toMatch(/Corrections|Withdrawn/)
  })

  it('leaves no gap where no reason was given and no source is left', async () => {
    const { source: _, ...bare } = { ...withdrawn, note: '' }
    const { elements, text } = await sent(bare)
    expect(text).toContain(
      'Withdrawn\n\n* Bees tell four from five\n  Read:   https://morningcheck.example/news/bees.html\n\n',
    )
    const entry = elements.find((element) => element.name === 'li' && textOf(element).startsWith('Bees'))
    expect(entry?.children).toHaveLength(1)
  })

  it('shows hostile words as words', async () => {
    const note = '</p><script>alert(1)</script> \u202E & "so" \u0000'
    const { elements, text } = await sent(sampleAmendment({ note, title: '<b>x</b>' }))
    expect(elements.map(({ name }) => name)).not.toContain('script')
    expect(text).toContain('  </p><script>alert(1)</script> & "so"\n')
  })
})

function isNote(child: Element | string): boolean {
  return typeof child !== 'string' && textOf(child) === sampleAmendment().note
}
