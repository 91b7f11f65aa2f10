import { pageCss } from '../../emails/theme.ts'
import { escapeHtml } from '../../src/domain/html.ts'

const css = `${pageCss}
main{max-width:42rem;margin:0 auto;padding:2.5rem 1.25rem 4rem;overflow-wrap:anywhere}
h1{font-size:2rem;margin:.25rem 0}
p{color:var(--quiet);font-size:.875rem;margin:.25rem 0}
pre{white-space:pre-wrap;font:.8125rem/1.5 var(--mono)}`

interface PreviewFacts {
  readonly title: string
  readonly language: string
  readonly address: string
  readonly bytes: number
  readonly entries?: number
}

/** For the desk, a page of a file that is not worth showing as its readers see it: what it is, and its first characters if any. */
export function previewPage({ title, language, address, bytes, entries }: PreviewFacts, text = ''): string {
  const count = entries === undefined ? '' : `${entries} ${entries === 1 ? 'entry' : 'entries'}, `
  const link = `<a href="${escapeHtml(address)}">${escapeHtml(address)}</a>`
  const shown = text.slice(0, LONGEST_EXCERPT).toWellFormed()
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${css}</style>
</head>
<body>
<main>
<h1 dir="auto">${escapeHtml(title)}</h1>
<p>${count}${link} (${(bytes / 1000).toFixed(1)} kB)</p>
${shown === '' ? '' : `<pre dir="auto">${escapeHtml(shown)}${shown.length < text.length ? '…' : ''}</pre>\n`}</main>
</body>
</html>
`
}

/** In UTF-16 units: what a person reads of a preview. */
const LONGEST_EXCERPT = 4000
