import { describe, expect, it } from 'vitest'
import { createPictures } from '../../../src/world/pictures.ts'

const named = (page: string, address: string) => createPictures().named(page, address)
const ADDRESS = 'https://paper.example/news/tide.html'
const head = (...tags: string[]) =>
  `<!doctype html><html><head>${tags.join('\n')}</head><body><p>Text</p></body></html>`
const meta = (property: string, content: string) => `<meta property="${property}" content="${content}">`
const url = async (page: string) => (await named(page, ADDRESS))?.url

describe('the picture that a page names', () => {
  it.each(['og:image', 'og:image:url', 'og:image:secure_url', 'twitter:image', 'twitter:image:src'])(
    'is found as %s, as property or name, in any case',
    async (name) => {
      expect(await url(head(meta(name, 'https://i.example/a.png')))).toBe('https://i.example/a.png')
      const other = `<META NAME="${name.toUpperCase()}" CONTENT=" https://i.example/a.png ">`
      expect(await url(head(other))).toBe('https://i.example/a.png')
    },
  )

  it('comes with the words of whoever named it', async () => {
    const page = head(meta('og:image', '/a.png'), meta('og:image:alt', ' Two\n ledgers &amp; a\u202E gauge '))
    expect(await named(page, ADDRESS)).toEqual({ url: 'https://paper.example/a.png', alt: 'Two ledgers & a gauge' })
    const card = head(meta('twitter:image', '/b.png'), meta('twitter:image:alt', 'A gauge'))
    expect(await named(card, ADDRESS)).toEqual({ url: 'https://paper.example/b.png', alt: 'A gauge' })
  })

  it('has few words where a page has very many', async () => {
    const page = head(meta('og:image', '/a.png'), meta('og:image:alt', 'word '.repeat(5000)))
    expect((await named(page, ADDRESS))?.alt.length).toBeLessThanOrEqual(1000)
  })

  it('is the secure one before the other, Open Graph before Twitter, the first of several', async () => {
    const both = [meta('twitter:image', '/t.png'), meta('og:image', '/o.png'), meta('og:image', '/p.png')]
    expect(await url(head(...both))).toBe('https://paper.example/o.png')
    expect(await url(head(...both, meta('og:image:secure_url', '/s.png')))).toBe('https://paper.example/s.png')
  })

  it.each([
    ['a.png', 'https://paper.example/news/a.png'],
    ['//cdn.example/a.png', 'https://cdn.example/a.png'],
    ['/a b.png?x=1&amp;y=2', 'https://paper.example/a%20b.png?x=1&y=2'],
  ])('%s leads from the page it is on', async (content, absolute) => {
    expect(await url(head(meta('og:image', content)))).toBe(absolute)
  })

  it('leads from the base that the page gives, unless that is none', async () => {
    const image = meta('og:image', 'a.png')
    expect(await url(head('<base href="/other/">', image))).toBe('https://paper.example/other/a.png')
    expect(await url(head('<base href="javascript:x">', image))).toBe('https://paper.example/news/a.png')
  })

  it.each([
    '',
    ' ',
    'javascript:alert(1)',
    'data:image/png;base64,AAAA',
    'file:///etc/passwd',
    'ftp://x.example/a',
    'http://',
  ])('may not be %j; then the next one counts', async (content) => {
    expect(await url(head(meta('og:image', content)))).toBeUndefined()
    expect(await url(head(meta('og:image', content), meta('twitter:image', '/t.png')))).toBe(
      'https://paper.example/t.png',
    )
  })

  it.each([
    ['a page without any', head('<title>x</title>')],
    ['nothing', ''],
    ['no page', '\0\x01\x02\uFFFD PNG'],
    ['the text of a page', `<body>${meta('og:image', '/a.png')}`],
    ['what comes after the head', `<head></head>${meta('og:image', '/a.png')}`],
    ['a comment', head(`<!-- ${meta('og:image', '/a.png')} -->`)],
    ['a script', head(`<script>"${meta('og:image', '/a.png')}"</script>`)],
    ['what stands half a million characters in', head('x'.repeat(530_000), meta('og:image', '/a.png'))],
    ['a tag that never ends', `<head><meta property="og:image" content="/a.png`],
  ])('is none in %s', async (_what, page) => {
    expect(await url(page)).toBeUndefined()
  })

  it.each([
    ['tags that never close', '<b>'.repeat(170_000)],
    ['tags that never close, and ends of others', '<b>'.repeat(85_000) + '</i>'.repeat(64_000)],
    ['heads in heads', '<head>'.repeat(85_000)],
    ['tags that never close, inside a shelter', `<noscript>${'<b>'.repeat(85_000)}${'</i>'.repeat(60_000)}`],
    ['shelters in shelters', '<noscript>'.repeat(50_000)],
    ['ends of tags that never began', '</p>'.repeat(130_000)],
    ['one tag with very many attributes', `<meta ${Array.from({ length: 70_000 }, (_, n) => `a${n}`).join(' ')}>`],
  ])('is looked for in no time among %s', async (_what, page) => {
    await named('<head></head>', ADDRESS)
    const begun = performance.now()
    expect(await url(`${page}${meta('og:image', '/a.png')}`)).toBeOneOf([undefined, 'https://paper.example/a.png'])
    expect(performance.now() - begun).toBeLessThan(1000)
  })

  it('is found behind what a head may hold, and not behind the first thing that it may not', async () => {
    const image = meta('og:image', '/a.png')
    const before = [
      '<title>x</title>',
      '<style>a > b {}</style>',
      '<link rel="icon" href="/i.png">',
      '<script>if (a < b) c("<b>")</script>',
      '<noscript><div><img src="https://count.example/pixel.gif"></div></noscript>',
      '<template><p>Later</template>',
    ]
    expect(await url(head(...before, image))).toBe('https://paper.example/a.png')
    for (const tag of ['<div>', '<p>', '<img src="/x.png">', '<svg/>', '<my-banner>'])
      expect(await url(head(...before, tag, image))).toBeUndefined()
  })

  it('is found where a page leaves out what may be left out', async () => {
    expect(await url(`<title>x</title>${meta('og:image', '/a.png')}<p>Text`)).toBe('https://paper.example/a.png')
  })
})
