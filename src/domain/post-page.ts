import { escapeHtml } from './html.ts'
import type { Picture } from './picture.ts'
import type { Segment } from './post.ts'
import type { Publication } from './publication.ts'
import type { Measure } from './rendering.ts'
import { cleanLine, graphemeEnds } from './text.ts'
import { hostOf } from './url.ts'

/** The parts of a page that shows posts as their network draws them. `post` is HTML; `css` styles it and the page. */
interface PostPage {
  readonly network: string
  /** Absent: `As Bluesky draws it`. */
  readonly heading?: string | undefined
  readonly title: string
  readonly language: string
  readonly css: string
  readonly post: string
  readonly measures: readonly Measure[]
}

/** Posts to be drawn on one page. */
export interface PostDrawing<View> {
  readonly title: string
  /** One post, or a thread. */
  readonly views: readonly View[]
  readonly measures: readonly Measure[]
  readonly publication: Publication
  readonly account: string
  /** Above it; absent: `As Bluesky draws it`. */
  readonly heading?: string
}

/** A page of one post, or of a thread. `drawPost` gives the HTML of one. */
export function postsPage<View>(
  { title, views, measures, publication, account, heading }: PostDrawing<View>,
  { network, css }: Pick<PostPage, 'network' | 'css'>,
  drawPost: (view: View, author: Author) => string,
): string {
  const author = postAuthor(publication, account)
  const posts = views.map((view) => drawPost(view, author))
  const post = posts.length === 1 ? posts.join('') : `<div class="thread">${posts.join('\n')}</div>`
  return postPage({ network, title, language: publication.language, css, post, measures, heading })
}

/** A complete page without script or network: the post, and under it how long it is and may be. */
function postPage({ network, title, language, css, post, measures, heading }: PostPage): string {
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} · ${network}</title>
<style>${css}
${PAGE_CSS}</style>
</head>
<body>
<main>
<h1>${escapeHtml(heading ?? `As ${network} draws it`)}</h1>
${post}
${measures.length > 0 ? `<dl class="counts">${measures.map(drawMeasure).join('')}</dl>` : ''}
</main>
</body>
</html>
`
}

/** Text with its links, line breaks kept. `label` says how the network shows a link. */
export function drawSegments(segments: readonly Segment[], label = ({ text }: Segment): string => text): string {
  return segments
    .map((segment) => {
      if (segment.link !== undefined) return drawLink(segment.link, escapeHtml(label(segment)))
      return segment.tag === undefined ? escapeHtml(segment.text) : `<b class="tag">${escapeHtml(segment.text)}</b>`
    })
    .join('')
}

/** A link around HTML; only to http and https, for the address may come from anywhere. */
export function drawLink(url: string, html: string, className = ''): string {
  const attribute = className && ` class="${className}"`
  if (!/^https?:\/\//i.test(url)) return `<span${attribute}>${html}</span>`
  return `<a${attribute} href="${escapeHtml(url)}" rel="noopener noreferrer">${html}</a>`
}

/** A picture as it will be attached, from its own small version: a page may not load anything. */
export function drawPicture({ preview, alt }: Pick<Picture, 'preview' | 'alt'>): string {
  if (!/^data:image\/(?:jpeg|png);base64,[\w+/=]+$/.test(preview)) return ''
  return `<img class="picture" src="${preview}" alt="${escapeHtml(alt)}">`
}

export interface Author {
  readonly name: string
  readonly handle: string
  readonly initial: string
}

/** Who posts, for drawing: while posts go to the outbox, the publication under the host of its own site. */
function postAuthor(publication: Publication, account: string): Author {
  const host = hostOf(publication.url)
  const name = cleanLine(publication.name) || host
  const handle = account === 'outbox' ? host : cleanLine(account).replace(/^@/, '')
  return { name, handle: `@${handle}`, initial: name.slice(0, graphemeEnds(name)[0]).toUpperCase() }
}

function drawMeasure({ name, value, limit }: Measure): string {
  if (limit === undefined) return `<div><dt>${escapeHtml(name)}</dt><dd>${grouped(value)}</dd></div>`
  const share = Math.min(100, Math.round((value / Math.max(1, limit)) * 100))
  const isOver = value > limit
  const label = `${escapeHtml(name)}${isOver ? `, ${grouped(value - limit)} too many` : ''}`
  const count = `${grouped(value)} of ${grouped(limit)}`
  return `<div${isOver ? ' class="over"' : ''}><dt>${label}</dt><dd>${count}</dd><i style="width:${share}%"></i></div>`
}

/** `3,000`, the same on every machine. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

const PAGE_CSS = `main{max-width:600px;margin:0 auto;padding:20px 16px 28px}
main>h1{margin:0 0 12px;font:400 14px/1.4 var(--sans);color:var(--quiet)}
.counts{display:flex;flex-wrap:wrap;gap:4px 28px;margin:14px 0 0;font-size:14px;font-variant-numeric:tabular-nums;color:var(--quiet)}
.counts div{display:grid;grid-template-columns:auto auto;column-gap:.5em}
.counts dt{grid-column:2;grid-row:1}
.counts dd{grid-column:1;grid-row:1;margin:0;color:var(--ink)}
.counts i{grid-column:1/3;height:2px;margin-top:3px;background:var(--quiet)}
.picture{display:block;width:100%;height:auto}
.gone .text,.gone .card strong{text-decoration:line-through}
.counts .over{font-weight:700}
.counts .over i{height:4px;background:var(--ink)}`
