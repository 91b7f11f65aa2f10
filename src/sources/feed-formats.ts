import type { AtomFeed, JsonFeed, RssFeed } from 'feedsmith'
import * as z from 'zod'
import { escapeHtml } from '../domain/html.ts'
import { cleanLine } from '../domain/text.ts'
import type { SourceAbout } from '../ports.ts'
import type { Draft } from './draft.ts'
import { textOfHtml } from './feed-html.ts'

/** A feed in the terms of a source. */
export interface FeedDraft {
  readonly about: SourceAbout
  /** What relative addresses are relative to, where the feed says so. */
  readonly base?: string | undefined
  readonly drafts: readonly Omit<Draft, 'section'>[]
}

type Sources = Draft['sources']
interface LinkLike {
  readonly href?: string
  readonly rel?: string
  readonly title?: string
}

/** An RSS description that is all there is of an item serves as its summary too if it is no longer, in UTF-16 units. */
const SHORT = 600

export function fromRss(feed: RssFeed.Feed<string>): FeedDraft {
  const { title, link, language } = feed
  return {
    about: aboutOf({ title, description: plainOrHtml(feed.description), url: link, language }),
    base: link,
    drafts: (feed.items ?? []).map((item) => {
      const full = item.content?.encoded
      const description = plainOrHtml(item.description)
      const image = item.media?.contents?.find((media) => isImage(media.medium, media.type))
      const enclosed = item.enclosures?.find((enclosure) => isImage(undefined, enclosure.type))
      return {
        url: item.link ?? (item.guid?.isPermaLink === false ? undefined : item.guid?.value),
        title: item.title,
        summary: full !== undefined || description.length <= SHORT ? description : '',
        body: { format: 'html', text: full ?? item.description ?? '' },
        published: item.pubDate ?? item.dc?.dates?.[0],
        sources: sourceLinks(item.atom?.links),
        image: imageFrom(image?.url ?? enclosed?.url, image?.description?.value),
        authors: item.dc?.creators ?? (item.authors ?? []).flatMap(({ name }) => name ?? []),
        tags: (item.categories ?? []).flatMap(({ name }) => name ?? []),
      }
    }),
  }
}

export function fromAtom(feed: AtomFeed.Feed<string>): FeedDraft {
  const url = alternate(feed.links)
  return {
    about: aboutOf({ title: textOf(feed.title), description: textOf(feed.subtitle), url, language: feed.xml?.lang }),
    base: feed.xml?.base ?? url,
    drafts: (feed.entries ?? []).map((entry) => ({
      url: alternate(entry.links),
      title: textOf(entry.title),
      summary: textOf(entry.summary),
      body: { format: 'html', text: htmlOf(entry.content ?? entry.summary) },
      published: entry.published ?? entry.updated,
      sources: sourceLinks(entry.links),
      image: imageFrom(entry.media?.contents?.find((media) => isImage(media.medium, media.type))?.url),
      authors: (entry.authors ?? []).flatMap(({ name }) => name ?? []),
      tags: (entry.categories ?? []).flatMap(({ label, term }) => label ?? term ?? []),
    })),
  }
}

/** `document` is the same feed before parsing: the parser drops extensions. */
export function fromJson(feed: JsonFeed.Feed<string>, document: unknown): FeedDraft {
  const more = extraSources(document)
  const { title, description, home_page_url: url, language } = feed
  return {
    about: aboutOf({ title, description, url, language }),
    base: url,
    drafts: (feed.items ?? []).map((item) => ({
      url: item.url,
      title: item.title,
      summary: item.summary,
      body: { format: 'html', text: item.content_html ?? htmlOf({ value: item.content_text ?? '' }) },
      published: item.date_published,
      sources: named([
        ...(item.external_url === undefined ? [] : [{ url: item.external_url }]),
        ...(more.get(item.id) ?? []),
      ]),
      image: imageFrom(item.image ?? item.banner_image),
      authors: (item.authors ?? []).flatMap(({ name }) => name ?? []),
      tags: item.tags ?? [],
    })),
  }
}

function aboutOf(about: { readonly [Key in keyof SourceAbout]: string | undefined }): SourceAbout {
  const cleaned = Object.entries(about).map(([key, value]) => [key, cleanLine(value ?? '')] as const)
  return Object.fromEntries(cleaned.filter(([, value]) => value !== ''))
}

function alternate(links: readonly LinkLike[] = []): string | undefined {
  return links.find(({ rel }) => rel === undefined || rel === 'alternate')?.href
}

/** RFC 4287, 4.2.7.2: `via` is the source of the information; feeds for older readers have only `related`. */
function sourceLinks(links: readonly LinkLike[] = []): Sources {
  const of = (rel: string): Sources =>
    links.flatMap((link) => (link.rel === rel && link.href ? [{ url: link.href, title: link.title }] : []))
  const via = of('via')
  return via.length > 0 ? via : of('related')
}

/** One source per address, with the title from whichever mention has one. */
function named(sources: Sources): Sources {
  return sources.map(({ url, title }) => ({
    url,
    title: title ?? sources.find((other) => other.url === url && other.title)?.title,
  }))
}

const manySources = z.array(z.object({ url: z.string(), title: z.string().optional().catch(undefined) }))
/** `external_url` holds one source; all of them stand in our own extension, or in `_sources` as others write it. */
const extended = z.union([
  z
    .object({ id: z.unknown(), _groundwire: z.object({ sources: manySources }) })
    .transform((item) => ({ id: item.id, sources: item['_groundwire'].sources })),
  z
    .object({ id: z.unknown(), _sources: manySources })
    .transform((item) => ({ id: item.id, sources: item['_sources'] })),
])

function extraSources(document: unknown): Map<unknown, Sources> {
  const { data } = z.object({ items: z.array(z.unknown()) }).safeParse(document)
  const found = (data?.items ?? []).flatMap((item) => extended.safeParse(item).data ?? [])
  return new Map(found.map(({ id, sources }) => [String(id), sources]))
}

function imageFrom(url: string | undefined, alt?: string): Draft['image'] {
  return url === undefined ? undefined : { url, alt }
}

function isImage(medium?: string, type?: string): boolean {
  return medium === 'image' || type?.startsWith('image/') === true
}

function textOf(text: { value?: string; type?: string } | undefined): string {
  const value = text?.value ?? ''
  return text?.type === 'html' || text?.type === 'xhtml' ? textOfHtml(value) : value
}

function htmlOf(content: { value?: string; type?: string } | undefined): string {
  const value = content?.value ?? ''
  if (content?.type === 'html' || content?.type === 'xhtml') return value
  return value
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph.trim()).replaceAll('\n', '<br>')}</p>`)
    .join('\n')
}

/** RSS does not say which of the two a description is: it is taken for HTML where it has tags that only HTML has. */
function plainOrHtml(text: string | undefined): string {
  return /<\/[a-z]|<(?:p|br|img|hr)\b/i.test(text ?? '') ? textOfHtml(text ?? '') : (text ?? '')
}
