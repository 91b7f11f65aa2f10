import { canonicalUrl } from '../domain/url.ts'
import type { Draft } from './draft.ts'

/**
 * Whether a feed is one of ours, by the name in its generator. What our feeds add to a body so that readers see it is no
 * part of the item: whoever carries a publication on from its feeds would say it twice.
 */
export function isOwn(generator: string | undefined): boolean {
  return /^groundwire\b/.test(generator ?? '')
}

type FeedItem = Omit<Draft, 'section'>

const SOURCE = '<p>Source'
/** `<p>Source: …</p>`, or a list of links under `<p>Sources:</p>`. */
const SOURCE_LINES =
  /^(?:<p>Source: <a\s[^<>]*>[^<>]*<\/a>[^<>]*<\/p>|<p>Sources:<\/p>\s*<ul>\s*(?:<li><a\s[^<>]*>[^<>]*<\/a>[^<>]*<\/li>\s*)*<\/ul>)\s*$/
/** Under the corrections, with an empty line below it, which one that the body begins with has not. */
const IMAGE_LINE =
  /^(?<corrections>(?:<p><strong>[^<>]*<\/strong>[^<>]*<\/p>\s*)*)<p><img(?<attributes>\s[^<>]*)><\/p>\n\n\s*/

/** Takes the lines off that name its sources and show its image. */
export function withoutFrame(item: FeedItem): FeedItem {
  const text = withoutSourceLines(item.body.text, item.sources)
  const found = IMAGE_LINE.exec(text)
  const { corrections = '', attributes = '' } = found?.groups ?? {}
  const shown = item.image && Array.from(text.matchAll(/<img\s[^<>]*>/g), ([tag]) => tag).find(shows(item.image.url))
  if (!item.image || !shown) return { ...item, body: { ...item.body, text } }
  const isOurs = found !== null && shows(item.image.url)(attributes)
  return {
    ...item,
    image: { url: item.image.url, alt: item.image.alt ?? attribute(shown, 'alt') },
    body: { ...item.body, text: isOurs ? corrections + text.slice(found[0].length) : text },
  }
}

function shows(url: string): (image: string) => boolean {
  return (image) => isSame(attribute(image, 'src') ?? '', url)
}

function attribute(attributes: string, name: 'src' | 'alt'): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1]
  return value === undefined ? undefined : unescapeHtml(value)
}

/** The plain text that was written as HTML by escaping. */
export function unescapeHtml(text: string): string {
  const marks: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity, name: string) => marks[name] ?? entity)
}

/** They are the last thing in the body and link to the very sources that the feed names for programs. */
function withoutSourceLines(html: string, sources: Draft['sources']): string {
  const at = html.lastIndexOf(SOURCE)
  const tail = at < 0 ? '' : html.slice(at)
  if (!SOURCE_LINES.test(tail)) return html
  const linked = Array.from(tail.matchAll(/\shref="([^"]*)"/g), ([, href = '']) => unescapeHtml(href))
  const named = sources.map(({ url }) => url)
  return linked.length > 0 && addresses(linked) === addresses(named) ? html.slice(0, at) : html
}

function addresses(urls: readonly string[]): string {
  return [...new Set(urls.flatMap((url) => canonicalUrl(url) ?? []))].join(' ')
}

function isSame(one: string, other: string): boolean {
  return canonicalUrl(one) !== undefined && canonicalUrl(one) === canonicalUrl(other)
}
