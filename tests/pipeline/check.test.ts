import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/domain/finding.ts'
import type { Item } from '../../src/domain/item.ts'
import { check, SUMMARY_GRAPHEMES } from '../../src/pipeline/check.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { hasRealData, news, realItems } from './fixture.ts'

function findings(...items: readonly Item[]): Finding[] {
  const [stories, briefs] = [items.slice(0, 1), items.slice(1)]
  return check({ ...sampleEdition(), stories, briefs })
}

const codes = (...items: readonly Item[]): string[] => findings(...items).map(({ code }) => code)
const withSource = (url: string): Item => news('tides', '2026-06-29', { sources: [{ url }] })

it('finds nothing wrong with sound items', () => {
  expect(check(sampleEdition({ stories: 3, briefs: 2 }))).toEqual([])
})

describe('the source', () => {
  it.each([
    'https://www.doubleword.example/',
    'https://doubleword.example',
    'http://doubleword.example/#news',
    'https://doubleword.example/index.html',
  ])('%s is a bare home page', (url) => {
    expect(findings(withSource(url))).toEqual([
      {
        severity: 'warning',
        code: 'source-home-page',
        item: 'https://morningcheck.example/news/tides.html',
        field: 'sources',
        message: 'The source of “All about tides” is the bare home page of doubleword.example.',
        advice: 'Link the very page, paper or post that the item was checked against.',
      },
    ])
  })

  it.each([
    'https://blog.google/technology/google-deepmind/',
    'https://www.anthropic.com/news',
    'https://spectrum.ieee.org/artificial-intelligence',
    'https://example.com/blog/',
    'https://example.com/tag/robots/',
  ])('%s is a section page', (url) => {
    expect(codes(withSource(url))).toEqual(['source-section-page'])
  })

  it.each([
    'https://arxiv.org/abs/2606.1',
    'https://example.com/a-long-slug-of-words/',
    'https://github.com/owner/repo',
    'https://github.com/owner/repo/',
    'https://huggingface.co/zai-org/GLM-5.2',
    'https://sakana.ai/fugu/',
    'https://mistral.ai/news/mistral-ocr',
    'https://openai.com/index/patch-the-planet/',
    'https://example.com/blog/hello-world/',
    'https://example.com/?p=123',
    'https://example.com/news?id=7',
    'https://example.com/technology/2026/06/29/',
  ])('%s is a page of its own', (url) => {
    expect(codes(withSource(url))).toEqual([])
  })

  it('is looked at wherever it stands among several', () => {
    const sources = [{ url: 'https://arxiv.org/abs/2606.1' }, { url: 'https://example.com/' }]
    expect(codes(news('tides', '2026-06-29', { sources }))).toEqual(['source-home-page'])
  })

  it('on the publication’s own site proves nothing', () => {
    expect(codes(withSource('https://www.morningcheck.example/about-the-tides.html'))).toEqual(['source-own-site'])
  })

  it('on the publication’s own site beside another one is fine', () => {
    const sources = [{ url: 'https://morningcheck.example/data' }, { url: 'https://arxiv.org/abs/2606.1' }]
    expect(codes(news('tides', '2026-06-29', { sources }))).toEqual([])
  })

  it('that is no http address is an error', () => {
    expect(findings(withSource('javascript:alert(1)'))).toEqual([
      expect.objectContaining({ severity: 'error', code: 'link-not-http', field: 'sources' }),
    ])
  })

  it('that two items share is named once, at the second', () => {
    const shared = { sources: [{ url: 'https://arxiv.org/abs/2606.1' }] }
    const again = { sources: [{ url: 'http://www.arxiv.org/abs/2606.1/?utm_source=x' }] }
    expect(findings(news('tides', '2026-06-29', shared), news('clocks', '2026-06-29', again))).toEqual([
      {
        severity: 'warning',
        code: 'source-shared',
        item: 'https://morningcheck.example/news/clocks.html',
        field: 'sources',
        message: '“All about clocks” and “All about tides” share a source: https://arxiv.org/abs/2606.1',
        advice: 'Both are kept. Drop or merge one if they tell the same story.',
      },
    ])
  })
})

describe('lengths', () => {
  it('names a missing summary', () => {
    expect(codes(news('tides', '2026-06-29', { summary: '' }))).toEqual(['summary-missing'])
  })

  it('names a summary over the limit, counted as a reader counts', () => {
    const family = '👨‍👩‍👧‍👦'
    expect(codes(news('a', '2026-06-29', { summary: family.repeat(SUMMARY_GRAPHEMES) }))).toEqual([])
    expect(findings(news('a', '2026-06-29', { summary: family.repeat(SUMMARY_GRAPHEMES + 1) }))).toEqual([
      expect.objectContaining({ code: 'summary-long', field: 'summary', advice: 'Keep it to 300.' }),
    ])
  })

  it('names a title over the limit without repeating it whole', () => {
    const [finding] = findings(news('a', '2026-06-29', { title: 'x'.repeat(10_000) }))
    expect(finding).toMatchObject({ code: 'title-long', field: 'title' })
    expect(finding?.message.length).toBeLessThan(150)
    expect(finding?.message).toContain('10000 characters')
  })
})

it('an address that stands in the edition twice is an error', () => {
  const again = news('tides', '2026-06-29', { title: 'Another title', summary: 'Other words.', sources: [] })
  expect(findings(news('tides'), again)).toContainEqual({
    severity: 'error',
    code: 'duplicate-url',
    item: 'https://morningcheck.example/news/tides.html',
    field: 'url',
    message: 'https://morningcheck.example/news/tides.html is in this edition twice.',
    advice: 'Take one out.',
  })
})

it.skipIf(!hasRealData)('finds in the real publication what an editor would, and nothing else', async () => {
  const days = Map.groupBy(await realItems(), ({ published }) => published ?? '')
  days.delete('')
  const found = [...days].flatMap(([day, items]) =>
    findings(...items)
      .filter(({ code }) => code !== 'source-shared')
      .map(({ code, item = '' }) => `${day} ${code} ${item.split('/').at(-1)}`),
  )
  expect(found).toEqual([
    '2026-06-27 source-section-page ai-learns-the-dark-art-of-radio-chip-design.html',
    '2026-06-26 source-home-page the-frontier-price-reversal.html',
    '2026-06-24 source-section-page gemini-3-5-pro-is-running-late.html',
    '2026-06-22 source-section-page the-government-pulled-a-frontier-model.html',
    '2026-06-22 source-home-page ai-can-out-talk-the-professionals.html',
    '2026-06-19 summary-long safety-control-hidden-escape-hatch.html',
    '2026-06-19 summary-long ai-judges-reliable-but-wrong.html',
  ])
})
