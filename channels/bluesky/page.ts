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
import type { Card } from './record.ts'

/** One post as it is drawn. `isGone`: it is to be deleted. */
export interface View {
  readonly segments: readonly Segment[]
  readonly card?: Card | undefined
  readonly picture?: Pick<Picture, 'preview' | 'alt'> | undefined
  readonly isGone?: boolean
}

/** Posts as bsky.app shows them: one in a timeline, several as a thread. */
export function drawPosts(drawing: PostDrawing<View>): string {
  return postsPage(drawing, { network: 'Bluesky', css: pageCss + CSS }, drawPost)
}

function drawPost({ segments, card, picture, isGone }: View, { name, handle, initial }: Author): string {
  return `<article class="post${isGone ? ' gone' : ''}">
<span class="avatar" aria-hidden="true">${escapeHtml(initial)}</span>
<div class="who"><b>${escapeHtml(name)}</b> <span>${escapeHtml(handle)}</span></div>
<div class="text" dir="auto">${drawSegments(segments)}</div>
${card ? drawCard(card, picture) : ''}
</article>`
}

function drawCard({ uri, title, description }: Card, picture: View['picture']): string {
  const host = URL.canParse(uri) ? new URL(uri).host : ''
  const html = [
    picture ? drawPicture(picture) : '',
    '<span class="words">',
    `<strong>${escapeHtml(title)}</strong>`,
    description && `<span class="about">${escapeHtml(description)}</span>`,
    `<span class="host">${escapeHtml(host)}</span></span>`,
  ].join('')
  return drawLink(uri, html, 'card')
}

// The colours are bsky.app's own, light and dim; the page around them is ours.
const CSS = `
:root{--bg:#fff;--text:#0b0f14;--soft:#42576c;--line:#dce2ea;--link:#0062eb}
@media (prefers-color-scheme: dark){:root{--bg:#151d28;--text:#fff;--soft:#abb8c9;--line:#2c3a4e;--link:#59a5ff}}
.post,.thread{background:var(--bg);color:var(--text);border:1px solid var(--line);border-radius:12px;font-size:15px;line-height:1.35}
.post{position:relative;display:grid;grid-template-columns:42px minmax(0,1fr);column-gap:10px;padding:14px 16px 16px}
.thread .post{border:0}
.thread .post:not(:last-child)::before{content:"";position:absolute;left:36px;top:62px;bottom:-8px;width:2px;background:var(--line)}
.avatar{grid-row:1/4;width:42px;height:42px;border-radius:50%;background:var(--ink);color:var(--paper);font:700 20px/42px var(--serif);text-align:center}
.who{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who span{color:var(--soft)}
.text{margin-top:2px;white-space:pre-wrap;overflow-wrap:anywhere}
.text a,.tag{color:var(--link);text-decoration:none;font-weight:400}
.text a:hover{text-decoration:underline}
.card{display:block;margin-top:10px;border:1px solid var(--line);border-radius:12px;overflow:hidden;text-decoration:none;overflow-wrap:anywhere}
.card .picture{border-bottom:1px solid var(--line)}
.card .words{display:block;padding:10px 12px 0}
.card strong{display:block;font-weight:600}
.card .about{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;margin-top:3px;font-size:13.5px}
.card .host{display:block;margin-top:9px;padding:7px 0 8px;border-top:1px solid var(--line);font-size:12.5px;color:var(--soft)}`
