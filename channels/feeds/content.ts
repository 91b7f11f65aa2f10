import { Marked } from 'marked'
import sanitize, { type IOptions } from 'sanitize-html'
import type { Finding } from '../../src/domain/finding.ts'
import { escapeHtml } from '../../src/domain/html.ts'
import type { Item, Link } from '../../src/domain/item.ts'
import { cleanLine, cleanText } from '../../src/domain/text.ts'
import { hostOf } from '../../src/domain/url.ts'
import { webAddress } from './address.ts'
import { correctionsHtml } from './corrections.ts'
import type { Entry } from './document.ts'
import { bodyCleaned, bodyLeftOut, quoted } from './findings.ts'
import { nested } from './nesting.ts'
import { ALLOWED_ATTRIBUTES, ALLOWED_TAGS, isHtmlTag, TAGS_WITHOUT_TEXT } from './tags.ts'

/** An entry as far as it is clean, and the item, whose body is not. */
interface ContentInput extends Pick<Entry, 'id' | 'summary' | 'sources' | 'image'> {
  readonly corrections?: Entry['corrections']
  readonly item: Item
}

interface Content {
  readonly html: string
  readonly findings: readonly Finding[]
}

/** In UTF-16 units: eight times the longest lesson of the first publication. */
const MAX_BODY_LENGTH = 100_000

/** Runs of `*`, `_` and `~`. `marked` takes time that grows with their square: for 66,000 of `*a_*a_` some minutes. */
const MAX_EMPHASIS = 5_000

/** Where `marked` looks for an address, it takes time that grows with the square of a run without blanks. */
const MAX_RUN = 2_000
const LONG_RUN = new RegExp(`[!-~]{${MAX_RUN}}`)

/**
 * An item's body as HTML that any feed reader may show (only harmless elements, only absolute http(s) addresses),
 * under its corrections and its image and above its labelled sources. A body that cannot be converted is replaced by the
 * summary, with a finding.
 */
export function convert({ item, id, summary, sources, image, corrections = [] }: ContentInput): Content {
  const top = correctionsHtml(corrections)
  const frame = (inner: string): string => `${top}${withImage(inner, image)}\n${sourceLines(sources)}`
  const fallback = (why: string): Content => ({
    html: frame(summary && `<p>${escapeHtml(summary)}</p>`),
    findings: [bodyLeftOut(item, why)],
  })
  const { format, text } = item.body
  if (text.length > MAX_BODY_LENGTH) return fallback(`is longer than ${MAX_BODY_LENGTH} characters`)
  if (format === 'markdown' && (text.match(/[*_~]+/g)?.length ?? 0) > MAX_EMPHASIS) {
    return fallback(`has more than ${MAX_EMPHASIS} marks of emphasis`)
  }
  if (format === 'markdown' && LONG_RUN.test(text)) {
    return fallback(`has a word or an address of ${MAX_RUN} or more characters`)
  }
  const removed = new Set<string>()
  try {
    const html = sanitize(format === 'markdown' ? marked.parse(text, { async: false }) : text, rules(id, removed))
    return { html: frame(nested(html)), findings: removed.size > 0 ? [bodyCleaned(item, removed)] : [] }
  } catch {
    // marked recurses: thousands of nested quotes or lists exhaust the stack.
    return fallback('cannot be read, most likely because it is nested too deeply')
  }
}

const marked = new Marked({
  async: false,
  gfm: true,
  // Prose about machines names things like <think>. Only what HTML knows is markup; the rest is words.
  renderer: {
    html: ({ text }) =>
      text.replace(/<(?=\/?([a-z][^\s/>]*))/gi, (mark, name: string) => (isHtmlTag(name) ? mark : '&lt;')),
  },
})

function rules(base: string, removed: Set<string>): IOptions {
  return {
    allowedTags: [...ALLOWED_TAGS],
    allowedAttributes: ALLOWED_ATTRIBUTES,
    nonTextTags: [...TAGS_WITHOUT_TEXT],
    allowedSchemes: ['http', 'https'],
    allowProtocolRelative: false,
    enforceHtmlBoundary: false,
    parseStyleAttributes: false,
    nestingLimit: 100,
    transformTags: { '*': (tagName, attribs) => ({ tagName, attribs: cleanAttributes(tagName, attribs) }) },
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && attribs['src'] === undefined,
    // Here entities are resolved (`&#11;`), and each text stands alone. Markup is never cleaned whole, neither before
    // nor after: composition (NFC) makes "≯" of ">" and a following U+0338, and so the text a part of the tag.
    textFilter: cleanText,
  }

  function cleanAttributes(tag: string, attribs: Readonly<Record<string, string>>): Record<string, string> {
    if (TAGS_WITHOUT_TEXT.has(tag)) removed.add(`<${tag}>`)
    const kept = Object.entries(attribs).flatMap(([name, value]): [string, string][] => {
      if (name.startsWith('on')) removed.add(cleanLine(name))
      if (name !== 'href' && name !== 'src') return [[name, cleanLine(value)]]
      const address = webAddress(value, base)
      if (address === undefined) removed.add(`the address ${quoted(value)}`)
      return address === undefined ? [] : [[name, address]]
    })
    // The W3C feed validator takes the last `src=` in an image for its address, be it in the words of `alt`.
    return Object.fromEntries(kept.toSorted(([one], [other]) => Number(one === 'src') - Number(other === 'src')))
  }
}

/** An empty line stands under the image that we add, and under none of the body's own: our reader takes ours off again. */
function withImage(html: string, image: Item['image']): string {
  const body = html.trim().replace(/(<p><img [^<>]*><\/p>)\s+/g, '$1\n')
  if (!image || body.includes(` src="${escapeHtml(image.url)}"`)) return body
  return `<p><img alt="${escapeHtml(image.alt)}" src="${escapeHtml(image.url)}" /></p>\n\n${body}`
}

/** The promise of the publication, visible where machine-readable links are not shown. */
export function sourceLines(sources: readonly Link[]): string {
  const [first, ...more] = sources.map(sourceLink)
  if (more.length === 0) return `<p>Source: ${first ?? ''}</p>`
  return `<p>Sources:</p>\n<ul>\n${[first, ...more].map((link) => `<li>${link}</li>`).join('\n')}\n</ul>`
}

function sourceLink({ url, title }: Link): string {
  const host = hostOf(url)
  const label = title ? `${escapeHtml(title)}</a> (${escapeHtml(host)})` : `${escapeHtml(host)}</a>`
  return `<a href="${escapeHtml(url)}">${label}`
}
