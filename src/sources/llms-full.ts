import type { SourceAbout, SourceEvent } from '../ports.ts'
import { MAX_ITEM_LENGTH } from '../domain/llms-full.ts'
import { cleanLine } from '../domain/text.ts'
import { canonicalUrl } from '../domain/url.ts'
import { restoreLines } from './collapsed.ts'
import { itemFrom } from './draft.ts'
import type { Checked, Draft, DraftContext } from './draft.ts'
import { plainInline } from './inline.ts'
import { blocksOf } from './llms-full-blocks.ts'
import type { Block } from './llms-full-blocks.ts'
import { itemParts } from './llms-full-item.ts'
import type { ItemParts } from './llms-full-item.ts'
import { absoluteMarkdown } from './markdown-links.ts'
import { quoted, shown, sizeOf, SourceProblem } from './problem.ts'

export interface LlmsFullOptions {
  /** What a relative `URL:` is relative to. */
  readonly base?: string | undefined
  /** Section of items that stand before any section heading. */
  readonly section: string
}

/**
 * Reads the `llms-full.txt` convention, as written or with all white space collapsed: an H1, a block quotation, `## `
 * sections and items of `### Title (date)`, labelled fields, a Markdown body and a closing `---`. Items are yielded as
 * they are complete; those that our own feeds channel wrote come back as they were. Throws `SourceProblem` after the
 * last whole item when the source has no items or is cut off.
 */
export async function* readLlmsFull(
  pieces: AsyncIterable<string>,
  options: LlmsFullOptions,
): AsyncGenerator<SourceEvent> {
  let head = ''
  let count = 0
  let section = options.section
  for await (const block of blocksOf(pieces)) {
    if (block.kind === 'head') {
      head = block.text
      continue
    }
    const parts = itemParts(block)
    count += 1
    section = parts.section ?? section
    if (count === 1) yield { kind: 'about', about: aboutFrom(head, parts, options) }
    if (block.kind === 'cutOff') throw cutOff(parts, options)
    const { item, findings } =
      block.kind === 'tooLong' ? tooLong(parts, count, options) : await check(block, parts, section, count, options)
    for (const finding of findings) yield { kind: 'problem', finding }
    if (item) yield { kind: 'item', item }
  }
  if (count === 0) throw withoutItems(head)
}

function check(
  block: Block,
  parts: ItemParts,
  section: string,
  count: number,
  options: LlmsFullOptions,
): Checked | Promise<Checked> {
  const isFolded = block.form === 'collapsed' && parts.own?.format !== 'html'
  const text = isFolded ? restoreLines(parts.body) : parts.body
  const { own, title, published, url, summary, sources, lesson } = parts
  const context = { place: `item ${count}`, base: options.base, link: absoluteMarkdown }
  const draft: Draft = {
    url,
    section,
    title,
    published,
    summary,
    sources,
    markup: true,
    undated: lesson,
    body: { format: 'markdown', text },
  }
  if (!own) return itemFrom(draft, context)
  const { ownSection, image, authors, tags, attachments, format } = own
  const body = { format, text }
  const full = { ...draft, section: ownSection || section, markup: false, body, image, authors, tags, attachments }
  return format === 'html' ? itemInHtml(full, context) : itemFrom(full, context)
}

/** What reads HTML is loaded when an item needs it. */
async function itemInHtml(draft: Draft, context: DraftContext): Promise<Checked> {
  const { absoluteHtml } = await import('./feed-html.ts')
  return itemFrom(draft, { ...context, link: absoluteHtml })
}

/** The name is the H1 without what only says which file this is; the description the first sentence of the quotation. */
function aboutFrom(head: string, first: ItemParts, { base }: LlmsFullOptions): SourceAbout {
  const [, heading = '', rest = ''] = /^\s*# ([^\n]{1,500}?)(?:\n| (?=> )|$)([^]*)/.exec(head.slice(0, 10_000)) ?? []
  const title = cleanLine(plainInline(heading)).replace(/\s[—–-]\s.*\bLLMs?\b.*$/i, '')
  const quotation = /^\s*> ((?:[^\n]|\n> ?)*)/.exec(rest)?.[1]?.replace(/\n> ?/g, ' ') ?? ''
  const [sentence = ''] = /^.{1,400}?[.!?](?=\s|$)/.exec(cleanLine(plainInline(quotation))) ?? []
  const url = canonicalUrl(first.url ?? '', base)
  return {
    ...(title === '' ? {} : { title }),
    ...(sentence === '' ? {} : { description: sentence }),
    ...(url === undefined ? {} : { url: `${new URL(url).origin}/` }),
  }
}

function tooLong(parts: ItemParts, count: number, options: LlmsFullOptions): Checked {
  const { title } = parts
  const item = nameOf(parts, options)
  const name = title === '' ? `item ${count}` : quoted(title)
  const message = `${name} was left out: it is longer than ${sizeOf(MAX_ITEM_LENGTH)}, or its closing --- is missing.`
  const advice = 'End every item with a line of ---.'
  return {
    findings: [{ severity: 'error', code: 'item-too-long', field: 'body', message, advice, ...(item && { item }) }],
  }
}

/** The address, else the title, of an item that was not read whole. */
function nameOf({ url = '', title }: ItemParts, { base }: LlmsFullOptions): string | undefined {
  return canonicalUrl(url, base) ?? (shown(title) || undefined)
}

function cutOff(parts: ItemParts, options: LlmsFullOptions): SourceProblem {
  const { title } = parts
  return new SourceProblem(
    'source-cut-off',
    `The source ends in the middle of ${title === '' ? 'an item' : quoted(title)}: its closing --- is missing. That item was left out, for nobody can tell whether it is whole.`,
    'Read it again later; if the source does end so, add the closing ---.',
    undefined,
    nameOf(parts, options),
  )
}

function withoutItems(head: string): SourceProblem {
  return head.trim() === ''
    ? new SourceProblem('source-empty', 'The source is empty.', 'Check that it was written and uploaded completely.')
    : new SourceProblem(
        'source-no-items',
        `The source has no items: it begins ${quoted(head)} and has no heading like "### Title (2026-06-29)".`,
        'Expected is an llms-full.txt, a feed or a folder of Markdown; check the address.',
      )
}
