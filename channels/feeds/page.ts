import { pageCss } from '../../emails/theme.ts'
import { escapeHtml as text } from '../../src/domain/html.ts'
import type { Link } from '../../src/domain/item.ts'
import { dayIn, longDay } from '../../src/domain/time.ts'
import { hostOf } from '../../src/domain/url.ts'
import { feedPath, type FeedFormat } from '../../src/domain/feed-format.ts'
import { addressOf, type Entry, type FeedDocument } from './document.ts'

const css = `${pageCss}
main{max-width:42rem;margin:0 auto;padding:2.5rem 1.25rem 4rem;overflow-wrap:anywhere}
header{border-bottom:1px solid var(--rule);padding-bottom:1.25rem}
header h1{font-size:2rem;margin:.25rem 0}
header p,.meta,.source{color:var(--quiet);font-size:.875rem;margin:.25rem 0}
ol{list-style:none;margin:0;padding:0}
li{border-bottom:1px solid var(--rule);padding:1.25rem 0}
h2{font-size:1.25rem;margin:0}
h2 a{text-decoration:none}
h2 a:hover{text-decoration:underline}
.source{font-variant-numeric:tabular-nums}
li p{margin:.5rem 0}`

interface PageFacts {
  readonly format: FeedFormat
  /** `RSS`, `Atom`, `JSON Feed`. */
  readonly title: string
  readonly bytes: number
}

/**
 * Makes one page for each file: what a feed reader lists, without script or network. The list is the same for all, and
 * drawn once. Days are those of `zone`.
 */
export function feedPages(feed: FeedDocument, zone: string): (facts: PageFacts) => string {
  const list = entryList(feed, zone)
  const count = `${feed.entries.length} ${feed.entries.length === 1 ? 'entry' : 'entries'}`
  const link = (format: FeedFormat): string =>
    `<a href="${text(addressOf(feed, feed.folder, format))}">${feedPath(feed.folder, format)}</a>`
  return ({ format, title, bytes }) => `<!doctype html>
<html lang="${text(feed.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}: ${text(feed.title)}</title>
<style>${css}</style>
</head>
<body>
<main>
<header>
<p>${text(title)}</p>
<h1 dir="auto">${text(feed.title)}</h1>
${paragraph(feed.description)}<p>${count}, ${link(format)} (${(bytes / 1000).toFixed(1)} kB)</p>
</header>
${list}
</main>
</body>
</html>
`
}

function entryList({ entries, language }: FeedDocument, zone: string): string {
  if (entries.length === 0) return '<p>Nothing has been published yet.</p>'
  const days = new Map<string, string>()
  const lines = entries.map((entry) => {
    const day = dayIn(zone, entry.published)
    const named = days.get(day) ?? longDay(day, language)
    days.set(day, named)
    return entryHtml(entry, `<time datetime="${day}">${text(named)}</time>`)
  })
  return `<ol>\n${lines.join('\n')}\n</ol>`
}

function entryHtml(entry: Entry, time: string): string {
  const by = entry.authors.length > 0 ? ` · ${text(entry.authors.join(', '))}` : ''
  const named = entry.sources.length === 1 ? 'Source' : 'Sources'
  return `<li>
<h2 dir="auto"><a href="${text(entry.id)}">${text(entry.title)}</a></h2>
<p class="meta">${time}${by}</p>
${entry.corrections.map(({ label, note }) => paragraph(`${label}: ${note}`)).join('')}${paragraph(entry.summary)}<p class="source">${named}: ${entry.sources.map(sourceHtml).join(', ')}</p>
</li>`
}

function paragraph(plain: string): string {
  return plain === '' ? '' : `<p dir="auto">${text(plain)}</p>\n`
}

function sourceHtml({ url, title }: Link): string {
  return `<a href="${text(url)}"${title ? ` title="${text(title)}"` : ''}>${text(hostOf(url))}</a>`
}
