import { Parser } from 'htmlparser2'
import { cleanLine, shorten } from '../../domain/text.ts'
import { canonicalUrl } from '../../domain/url.ts'

/** Where a page names its picture it does so long before this, UTF-16 units. */
const LOOKED_AT = 512 * 1024
const PIECE = 16 * 1024
/** What a reader of alternative texts can bear, and every network takes (Mastodon: 1500). */
const MAX_ALT_GRAPHEMES = 1000
/** Tags open at once; no head nests deeper. What it costs to close one grows with it. */
const DEEPEST = 32
/** What can stand in a head (HTML, 4.2); the first tag of anything else begins the body, also where nobody says so. */
const OF_A_HEAD = new Set(['html', 'head', 'title', 'base', 'link', 'meta', 'style', 'script', 'noscript', 'template'])
/** In these a head holds anything: pages count their visitors with an image inside `<noscript>`. */
const SHELTERS = new Set(['noscript', 'template'])

/** Names of `<meta>` in the order of trust (ogp.me, "Structured Properties"; Twitter's card markup). */
const PICTURE = ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src'] as const

/** See `Pictures.named`. Reads the head of the page alone; of several pictures the first counts. */
export function named(page: string, address: string): { readonly url: string; readonly alt: string } | undefined {
  const { metas, base } = headOf(page)
  const from = (base !== undefined && canonicalUrl(base, address)) || address
  for (const name of PICTURE) {
    const url = canonicalUrl(metas.get(name) ?? '', from)
    if (url === undefined) continue
    const alt = metas.get(name.startsWith('og:') ? 'og:image:alt' : 'twitter:image:alt') ?? ''
    return { url, alt: shorten(cleanLine(alt), MAX_ALT_GRAPHEMES) }
  }
  return undefined
}

interface Head {
  /** Content by name; of several of one name the first that says anything. */
  readonly metas: ReadonlyMap<string, string>
  readonly base: string | undefined
}

function headOf(page: string): Head {
  const metas = new Map<string, string>()
  const found: { base?: string; over: boolean } = { over: false }
  let depth = 0
  /** Depth of the outermost open shelter; 0: none is open. */
  let shelter = 0
  const parser = new Parser({
    onopentag(name, { property, name: called, content = '', href }) {
      depth += 1
      if ((shelter === 0 && !OF_A_HEAD.has(name)) || depth > DEEPEST) found.over = true
      if (found.over) return
      if (shelter === 0 && SHELTERS.has(name)) shelter = depth
      if (name === 'base' && href !== undefined) found.base ??= href
      const key = (property ?? called ?? '').trim().toLowerCase()
      if (name === 'meta' && key !== '' && content.trim() !== '' && !metas.has(key)) metas.set(key, content)
    },
    onclosetag(name, isImplied) {
      if (depth === shelter) shelter = 0
      depth -= 1
      if (name === 'head' && !isImplied) found.over = true
    },
  })
  const text = page.slice(0, LOOKED_AT)
  for (let at = 0; at < text.length && !found.over; at += PIECE) parser.write(text.slice(at, at + PIECE))
  return { metas, base: found.base }
}
