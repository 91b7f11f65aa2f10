import { pageCss } from '../../emails/theme.ts'
import { escapeHtml } from '../../src/domain/html.ts'
import type { Picture } from '../../src/domain/picture.ts'
import type { Segment } from '../../src/domain/post.ts'
import {
  type Author,
  drawLink,
  drawPicture,
  drawSegments,
  type PostDrawing,
  postsPage,
} from '../../src/domain/post-page.ts'
import type { FrozenStatus } from './content.ts'

/** The server shows this much of an address, the rest as an ellipsis (Mastodon, TextFormatter). */
const SHOWN_URL = 30
const VISIBILITY = { public: 'Public', unlisted: 'Quiet public', private: 'Followers' } as const

/** One post as it is drawn. `card` is the title of the page that the first link leads to; `isGone`: it is to be deleted. */
export interface View {
  readonly segments: readonly Segment[]
  readonly status: Pick<FrozenStatus, 'visibility' | 'spoilerText'>
  readonly card?: string
  readonly picture?: Pick<Picture, 'preview' | 'alt'> | undefined
  readonly isGone?: boolean
}

/** Posts as Mastodon's web page shows them: one, or several as a thread. */
export function drawPosts(drawing: PostDrawing<View>): string {
  return postsPage(drawing, { network: 'Mastodon', css: pageCss + CSS }, drawPost)
}

/** A post as it was frozen, to be drawn again. */
export function viewOfFrozen(status: FrozenStatus): View {
  const parts = status.status.split(/(https?:\/\/\S+)/)
  const segments = parts.map((text, place) => (place % 2 === 1 ? { text, link: text } : { text }))
  return { segments: segments.filter(({ text }) => text !== ''), status }
}

function drawPost(view: View, { name, handle, initial }: Author): string {
  const { segments, status, isGone } = view
  return `<article class="post${isGone ? ' gone' : ''}">
<span class="avatar" aria-hidden="true">${escapeHtml(initial)}</span>
<div class="who"><b>${escapeHtml(name)}</b><span>${escapeHtml(handle)}</span></div>
<span class="seen">${VISIBILITY[status.visibility]}</span>
${status.spoilerText === undefined ? '' : `<div class="warning" dir="auto">${escapeHtml(status.spoilerText)}</div>`}
<div class="text" dir="auto">${drawSegments(segments, shownUrl)}</div>
${drawAttached(view)}
</article>`
}

/** Of picture and card the server shows one, and behind a content warning it makes no card. */
function drawAttached({ segments, status, card, picture }: View): string {
  if (picture)
    return `<figure class="attached">${drawPicture(picture)}<figcaption><b>ALT</b> ${escapeHtml(picture.alt)}</figcaption></figure>`
  const uri = segments.find(({ link }) => link !== undefined)?.link
  if (uri === undefined || card === undefined || status.spoilerText !== undefined) return ''
  const host = URL.canParse(uri) ? new URL(uri).host : ''
  const html = `<span class="host">${escapeHtml(host)}</span>${card && `<strong>${escapeHtml(card)}</strong>`}`
  return drawLink(uri, html, 'card')
}

function shownUrl({ text }: Segment): string {
  const bare = text.replace(/^https?:\/\/(www\.)?/, '')
  return bare.length > SHOWN_URL ? `${bare.slice(0, SHOWN_URL)}…` : bare
}

// The colours are those of Mastodon's own web page, light and dark; the page around them is ours.
const CSS = `
:root{--bg:#fff;--text:#1f1b23;--soft:#5a6285;--line:#d9d9e8;--link:#563acc}
@media (prefers-color-scheme: dark){:root{--bg:#191b22;--text:#fff;--soft:#9baec8;--line:#393f4f;--link:#a3a4ff}}
.post,.thread{background:var(--bg);color:var(--text);border:1px solid var(--line);border-radius:4px;font-size:15px;line-height:1.45}
.post{position:relative;display:grid;grid-template-columns:46px minmax(0,1fr) auto;column-gap:10px;padding:16px}
.thread .post{border:0}
.thread .post+.post{border-top:1px solid var(--line)}
.avatar{width:46px;height:46px;border-radius:8px;background:var(--ink);color:var(--paper);font:700 22px/46px var(--serif);text-align:center}
.who{min-width:0}
.who b,.who span{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who span,.seen{color:var(--soft)}
.seen{font-size:13px}
.warning{grid-column:1/4;margin-top:12px;padding:8px 12px;border:1px dashed var(--line);border-radius:8px;font-weight:600;overflow-wrap:anywhere}
.text{grid-column:1/4;margin-top:12px;unicode-bidi:plaintext;white-space:pre-wrap;overflow-wrap:anywhere}
.text a,.tag{color:var(--link);font-weight:400;text-decoration:none}
.text a:hover{text-decoration:underline}
.attached{grid-column:1/4;margin:14px 0 0}
.attached .picture{border:1px solid var(--line);border-radius:8px}
.attached figcaption{margin-top:6px;font-size:13px;color:var(--soft);overflow-wrap:anywhere}
.card{grid-column:1/4;margin-top:14px;border:1px solid var(--line);border-radius:8px;padding:12px 14px 13px;text-decoration:none;overflow-wrap:anywhere}
.card .host{display:block;font-size:13px;color:var(--soft)}
.card strong{display:block;margin-top:2px;font-weight:700}`
