import { basename, parse, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding } from '../domain/finding.ts'
import { sha256 } from '../domain/hash.ts'
import { cleanLine } from '../domain/text.ts'
import type { Ports, Source, SourceEvent, Validators } from '../ports.ts'
import { decode } from './decode.ts'
import { openInput } from './input.ts'
import type { Input } from './input.ts'
import { quoted, reasonOf, SourceProblem } from './problem.ts'
import { kindOf } from './sniff.ts'
import type { SourceKind } from './sniff.ts'

export type { SourceKind } from './sniff.ts'

export interface SourceSpec {
  /** An http(s) address, a file or a folder. */
  readonly location: string
  /** Found out from the first bytes unless given. */
  readonly kind?: SourceKind
  /** Default 64 MiB; for a folder, all its files together. */
  readonly maxBytes?: number
  /** Whole reading of an address. Default 30 s. */
  readonly timeoutMs?: number
  /**
   * Feeds only: a regular expression with one group, which finds primary sources in the HTML of an item that names
   * none. It is tried on the first 200,000 characters. It is the operator's own: one that backtracks without end
   * (`(a+)+$`) stops the reading for as long.
   */
  readonly sourcePattern?: string
  /** Section of items whose source names none. Default `news`. */
  readonly section?: string
  /** What relative addresses and the `slug` of Markdown files are relative to. */
  readonly baseUrl?: string
}

const MAX_BYTES = 64 * 1024 * 1024
const TIMEOUT_MS = 30_000
/** Raise it whenever the same bytes give other items than before, so that unchanged sources are read again. */
const FORMAT = 2

/**
 * Opens nothing yet. Reading yields items as they are complete, checks that no address comes twice, and turns whatever
 * is wrong with the content or the way to it into findings; it throws only when aborted.
 *
 * @throws {Error} at once if `sourcePattern` is not a regular expression with a group.
 */
export function openSource(spec: SourceSpec, ports: Pick<Ports, 'http'>): Source {
  const pattern = spec.sourcePattern === undefined ? undefined : compiled(spec.sourcePattern)
  const reader = readerOf(spec)
  return {
    id: spec.location,
    async *read(validators, signal) {
      const reports: Finding[] = []
      const limits = { maxBytes: spec.maxBytes ?? MAX_BYTES, timeoutMs: spec.timeoutMs ?? TIMEOUT_MS }
      try {
        const known = validators.reader === reader ? validators : {}
        const input = await openInput(spec.location, limits, ports.http, known, signal)
        if (input.kind === 'unchanged') {
          yield { kind: 'end', complete: true, unchanged: true, validators: input.validators }
          return
        }
        const events = eventsOf(spec, input, limits.maxBytes, pattern, reports)
        yield* withReports(titled(withoutRepeats(abortable(events, signal)), titleOf(spec.location, input)), reports)
        yield { kind: 'end', complete: true, unchanged: false, validators: validatorsOf(input, reader) }
      } catch (error) {
        signal?.throwIfAborted()
        if (!(error instanceof SourceProblem)) throw error
        for (const finding of reports.splice(0)) yield { kind: 'problem', finding }
        yield { kind: 'problem', finding: error.finding }
        yield { kind: 'end', complete: false, unchanged: false, validators }
      }
    },
  }
}

/** Each parser is loaded when a source needs it, and no other. */
async function* eventsOf(
  spec: SourceSpec,
  input: Exclude<Input, { kind: 'unchanged' }>,
  maxBytes: number,
  pattern: RegExp | undefined,
  reports: Finding[],
): AsyncGenerator<SourceEvent> {
  const section = spec.section ?? 'news'
  const base = spec.baseUrl
  if (input.kind === 'folder') {
    if (spec.kind !== undefined && spec.kind !== 'markdown') throw notOfKind(spec.location, 'a folder', spec.kind)
    const { readMarkdown } = await import('./markdown.ts')
    return yield* readMarkdown(input.path, { base, section, maxBytes })
  }
  if (spec.kind === 'markdown') throw notOfKind(spec.location, 'not a folder', spec.kind)
  const text = await decode(input.bytes, (finding) => reports.push(finding))
  try {
    const found = kindOf(text.head)
    if (found === 'html') throw htmlInstead(spec.location, text.head)
    const options = { base: base ?? input.url, section }
    yield* (spec.kind ?? found) === 'feed'
      ? (await import('./feed.ts')).readFeed(text.pieces, { ...options, pattern })
      : (await import('./llms-full.ts')).readLlmsFull(text.pieces, options)
  } finally {
    await text.close()
  }
}

