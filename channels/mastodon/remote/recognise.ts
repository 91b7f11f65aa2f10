import * as z from 'zod'

/** What a post is recognised by. */
export const soughtSchema = z
  .object({
    items: z.array(z.string()).readonly(),
    href: z.string(),
    text: z.string(),
    /** For followers alone, which not every server lists. */
    isPrivate: z.literal(true).exactOptional(),
  })
  .readonly()
export type Sought = z.infer<typeof soughtSchema>

/** A status as the server lists it, as far as it is looked at. */
export const seenSchema = z.object({
  id: z.string(),
  url: z.string().nullish(),
  created_at: z.string().catch(''),
  content: z.string().catch(''),
  visibility: z.string().catch(''),
  in_reply_to_id: z.string().nullish().catch(undefined),
  /** Somebody's status that it passes on. */
  reblog: z.unknown().optional(),
  application: z.object({ name: z.string() }).nullish().catch(undefined),
  media_attachments: z.array(z.object({ id: z.string() })).catch([]),
})
export type Seen = z.infer<typeof seenSchema>

/** Whose post it is. */
export interface Owner {
  /** Name of the application that the token belongs to, where the server tells it. */
  readonly app?: string
  /** Ids of the statuses that the post may answer: those of its own chain. */
  readonly chain: readonly string[]
}

/**
 * How surely a status is this post: `exact` says the same and links the same; `likely` was made by our application and
 * is about the same item, of which nothing else is posted here, or about the same edition. What a person posted in other
 * words is never taken for ours, for what is ours may be edited and deleted. Its address must be a link in it, whole.
 *
 * What the server made of the text is its own affair (markup, quotes, shortened links), so that letters and digits are compared.
 */
export function likeness({ href, items, text }: Sought, seen: Seen, { app, chain }: Owner): Likeness {
  const { reblog, in_reply_to_id: answered } = seen
  if ((reblog ?? null) !== null || (answered != null && !chain.includes(answered))) return 'none'
  const links = linksIn(seen.content)
  if (!links.includes(sameUrl(href))) return 'none'
  if (letters(textIn(seen.content)) === letters(text)) return 'exact'
  if (app === undefined || seen.application?.name !== app) return 'none'
  const [first] = urlsIn(text)
  const isOfEdition = items.length !== 1 || first !== sameUrl(href)
  return isOfEdition || links[0] === first ? 'likely' : 'none'
}
export type Likeness = 'exact' | 'likely' | 'none'

/** Links in the order in which they stand, those of servers that leave an address plain as well. */
function linksIn(content: string): string[] {
  const anchors = [...content.matchAll(/<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)]
  const hrefs = anchors.map(([, double, single]) => sameUrl(decoded(double ?? single ?? '')))
  return [...hrefs, ...urlsIn(textIn(content))]
}

function urlsIn(text: string): string[] {
  return (text.match(/https?:\/\/\S+/giu) ?? []).map(sameUrl)
}

/** Line ends become spaces, for they separate words; all other markup vanishes. */
function textIn(content: string): string {
  return decoded(content.replace(/<(?:br|\/p|p|\/li|div)\b[^>]*>/gi, ' ').replace(/<[^>]*>/g, ''))
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function decoded(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return NAMED[name.toLowerCase()] ?? whole
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function sameUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url
}

function letters(text: string): string {
  return text.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}]+/gu, '')
}
