import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Finding } from '../domain/finding.ts'
import { cleanLine } from '../domain/text.ts'
import type { SourceEvent } from '../ports.ts'
import { decode } from './decode.ts'
import { itemFrom } from './draft.ts'
import type { Checked, Draft } from './draft.ts'
import { parsePage } from './front-matter.ts'
import type { FrontMatter } from './front-matter.ts'
import { absoluteMarkdown } from './markdown-links.ts'
import { quoted, reasonOf, shown, sizeOf, SourceProblem } from './problem.ts'

export interface MarkdownOptions {
  /** Needed for `slug` and for relative addresses. */
  readonly base?: string | undefined
  readonly section: string
  /** All files together. */
  readonly maxBytes: number
}

const MAX_FILE_BYTES = 1024 * 1024

/**
 * Reads the `.md` files of a folder and the folders in it, in the order of their paths. Symbolic links are followed
 * only to what lies in the folder itself. Throws `SourceProblem` when there is no such file or the limit is reached.
 */
export async function* readMarkdown(folder: string, options: MarkdownOptions): AsyncGenerator<SourceEvent> {
  const names = await pagesIn(folder)
  if (names.length === 0) {
    const advice = 'Check the folder; every item is a file that ends with .md.'
    throw new SourceProblem('source-no-items', `The folder ${folder} has no Markdown files.`, advice)
  }
  const root = await realpath(folder)
  let bytes = 0
  for (const name of names) {
    const page = await readPage(root, name)
    bytes += page.bytes
    if (bytes > options.maxBytes) {
      const message = `The folder ${folder} holds more than the limit of ${sizeOf(options.maxBytes)}; ${shown(name)} and what follows was not read.`
      throw new SourceProblem('source-too-large', message, 'Check that it is the right folder, or raise the limit.')
    }
    for (const finding of page.findings) yield { kind: 'problem', finding }
    if (page.text === undefined) continue
    const { item, findings } = pageItem(name, page.text, options)
    for (const finding of findings) yield { kind: 'problem', finding }
    if (item) yield { kind: 'item', item }
  }
}

/** Paths relative to the folder, with `/`. Hidden files and folders and linked folders are not looked into. */
async function pagesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => path.endsWith('.md') && !/(?:^|\/)\./.test(path))
      .sort()
  } catch (error) {
    const message = `The folder ${folder} cannot be read: ${reasonOf(error)}.`
    throw new SourceProblem('source-unreachable', message, 'Check its permissions.', error)
  }
}

interface Page {
  /** Absent where the file could not be read. */
  readonly text?: string
  readonly bytes: number
  readonly findings: readonly Finding[]
}

async function readPage(root: string, name: string): Promise<Page> {
  try {
    const path = await realpath(join(root, name))
    if (!path.startsWith(root + sep)) {
      return unread(
        'file-outside',
        name,
        'it is a link to a file outside the folder',
        'Put the file itself into the folder.',
      )
    }
    const found = await stat(path)
    if (!found.isFile())
      return unread('file-unreadable', name, 'it is not a file', 'Put the file itself into the folder.')
    const { size } = found
    if (size > MAX_FILE_BYTES) {
      return unread(
        'item-too-long',
        name,
        `it is larger than ${sizeOf(MAX_FILE_BYTES)}`,
        'Split it into several items.',
      )
    }
    const findings: Finding[] = []
    const report = (finding: Finding): void => {
      findings.push({ ...finding, item: shown(name), message: `${shown(name)}: ${finding.message}` })
    }
    const parts: string[] = []
    for await (const piece of (await decode(once(await readFile(path)), report)).pieces) parts.push(piece)
    return { text: parts.join(''), bytes: size, findings }
  } catch (error) {
    return unread('file-unreadable', name, reasonOf(error), 'Check the file and its permissions.')
  }
}

async function* once<Value>(value: Value): AsyncGenerator<Value> {
  yield value
}

function unread(code: string, name: string, reason: string, advice: string): Page {
  const item = shown(name)
  const message = `${item} was left out: ${reason}.`
  return { bytes: 0, findings: [{ severity: 'error', code, item, message, advice }] }
}

function pageItem(path: string, text: string, { base, section }: MarkdownOptions): Checked {
  const name = shown(path)
  const page = parsePage(text)
  if (page.kind === 'faults') return { findings: page.faults.map((fault) => badFrontMatter(name, fault)) }
  if (page.front.draft) {
    const message = `${name} is a draft and was left out.`
    return { findings: [{ severity: 'note', code: 'draft', item: name, message }] }
  }
  if (base === undefined && page.front.url === undefined && page.front.slug !== undefined) {
    return { findings: [slugAlone(name, page.front.slug)] }
  }
  const folder = base === undefined || base.endsWith('/') ? base : `${base}/`
  const context = { place: name, file: name, base: folder, link: absoluteMarkdown }
  return itemFrom(draftFrom(page.front, page.body, section), context)
}

function draftFrom(front: FrontMatter, text: string, section: string): Draft {
  return {
    url: front.url ?? front.slug,
    section: cleanLine(front.section ?? '') || section,
    title: front.title,
    markup: true,
    summary: front.summary,
    body: { format: 'markdown', text },
    published: front.date,
    sources: front.sources.map((source) => (typeof source === 'string' ? { url: source } : source)),
    image: typeof front.image === 'string' ? { url: front.image } : front.image,
    authors: front.authors,
    tags: front.tags,
  }
}

function slugAlone(name: string, slug: string): Finding {
  return {
    severity: 'error',
    code: 'item-without-url',
    field: 'url',
    item: name,
    message: `${name} was left out: its slug ${quoted(slug)} needs the address of the publication (publication.url) to become an address.`,
    advice: 'Set publication.url in groundwire.config.ts, or give the item a url.',
  }
}

function badFrontMatter(name: string, { field, message }: { field: string; message: string }): Finding {
  const where = field === '' ? 'its front matter' : `the field ${field} of its front matter`
  return {
    severity: 'error',
    code: 'front-matter',
    item: name,
    ...(field === '' ? {} : { field }),
    message: `${name} was left out: ${where} is wrong: ${message}.`,
    advice: 'Correct it; the file is read again next time.',
  }
}
