import { pageCss } from '../../emails/theme.ts'
import { escapeHtml } from '../domain/html.ts'

export interface FolderEntry {
  readonly title: string
  readonly detail: string
  /** Names in the folder, in the order of the message. */
  readonly files: readonly string[]
  /** The folder has a `_page.html` that shows what its messages share. */
  readonly page: boolean
}

export interface OverviewChannel {
  readonly id: string
  /** Names of its folders, newest first. */
  readonly folders: readonly string[]
}

/** The list of one folder's messages. Pure: the same entries give the same bytes. */
export function folderPage(channel: string, edition: string, entries: readonly FolderEntry[], more: boolean): string {
  const count = more ? `The first ${entries.length} messages` : messages(entries.length)
  const rest = more ? '<p class="quiet">Further messages lie in this folder.</p>' : ''
  return page(
    `${channel}, ${edition}`,
    `<p class="kicker"><a href="../../index.html">Outbox</a> · ${escapeHtml(channel)}</p>
<h1>${escapeHtml(edition)}</h1>
<p class="quiet">${count}, kept here to be looked at. Nothing has left this machine.</p>
${entries.some((entry) => entry.page) ? SHARED_PAGE : ''}
<ol>
${entries.map(listEntry).join('\n')}
</ol>
${rest}`,
  )
}

/** The list of all folders. Pure. */
export function overviewPage(channels: readonly OverviewChannel[]): string {
  return page(
    'Outbox',
    `<p class="kicker">groundwire</p>
<h1>Outbox</h1>
<p class="quiet">What the channels without credentials would have sent. Nothing of it has left this machine.</p>
${channels.map(overviewChannel).join('\n')}`,
  )
}

/** It may open links in a new tab, and nothing else: no script, no forms, no navigation of this page. */
function frame(file: string, title: string): string {
  return `<iframe src="${escapeHtml(file)}" title="${escapeHtml(title)}" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
}

const SHARED_PAGE = `<figure>
${frame('_page.html', 'The message as its readers see it')}
<figcaption class="quiet">As its readers see it. <a href="_page.html">Open it alone</a></figcaption>
</figure>`

function listEntry({ title, detail, files }: FolderEntry): string {
  const drawn = files.find((name) => name.endsWith('.html'))
  const links = files.map((name) => `<a href="${escapeHtml(name)}">${escapeHtml(extensionOf(name))}</a>`)
  return `<li><a class="title" href="${escapeHtml(drawn ?? files[0] ?? '')}">${escapeHtml(title)}</a>
<span class="quiet">${escapeHtml(detail)}</span> <span class="files">${links.join(' ')}</span>${drawn === undefined ? '' : `\n${frame(drawn, title)}`}</li>`
}

function overviewChannel({ id, folders }: OverviewChannel): string {
  const links = folders.map(
    (folder) => `<li><a class="title" href="${id}/${folder}/index.html">${escapeHtml(folder)}</a></li>`,
  )
  return `<h2>${escapeHtml(id)}</h2>\n<ul>\n${links.join('\n')}\n</ul>`
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`
}

const css = `main{max-width:44rem;margin:0 auto;padding:2rem 1.25rem 4rem}
.kicker{margin:0;font-size:.875rem;letter-spacing:.04em;color:var(--quiet)}
h1{margin:.2rem 0 .4rem;font-size:clamp(1.5rem,7vw,2rem);overflow-wrap:anywhere}
h2{margin:2rem 0 .5rem;font-size:1.25rem;text-transform:capitalize}
.quiet{color:var(--quiet);font-size:.9375rem;overflow-wrap:anywhere}
figure{margin:1.75rem 0 0}
iframe{display:block;width:100%;height:min(75vh,46rem);border:1px solid var(--rule);background:var(--paper)}
li iframe{height:31rem;border:0;resize:vertical}
figcaption{margin-top:.4rem}
ol,ul{list-style:none;margin:1.5rem 0 0;padding:0;border-top:1px solid var(--rule)}
h2+ul{margin-top:0}
li{padding:.8rem 0;border-bottom:1px solid var(--rule)}
.title{display:block;font:700 1.0625rem/1.35 var(--serif);text-decoration:none;overflow-wrap:anywhere}
.title:hover{text-decoration:underline}
.files{font:.8125rem var(--mono);white-space:nowrap}
.files a{display:inline-block;padding:.25rem 0;margin-right:.6rem}
@media (max-width:30rem){figure{margin-inline:-1.25rem}figcaption{margin-inline:1.25rem}iframe{border-inline:0}}`

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${pageCss}
${css}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`
}
