import { pageCss } from '../../emails/theme.ts'
import { escapeHtml } from '../../src/domain/html.ts'
import { drawLink, drawSegments, postAuthor, postPage } from '../../src/domain/post-page.ts'
import type { Publication } from '../../src/domain/publication.ts'
import type { Measure } from '../../src/domain/rendering.ts'
import type { BlueskyPost } from './record.ts'

/** The post as bsky.app shows it in a timeline. */
export function drawPost(
  { record, segments, title }: BlueskyPost,
  measures: readonly Measure[],
  publication: Publication,
  account: string,
): string {
  const { name, handle, initial } = postAuthor(publication, account)
  const { uri, title: cardTitle, description } = record.embed.external
  const host = URL.canParse(uri) ? new URL(uri).host : ''
  const card = [
    `<strong>${escapeHtml(cardTitle)}</strong>`,
    description && `<span class="about">${escapeHtml(description)}</span>`,
    `<span class="host">${escapeHtml(host)}</span>`,
  ].join('')
  const post = `<article class="post">
<span class="avatar" aria-hidden="true">${escapeHtml(initial)}</span>
<div class="who"><b>${escapeHtml(name)}</b> <span>${escapeHtml(handle)}</span></div>
<div class="text" dir="auto">${drawSegments(segments)}</div>
${drawLink(uri, card, 'card')}
</article>`
  return postPage({ network: 'Bluesky', title, language: publication.language, css: pageCss + CSS, post, measures })
}

// The colours are bsky.app's own, light and dim; the page around them is ours.
const CSS = `
:root{--bg:#fff;--text:#0b0f14;--soft:#42576c;--line:#dce2ea;--link:#0062eb}
@media (prefers-color-scheme: dark){:root{--bg:#151d28;--text:#fff;--soft:#abb8c9;--line:#2c3a4e;--link:#59a5ff}}
.post{display:grid;grid-template-columns:42px minmax(0,1fr);column-gap:10px;padding:14px 16px 16px;background:var(--bg);color:var(--text);border:1px solid var(--line);border-radius:12px;font-size:15px;line-height:1.35}
.avatar{grid-row:1/4;width:42px;height:42px;border-radius:50%;background:var(--ink);color:var(--paper);font:700 20px/42px var(--serif);text-align:center}
.who{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who span{color:var(--soft)}
.text{margin-top:2px;white-space:pre-wrap;overflow-wrap:anywhere}
.text a,.tag{color:var(--link);text-decoration:none;font-weight:400}
.text a:hover{text-decoration:underline}
.card{display:block;margin-top:10px;border:1px solid var(--line);border-radius:12px;padding:10px 12px 0;text-decoration:none;overflow-wrap:anywhere}
.card strong{display:block;font-weight:600}
.card .about{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;margin-top:3px;font-size:13.5px}
.card .host{display:block;margin-top:9px;padding:7px 0 8px;border-top:1px solid var(--line);font-size:12.5px;color:var(--soft)}`
