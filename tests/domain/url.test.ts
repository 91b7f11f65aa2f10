import { describe, expect, it } from 'vitest'
import { canonicalUrl, hostOf, sameSourceKey } from '../../src/domain/url.ts'

describe('canonicalUrl', () => {
  it.each([
    ['drops the fragment', 'https://arxiv.org/abs/2606.1#S2', 'https://arxiv.org/abs/2606.1'],
    ['drops credentials', 'https://ada:secret@example.org/a', 'https://example.org/a'],
    ['drops the default port', 'https://example.org:443/a', 'https://example.org/a'],
    ['keeps any other port', 'http://example.org:8080/a', 'http://example.org:8080/a'],
    ['writes scheme and host in lower case', 'HTTPS://Example.ORG/Path', 'https://example.org/Path'],
    ['writes an international name as DNS does', 'https://bücher.example/a', 'https://xn--bcher-kva.example/a'],
    ['gives a bare host its slash', 'https://example.org', 'https://example.org/'],
    ['resolves dot segments', 'https://example.org/a/../b/./c', 'https://example.org/b/c'],
    ['leaves the path’s end alone', 'https://example.org/a/', 'https://example.org/a/'],
    ['trims white space', '  https://example.org/a\n', 'https://example.org/a'],
    ['encodes what may not stand in an address', 'https://example.org/a b"<', 'https://example.org/a%20b%22%3C'],
  ])('%s', (_, text, expected) => {
    expect(canonicalUrl(text)).toBe(expected)
  })

  it('drops tracking parameters and keeps the others, in their order', () => {
    expect(canonicalUrl('https://example.org/a?utm_source=x&b=2&fbclid=y&a=1&utm_medium=z&gclid=1')).toBe(
      'https://example.org/a?b=2&a=1',
    )
    expect(canonicalUrl('https://example.org/a?utm_source=x')).toBe('https://example.org/a')
    expect(canonicalUrl('https://example.org/a?reference=1&utmost=2')).toBe(
      'https://example.org/a?reference=1&utmost=2',
    )
  })

  it('leaves the spelling of parameters alone when there is nothing to drop', () => {
    expect(canonicalUrl('https://example.org/a?q=a%20b+c')).toBe('https://example.org/a?q=a%20b+c')
  })

  it.each(['/learn/x.html', '../learn/x.html', '//example.org/learn/x.html'])(
    'makes the relative address %s absolute',
    (text) => {
      expect(canonicalUrl(text, 'https://example.org/news/today.html')).toBe('https://example.org/learn/x.html')
    },
  )

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' java\nscript:alert(1)',
    'data:text/html,x',
    'mailto:ada@example.org',
    'ftp://example.org/a',
    'file:///etc/passwd',
    'https://',
    'http://exa mple.org/',
    '/learn/x.html',
    '',
    '   ',
  ])('is undefined for %j', (text) => {
    expect(canonicalUrl(text)).toBeUndefined()
  })

  it('is undefined for an empty address even where there is a base', () => {
    expect(canonicalUrl(' ', 'https://example.org/news/')).toBeUndefined()
    expect(canonicalUrl('javascript:alert(1)', 'https://example.org/news/')).toBeUndefined()
  })

  it('does not change what it made', () => {
    for (const text of ['https://bücher.example/ä?utm_source=x&q=ü b#c', 'http://ada@example.org:80/%7Eb?']) {
      const once = canonicalUrl(text)
      expect(canonicalUrl(once ?? '')).toBe(once)
    }
  })
})

it('hostOf is the host without www, and the text itself where there is none', () => {
  expect(hostOf('https://www.nature.com/articles/1')).toBe('nature.com')
  expect(hostOf('https://www2.example.org:8080/')).toBe('www2.example.org')
  expect(hostOf('no address')).toBe('no address')
})

describe('sameSourceKey', () => {
  it.each([
    ['http://example.org/a', 'https://example.org/a'],
    ['https://www.example.org/a', 'https://example.org/a'],
    ['https://example.org/a/', 'https://example.org/a'],
    ['https://example.org/', 'https://example.org'],
    ['https://example.org/a?y=2&x=1', 'https://example.org/a?x=1&y=2'],
    ['https://example.org/a?utm_source=x#top', 'https://example.org/a'],
  ])('is the same for %s and %s', (one, other) => {
    expect(sameSourceKey(one)).toBe(sameSourceKey(other))
  })

  it.each([
    ['https://example.org/a', 'https://example.org/b'],
    ['https://example.org/a', 'https://example.org/A'],
    ['https://example.org/a?x=1', 'https://example.org/a?x=2'],
    ['https://one.example.org/a', 'https://two.example.org/a'],
  ])('tells %s from %s', (one, other) => {
    expect(sameSourceKey(one)).not.toBe(sameSourceKey(other))
  })
})
