import type { AtomFeed, JsonFeed, RssFeed } from 'feedsmith'
import { escapeHtml } from '../domain/html.ts'
import { cleanLine } from '../domain/text.ts'
import type { SourceAbout } from '../ports.ts'
import type { Draft } from './draft.ts'
import { textOfHtml } from './feed-html.ts'
import { jsonExtensions } from './feed-json.ts'
import type { JsonExtension } from './feed-json.ts'
import { isImage, mediaOf, mergedMedia, sorted } from './feed-media.ts'
import { isOwn, unescapeHtml } from './feed-own.ts'

/** A feed in the terms of a source. */
export interface FeedDraft {
  readonly about: SourceAbout
  /** What relative addresses are relative to, where the feed says so. */
  readonly base?: string | undefined
  /** One of ours, with what we add to a body. */
  readonly own: boolean
  readonly drafts: readonly FeedItem[]
}

type FeedItem = Omit<Draft, 'section'> & { readonly section?: string | undefined }

type Sources = Draft['sources']
interface LinkLike {
  readonly href?: string
  readonly rel?: string
  readonly title?: string
}

/** An RSS description that is all there is of an item serves as its summary too if it is no longer, in UTF-16 units. */
const SHORT = 600
/** How the scheme of a category ends that is the section of the item, in our feeds. */
const SECTION_SCHEME = '#section'

export function fromRss(feed: RssFeed.Feed<string>): FeedDraft {
  const { title, link, language } = feed
  const own = isOwn(feed.generator)
  return {
    about: aboutOf({ title, description: plainOrHtml(feed.description), url: link, language }),
    base: link,
    own,
    drafts: (feed.items ?? []).map((item) => rssItem(item, own)),
  }
}

function rssItem(item: RssFeed.Item<string>, own: boolean): FeedItem {
  const full = item.content?.encoded
  const description = own ? unescapeHtml(item.description ?? '') : plainOrHtml(item.description)
  const { contents = [] } = item.media ?? {}
  const { enclosures = [] } = item
  const { image, files } = sorted(contents, own)
  const imageUrl = image?.url ?? (own ? undefined : enclosures.find(isImage)?.url)
  return {
    url: item.link ?? (item.guid?.isPermaLink === false ? undefined : item.guid?.value),
    title: item.title,
    summary: full !== undefined || description.length <= SHORT ? description : '',
    body: { format: 'html', text: full ?? item.description ?? '' },
    published: item.pubDate ?? item.dc?.dates?.[0],
    section: item.categories?.find(({ domain }) => own && isSection(domain))?.name,
    sources: sourceLinks(item.atom?.links),
    image: imageFrom(imageUrl, image?.description?.value),
    authors: item.dc?.creators ?? (item.authors ?? []).flatMap(({ name }) => name ?? []),
    tags: (item.categories ?? []).flatMap(({ name, domain }) => (own && isSection(domain) ? [] : (name ?? []))),
    attachments: own ? mergedMedia([...files, ...enclosures]) : mergedMedia([...enclosures, ...files], imageUrl),
  }
}

export function fromAtom(feed: AtomFeed.Feed<string>): FeedDraft {
  const url = alternate(feed.links)
  const own = isOwn(feed.generator?.text)
  return {
    about: aboutOf({ title: textOf(feed.title), description: textOf(feed.subtitle), url, language: feed.xml?.lang }),
    base: feed.xml?.base ?? url,
    own,
    drafts: (feed.entries ?? []).map((entry) => atomItem(entry, own)),
  }
}

function atomItem(entry: AtomFeed.Entry<string>, own: boolean): FeedItem {
  const { image, files } = sorted(entry.media?.contents ?? [], own)
  const enclosed = (entry.links ?? []).filter(({ rel }) => rel === 'enclosure')
  return {
    url: alternate(entry.links),
    title: textOf(entry.title),
    summary: textOf(entry.summary),
    body: { format: 'html', text: htmlOf(entry.content ?? entry.summary) },
    published: entry.published ?? entry.updated,
    section: entry.categories?.find(({ scheme }) => own && isSection(scheme))?.term,
    sources: sourceLinks(entry.links),
    image: imageFrom(image?.url, own ? image?.description?.value : undefined),
    authors: (entry.authors ?? []).flatMap(({ name }) => name ?? []),
    tags: (entry.categories ?? []).flatMap(({ label, term, scheme }) =>
      own && isSection(scheme) ? [] : (label ?? term ?? []),
    ),
    attachments: mergedMedia([...enclosed.map(mediaOf), ...files], own ? undefined : image?.url),
  }
}

/** `document` is the same feed before parsing: the parser drops extensions. */
export function fromJson(feed: JsonFeed.Feed<string>, document: unknown): FeedDraft {
  const more = jsonExtensions(document)
  const { title, description, home_page_url: url, language } = feed
  return {
    about: aboutOf({ title, description, url, language }),
    base: url,
    own: more.own,
    drafts: (feed.items ?? []).map((item) => jsonItem(item, more.items.get(item.id ?? ''), more.own)),
  }
}

function jsonItem(item: JsonFeed.Item<string>, more: JsonExtension | undefined, own: boolean): FeedItem {
  const about = item.external_url === undefined ? [] : [{ url: item.external_url }]
  return {
    url: item.url,
    title: item.title,
    summary: item.summary,
    body: { format: 'html', text: item.content_html ?? htmlOf({ value: item.content_text ?? '' }) },
    published: item.date_published,
    section: own ? more?.section : undefined,
    sources: named([...about, ...(more?.sources ?? [])]),
    image: imageFrom(item.image ?? item.banner_image),
    authors: (item.authors ?? []).flatMap(({ name }) => name ?? []),
    tags: item.tags ?? [],
    attachments: (item.attachments ?? []).map((file) => ({
      url: file.url,
      mediaType: file.mime_type,
      title: file.title,
      bytes: file.size_in_bytes,
      seconds: file.duration_in_seconds,
    })),
  }
}

function isSection(scheme: string | undefined): boolean {
  return scheme?.endsWith(SECTION_SCHEME) === true
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

function imageFrom(url: string | undefined, alt?: string): Draft['image'] {
  return url === undefined ? undefined : { url, alt }
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
