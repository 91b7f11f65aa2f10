import sanitizeHtml from 'sanitize-html'
import { canonicalUrl } from '../domain/url.ts'
import { absoluteUrl } from './markdown-links.ts'
import type { LinkedText } from './markdown-links.ts'

const TAGS = sanitizeHtml.defaults.allowedTags.concat(['img', 'del', 'ins', 'picture', 'source', 'audio', 'video'])
const ATTRIBUTES = {
  a: ['href', 'title', 'hreflang'],
  img: ['src', 'alt', 'title', 'width', 'height'],
  audio: ['src', 'controls'],
  video: ['src', 'controls', 'width', 'height'],
  source: ['src', 'type'],
  td: ['colspan', 'rowspan'],
  th: ['colspan', 'rowspan', 'scope'],
  ol: ['start'],
  '*': ['lang', 'dir'],
}

/** Removes what a feed reader must not run or load, and makes every address absolute against `base`. */
export function absoluteHtml(html: string, base: string): LinkedText {
  const links = new Set<string>()
  const undone: string[] = []
  const absolute: sanitizeHtml.Transformer = (tagName, attribs) => {
    const kept = { ...attribs }
    for (const name of ['href', 'src']) {
      const target = attribs[name]
      if (target === undefined) continue
      const url = absoluteUrl(target, base)
      if (url === undefined) {
        undone.push(target)
        delete kept[name]
        continue
      }
      kept[name] = url
      const link = name === 'href' && tagName === 'a' ? canonicalUrl(url) : undefined
      if (link !== undefined) links.add(link)
    }
    return { tagName, attribs: kept }
  }
  const text = sanitizeHtml(html, {
    allowedTags: TAGS,
    allowedAttributes: ATTRIBUTES,
    allowedSchemes: ['http', 'https'],
    transformTags: { '*': absolute },
  })
  return { text, links: [...links], undone }
}

/** The words of a piece of HTML; `&lt;div&gt;` becomes `<div>`. */
export function textOfHtml(html: string): string {
  const escaped = sanitizeHtml(html, { allowedTags: [], allowedAttributes: {} })
  return escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}
