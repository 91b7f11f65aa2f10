import { pageCss } from '../../emails/theme.ts'
import { feedFormats } from '../../src/domain/feed-format.ts'
import { escapeHtml as text } from '../../src/domain/html.ts'
import { hostOf } from '../../src/domain/url.ts'
import { addressOf, type FeedList, type FeedListing } from './document.ts'
import { feedsPageAddress, opmlAddress } from './links.ts'

const css = `${pageCss}
.page{max-width:47rem;margin-inline:auto;padding:1.75rem clamp(1rem,5vw,3.5rem) 6rem;overflow-wrap:anywhere}
h1,h2,p,ul,dl,dd{margin:0;padding:0}
ul{list-style:none}
h1{font-size:clamp(2.1rem,1.4rem + 3vw,3.4rem);font-weight:400;letter-spacing:-.015em;line-height:1.1}
h2{font-size:1.25rem;line-height:1.3}
p{max-width:40rem;text-wrap:pretty}
code{font-family:var(--mono);font-size:.875em}
a:hover{text-decoration-color:currentColor}
.quiet{color:var(--quiet)}
.nameplate{max-width:none;padding-bottom:.6rem;border-bottom:3px double var(--rule);font-family:var(--serif);font-size:1.125rem}
.nameplate a{text-decoration:none}
.nameplate a:hover{text-decoration:underline}
.head{display:grid;gap:.9rem;padding-block:clamp(2rem,6vw,4rem) 1.5rem}
section{display:grid;gap:.5rem;padding-block:1.5rem;border-top:1px solid var(--rule)}
.addresses{display:grid;gap:.35rem;padding-top:.25rem}
.addresses li{display:grid;grid-template-columns:5.5rem minmax(0,1fr);gap:0 1rem}
@media (max-width:32rem){.addresses li{grid-template-columns:minmax(0,1fr)}.addresses{gap:.6rem}a code{font-size:.8em}}
dl{display:grid;gap:.35rem}
dd+dt{margin-top:.6rem}
dt:target,section:target{outline:2px solid var(--ink);outline-offset:.5rem}
footer{padding-top:1rem;border-top:3px double var(--rule);font-size:.875rem;color:var(--quiet)}`

/** `feeds/index.html`: what feeds there are, and what to do with them. Complete in itself, without script. */
export function feedsPage(list: FeedList): string {
  const publisher = text(list.publisher)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Feeds · ${publisher}</title>
<meta name="description" content="The feeds of ${publisher}, and how to follow them in a feed reader.">
<link rel="icon" href="data:,">
<link rel="canonical" href="${text(feedsPageAddress(list))}">
${list.feeds.map((feed) => discovery(list, feed)).join('\n')}
<style>${css}</style>
</head>
<body>
<div class="page">
<header>
<p class="nameplate"><a href="${text(list.home)}" dir="auto">${publisher}</a></p>
<div class="head">
<h1>Feeds</h1>
<p>A feed is a list of what <bdi>${publisher}</bdi> has published last, made for a program called a feed reader. The reader looks now and then whether there is something new, and shows it to you. It needs no account here and no address of yours.</p>
<p>To follow a feed, copy one of its addresses into your feed reader. All three formats say the same. If you do not know which to choose, take Atom.</p>
</div>
</header>
<main>
${list.feeds.map((feed) => feedSection(list, feed)).join('\n')}
${together(list)}
${extensions(list)}
</main>
<footer>
<p><a href="${text(list.home)}" dir="auto">${publisher}</a> · <a href="${text(list.publicUrl)}/">Latest edition</a></p>
</footer>
</div>
</body>
</html>
`
}

/** RSS autodiscovery: readers and browsers find each feed in each format. */
function discovery(list: FeedList, { title, folder }: FeedListing): string {
  return feedFormats
    .map(({ format, name, mediaType }) => {
      const address = text(addressOf(list, folder, format))
      return `<link rel="alternate" type="${mediaType}" title="${text(title)} (${name})" href="${address}">`
    })
    .join('\n')
}

function feedSection(list: FeedList, { title, about, folder }: FeedListing): string {
  const lines = feedFormats.map(
    ({ format, name }) => `<li><span>${name}</span> ${link(addressOf(list, folder, format))}</li>`,
  )
  return `<section>
<h2 dir="auto">${text(title)}</h2>
<p class="quiet" dir="auto">${text(about)}</p>
<ul class="addresses">
${lines.join('\n')}
</ul>
</section>`
}

function together(list: FeedList): string {
  const llms = [`${list.publicUrl}/llms.txt`, `${list.publicUrl}/llms-full.txt`]
  return `<section>
<h2>All feeds in one file</h2>
<p>Most readers can import this list (OPML):</p>
<p>${link(opmlAddress(list))}</p>
</section>
<section>
<h2>Older entries</h2>
<p>A feed carries its latest entries. Older ones stand in one document for each month, to which every feed leads its reader (RFC 5005; in JSON Feed by <code>next_url</code>).</p>
</section>${hubs(list)}${
    list.hasLlms
      ? `
<section>
<h2>As Markdown</h2>
<p>For programs that read text: ${llms.map(link).join(' is the list, ')} has the latest items whole.</p>
</section>`
      : ''
  }`
}

function hubs({ hubs: addresses }: FeedList): string {
  if (addresses.length === 0) return ''
  const names = [...new Set(addresses.map(hostOf))].map((host) => `<code>${text(host)}</code>`)
  return `
<section>
<h2>Without waiting</h2>
<p>Readers that know WebSub hear of what is new the moment it is out, through ${names.join(' or ')}.</p>
</section>`
}

/** Programs are led here by `about` in the JSON feeds, and by the scheme of a category. */
function extensions(list: FeedList): string {
  const scheme = text(`${feedsPageAddress(list)}#section`)
  return `<section>
<h2>For those who write programs</h2>
<dl>
<dt id="sources"><code>_sources</code></dt>
<dd>In an item of a JSON feed: the primary sources it was checked against, under <code>links</code>, each with its <code>url</code> and, where it is known, its <code>title</code>. The first is the source, and <code>external_url</code>, too. In RSS and Atom they are links with the relation <code>via</code>.</dd>
<dt id="section"><code>_groundwire</code></dt>
<dd>In an item of a JSON feed: under <code>section</code>, the section of the publication that it stands in. In RSS and Atom that is the category whose domain or scheme is <code>${scheme}</code>; the others are tags.</dd>
</dl>
</section>`
}

function link(address: string): string {
  return `<a href="${text(address)}"><code>${text(address)}</code></a>`
}
