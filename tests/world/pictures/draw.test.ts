import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { light } from '../../../emails/theme.ts'
import type { Card } from '../../../src/ports.ts'
import { createPictures } from '../../../src/world/pictures.ts'

const CARD: Card = {
  publication: 'The Morning Check',
  title: 'A tide gauge from 1846 still agrees with the satellites',
  sources: ['arxiv.org'],
}
const card = (over: Partial<Card> = {}) => createPictures().draw({ ...CARD, ...over })
const same = async (one: Partial<Card>, other: Partial<Card>) => (await card(one)).sha256 === (await card(other)).sha256

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Where something other than paper is, within a band of the card. */
async function inked(content: Uint8Array, top: number, bottom: number): Promise<Box | undefined> {
  const { data, info } = await sharp(content).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const paper = [data[0], data[1], data[2]]
  let box: Box | undefined
  for (let y = top; y < bottom; y += 1)
    for (let x = 0; x < info.width; x += 1) {
      const at = (y * info.width + x) * 3
      if (paper.every((value, n) => Math.abs((value ?? 0) - (data[at + n] ?? 0)) < 24)) continue
      const { left, top: first, right } = box ?? { left: x, top: y, right: x }
      box = { left: Math.min(left, x), top: first, right: Math.max(right, x), bottom: y }
    }
  return box
}

const NAME = [60, 125] as const
const TITLE = [145, 510] as const
const SOURCE = [515, 580] as const

describe('a drawn card', () => {
  it('is a small PNG of 1200 by 630 pixels, on paper, without metadata', async () => {
    const { content, mediaType, width, height, bytes, preview } = await card()
    expect({ mediaType, width, height }).toEqual({ mediaType: 'image/png', width: 1200, height: 630 })
    expect(bytes).toBeLessThan(100_000)
    expect(preview.length).toBeLessThan(25_000)
    const { exif, icc, comments } = await sharp(content).metadata()
    expect([exif, icc, comments]).toEqual([undefined, undefined, undefined])
    const [red = 0, green = 0, blue = 0] = await sharp(content).removeAlpha().raw().toBuffer()
    expect(`#${[red, green, blue].map((value) => value.toString(16)).join('')}`).toBe(light.paper)
  })

  it('is the same each time, and another for another name, title or source', async () => {
    expect(await same({}, {})).toBe(true)
    for (const over of [{ publication: 'The Wire' }, { title: 'Another' }, { sources: ['doi.org'] }])
      expect(await same({}, over)).toBe(false)
  })

  it('has the name above, the title in the middle and the source below, within the margins', async () => {
    const { content } = await card()
    for (const [top, bottom] of [NAME, TITLE, SOURCE]) {
      const box = await inked(content, top, bottom)
      expect(box?.left).toBeGreaterThanOrEqual(80)
      expect(box?.right).toBeLessThanOrEqual(1120)
    }
  })

  it('gives a short title large letters and a long one small letters', async () => {
    const short = await inked((await card({ title: 'H' })).content, ...TITLE)
    const long = await inked((await card({ title: 'H '.repeat(150) })).content, TITLE[0], 235)
    const height = (box: Box | undefined) => (box ? box.bottom - box.top : 0)
    expect(height(short)).toBeGreaterThan(80)
    expect(height(long)).toBeLessThan(45)
  })

  it('counts the further sources, and says nothing where there is none', async () => {
    const one = await inked((await card()).content, ...SOURCE)
    const three = await inked((await card({ sources: ['arxiv.org', 'doi.org', 'nature.com'] })).content, ...SOURCE)
    expect(three?.right).toBeGreaterThan((one?.right ?? 0) + 80)
    expect(await inked((await card({ sources: [] })).content, ...SOURCE)).toBeUndefined()
  })

  it.each([
    ['ten thousand characters', 'word '.repeat(2000)],
    ['one endless word', 'x'.repeat(10_000)],
    ['one endless word behind others', `The word is ${'m'.repeat(400)} indeed`],
    ['one letter', 'i'],
    ['the widest letters', 'WWWWWW '.repeat(50)],
  ])('stays within its margins with a title of %s', async (_what, title) => {
    const box = await inked((await card({ title })).content, ...TITLE)
    expect(box?.left).toBeGreaterThanOrEqual(80)
    expect(box?.right).toBeLessThanOrEqual(1120)
    expect(box?.bottom).toBeLessThan(505)
  })

  it('stays within its margins with a name and a host of any length', async () => {
    const sources = [
      `${'department-of-something.'.repeat(20)}ac.uk`,
      ...Array.from({ length: 41 }, (_, n) => `${n}.org`),
    ]
    const { content } = await card({ publication: 'A very long name '.repeat(50), sources })
    for (const [top, bottom] of [NAME, SOURCE])
      expect((await inked(content, top, bottom))?.right).toBeLessThanOrEqual(1120)
  })
})

