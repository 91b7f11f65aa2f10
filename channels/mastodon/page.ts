import { pageCss } from '../../emails/theme.ts'
import { escapeHtml } from '../../src/domain/html.ts'
import type { Segment } from '../../src/domain/post.ts'
import { drawLink, drawSegments, postAuthor, postPage } from '../../src/domain/post-page.ts'
import type { Publication } from '../../src/domain/publication.ts'
import type { Measure } from '../../src/domain/rendering.ts'
import type { MastodonPost } from './status.ts'

/** The server shows this much of an address, the rest as an ellipsis (Mastodon, TextFormatter). */
const SHOWN_URL = 30
const VISIBILITY = { public: 'Public', unlisted: 'Quiet public', private: 'Followers' } as const

/** The post as Mastodon's web page shows it. The card is made by the server from the item's page; its title stands in. */
export function drawPost(
  { status, segments, title }: MastodonPost,
  measures: readonly Measure[],
  publication: Publication,
  account: string,
): string {
  const { name, handle, initial } = postAuthor(publication, account)
  const uri = segments.find(({ link }) => link !== undefined)?.link
  const card = `<span class="host">${escapeHtml(uri ? new URL(uri).host : '')}</span><strong>${escapeHtml(title)}</strong>`
  const post = `<article class="post">
<span class="avatar" aria-hidden="true">${escapeHtml(initial)}</span>
<div class="who"><b>${escapeHtml(name)}</b><span>${escapeHtml(handle)}</span></div>
<span class="seen">${VISIBILITY[status.visibility]}</span>
<div class="text" dir="auto">${drawSegments(segments, shownUrl)}</div>
${uri ? drawLink(uri, card, 'card') : ''}
</article>`
  return postPage({ network: 'Mastodon', title, language: publication.language, css: pageCss + CSS, post, measures })
}

function shownUrl({ text }: Segment): string {
  const bare = text.replace(/^https?:\/\/(www\.)?/, '')
  return bare.length > SHOWN_URL ? `${bare.slice(0, SHOWN_URL)}…` : bare
}

// The colours are those of Mastodon's own web page, light and dark; the page around them is ours.
const CSS = `
:root{--bg:#fff;--text:#1f1b23;--soft:#5a6285;--line:#d9d9e8;--link:#563acc}
@media (prefers-color-scheme: dark){:root{--bg:#191b22;--text:#fff;--soft:#9baec8;--line:#393f4f;--link:#a3a4ff}}
.post{display:grid;grid-template-columns:46px minmax(0,1fr) auto;column-gap:10px;padding:16px;background:var(--bg);color:var(--text);border:1px solid var(--line);border-radius:4px;font-size:15px;line-height:1.45}
.avatar{width:46px;height:46px;border-radius:8px;background:var(--ink);color:var(--paper);font:700 22px/46px var(--serif);text-align:center}
.who{min-width:0}
.who b,.who span{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who span,.seen{color:var(--soft)}
.seen{font-size:13px}
.text{grid-column:1/4;margin-top:12px;unicode-bidi:plaintext;white-space:pre-wrap;overflow-wrap:anywhere}
.text a,.tag{color:var(--link);font-weight:400;text-decoration:none}
.text a:hover{text-decoration:underline}
.card{grid-column:1/4;margin-top:14px;border:1px solid var(--line);border-radius:8px;padding:12px 14px 13px;text-decoration:none;overflow-wrap:anywhere}
.card .host{display:block;font-size:13px;color:var(--soft)}
.card strong{display:block;margin-top:2px;font-weight:700}`