/** `about` stays first: what was found while decoding waits until the first event is out. */
async function* withReports(events: AsyncIterable<SourceEvent>, reports: Finding[]): AsyncGenerator<SourceEvent> {
  for await (const event of events) {
    yield event
    for (const finding of reports.splice(0)) yield { kind: 'problem', finding }
  }
  for (const finding of reports.splice(0)) yield { kind: 'problem', finding }
}

async function* withoutRepeats(events: AsyncIterable<SourceEvent>): AsyncGenerator<SourceEvent> {
  const seen = new Set<string>()
  for await (const event of events) {
    const repeated = event.kind === 'item' && seen.has(event.item.url)
    yield repeated ? { kind: 'problem', finding: duplicate(event.item.url, event.item.title) } : event
    if (event.kind === 'item') seen.add(event.item.url)
  }
}

async function* abortable(events: AsyncIterable<SourceEvent>, signal?: AbortSignal): AsyncGenerator<SourceEvent> {
  for await (const event of events) {
    signal?.throwIfAborted()
    yield event
  }
}

/** A source that does not name itself is named after where it lies. */
async function* titled(events: AsyncIterable<SourceEvent>, title: string): AsyncGenerator<SourceEvent> {
  const known = title === '' ? {} : { title }
  let started = false
  for await (const event of events) {
    if (event.kind === 'about') yield { kind: 'about', about: { ...known, ...event.about } }
    else {
      if (!started) yield { kind: 'about', about: known }
      yield event
    }
    started = true
  }
}

/** The host of an address; the name of a folder, or of a file without its extension. */
function titleOf(location: string, input: Input): string {
  if (/^https?:/i.test(location)) return new URL(location).hostname
  const path = resolve(location.startsWith('file:') ? fileURLToPath(location) : location)
  return cleanLine(input.kind === 'folder' ? basename(path) : parse(path).name)
}

/** Tells configurations apart that make other items of the same bytes. */
function readerOf({ kind, sourcePattern, section, baseUrl }: SourceSpec): string {
  return sha256(JSON.stringify([FORMAT, kind, sourcePattern, section, baseUrl])).slice(0, 16)
}

/** Files and folders are read every time, so nothing need be remembered of them. */
function validatorsOf(input: Exclude<Input, { kind: 'unchanged' }>, reader: string): Validators {
  return input.kind === 'folder' || input.url === undefined ? {} : { ...input.validators, reader }
}

function compiled(pattern: string): RegExp {
  try {
    const groups = new RegExp(`${pattern}|`).exec('')?.length ?? 1
    if (groups > 1) return new RegExp(pattern, 'gu')
  } catch (error) {
    throw new Error(`sourcePattern ${quoted(pattern)} is not a regular expression: ${reasonOf(error)}.`, {
      cause: error,
    })
  }
  throw new Error(`sourcePattern ${quoted(pattern)} needs one group, around the address of the source.`)
}

function duplicate(item: string, title: string): Finding {
  return {
    severity: 'warning',
    code: 'duplicate-url',
    field: 'url',
    item,
    message: `${quoted(title)} has the address ${quoted(item)} of an earlier item; it was left out, the first was kept.`,
    advice: 'Give every item an address of its own.',
  }
}

function htmlInstead(location: string, head: string): SourceProblem {
  const title = /<title[^>]{0,200}>([^<]{1,300})/i.exec(head)?.[1]
  return new SourceProblem(
    'source-is-html',
    `The source ${location} is a web page${title === undefined ? '' : ` (${quoted(title)})`}, not a list of items.`,
    'Give the address of an llms-full.txt, an RSS, Atom or JSON feed, or a folder of Markdown files.',
  )
}

function notOfKind(location: string, what: string, kind: SourceKind): SourceProblem {
  return new SourceProblem(
    'source-kind',
    `The source ${location} is ${what}, and its kind is configured as ${kind}.`,
    'Correct the location or the kind; without a kind it is found out.',
  )
}
