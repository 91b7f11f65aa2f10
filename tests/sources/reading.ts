import { marked } from 'marked'
import type { Finding } from '../../src/domain/finding.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Http, SourceAbout, SourceEvent } from '../../src/ports.ts'
import { readLlmsFull } from '../../src/sources/llms-full.ts'

export interface Outcome {
  readonly about?: SourceAbout
  readonly items: readonly Item[]
  readonly findings: readonly Finding[]
  readonly codes: readonly string[]
  readonly end?: Extract<SourceEvent, { kind: 'end' }>
}

export async function gather(events: AsyncIterable<SourceEvent>): Promise<Outcome> {
  const all: SourceEvent[] = []
  for await (const event of events) all.push(event)
  const findings = all.flatMap((event) => (event.kind === 'problem' ? [event.finding] : []))
  const about = all.find((event) => event.kind === 'about')
  const end = all.find((event) => event.kind === 'end')
  return {
    ...(about ? { about: about.about } : {}),
    items: all.flatMap((event) => (event.kind === 'item' ? [event.item] : [])),
    findings,
    codes: findings.map(({ code }) => code),
    ...(end ? { end } : {}),
  }
}

export async function* pieces<Piece>(...parts: readonly Piece[]): AsyncGenerator<Piece> {
  yield* parts
}

/** Items of the text in the `llms-full` convention, both as it is and, if asked, with its white space collapsed. */
export async function readText(text: string, form: 'lines' | 'collapsed' = 'lines'): Promise<Outcome> {
  const written = form === 'lines' ? text : text.split(/\s+/).join(' ').trim()
  return gather(readLlmsFull(pieces(written), { section: 'news' }))
}

export const noHttp: Pick<{ http: Http }, 'http'> = {
  http: { get: () => Promise.reject(new Error('no network here')) },
}

/** What a reader sees of a Markdown body, as CommonMark draws it. */
export function shown(markdown: string): string {
  const html = marked.parse(markdown, { async: false })
  return unescaped(html.replace(/<[^>]*>/g, ' '))
}

export function hrefs(markdown: string): string[] {
  const html = marked.parse(markdown, { async: false })
  return Array.from(html.matchAll(/<a href="([^"]*)"/g), ([, href = '']) => unescaped(href))
}

function unescaped(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

/** The words of a text, for comparing what is left of it. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? []
}