describe('a card of what no person would write', () => {
  const MARKS = '\u0301\u0323\u0302\u0331'
  it.each([
    ['a letter with 50,000 marks for a title', { title: `a${'\u0301'.repeat(50_000)}` }],
    ['a letter with 50,000 marks for a name', { publication: `a${'\u0301'.repeat(50_000)}` }],
    ['a title of towers', { title: `W${MARKS}`.repeat(10_000) }],
    ['a host of 20,000 letters', { sources: ['h'.repeat(20_000)] }],
    ['a host of 10,000 parts', { sources: ['a.'.repeat(10_000)] }],
    ['a name of 20,000 capitals', { publication: 'W'.repeat(20_000) }],
    ['a title of a million words', { title: 'a '.repeat(1_000_000) }],
    ['nothing but halves of characters', { title: '\uD83D'.repeat(9000), publication: '\uDE00'.repeat(9000) }],
    ['a hundred thousand sources', { sources: Array.from({ length: 100_000 }, (_, n) => `${n}.example`) }],
  ])('is drawn like any other, and soon: %s', { timeout: 10_000 }, async (_what, over) => {
    const { content } = await card(over)
    expect(await sharp(content).metadata()).toMatchObject({ format: 'png', width: 1200, height: 630 })
  })

  it('keeps the end of a host, which says whose it is', async () => {
    const of = (start: string) => ({ sources: [`${start.repeat(10_000)}.ac.uk`] })
    expect(await same(of('h'), { sources: [`${'h'.repeat(300)}.ac.uk`] })).toBe(true)
    expect(await same(of('h'), { sources: [`${'h'.repeat(10_000)}.ac.us`] })).toBe(false)
  })
})

describe('the letters of a card', () => {
  it.each([
    'Größte Œuvre, naïve façade',
    'Łódź, İstanbul, Žižek',
    'Tàu điện chạy thử nghiệm',
    'Ελληνικά και',
    'Русский текст',
    '€ 5 % – “x” ±',
  ])('are all there for %s', async (title) => {
    expect(await same({ title }, { title: '' })).toBe(false)
  })

  it.each(['人工知能は今日も働く', 'الذكاء الاصطناعي', 'כותרת', 'हिन्दी समाचार', 'Half 漢字 half'])(
    'are not all there for %s, so the publication’s name stands in its place',
    async (title) => {
      expect(await same({ title }, { title: '' })).toBe(true)
      const { content } = await card({ title })
      expect(await inked(content, ...NAME)).toBeUndefined()
      expect(await inked(content, ...TITLE)).toBeDefined()
    },
  )

  it.each([
    ['emoji', '😀 Rockets 👩‍👩‍👧 launch 🇩🇪🚀', 'Rockets launch'],
    ['colours of skin and variants', '☝🏽 Rockets ❤️ launch', 'Rockets launch'],
    ['what turns text around', 'Rockets \u202Elaunch\u2066', 'Rockets launch'],
    ['what cannot be seen', 'Rock\u200Bets\u00AD lau\u2060nch\0', 'Rockets launch'],
    ['halves of characters', 'Rockets \uD83D launch \uDE00', 'Rockets launch'],
    ['line breaks', ' Rockets\r\n\tlaunch ', 'Rockets launch'],
    ['marks that stand apart from their letters', 'U\u0308ber', 'Über'],
  ])('are the same without %s', async (_what, title, plain) => {
    expect(await same({ title }, { title: plain })).toBe(true)
  })

  it('are never markup', async () => {
    const hostile = '"/><script>alert(1)</script><image href="https://evil.example/x"/>&#0;'
    const { content } = await card({ publication: hostile, title: hostile, sources: [hostile] })
    expect(await sharp(content).metadata()).toMatchObject({ format: 'png', width: 1200, height: 630 })
  })

  it('make a clean card even where there are none at all', async () => {
    const { content } = await card({ publication: '新聞', title: '', sources: [] })
    expect(await inked(content, ...TITLE)).toBeUndefined()
  })

  it('stand as close as the type’s designer had it', async () => {
    const width = async (title: string) => {
      const box = await inked((await card({ title })).content, ...TITLE)
      return (box?.right ?? 0) - (box?.left ?? 0)
    }
    expect(await width('AV')).toBeLessThan((await width('AHV')) - (await width('HH')) + (await width('H')) - 8)
  })
})
