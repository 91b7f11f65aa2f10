import { MAX_ITEM_LENGTH } from '../domain/llms-full.ts'

/** `lines`: as written. `collapsed`: captured with all white space folded to single spaces. */
export type Form = 'lines' | 'collapsed'

/**
 * What stands between two `---`: the head of the file, or one item with the section heading before it, if any.
 * `tooLong`: the item is longer than `MAX_ITEM_LENGTH`, only its beginning is here. `cutOff`: the source ended before
 * the item's closing `---`.
 */
export interface Block {
  readonly kind: 'head' | 'item' | 'tooLong' | 'cutOff'
  readonly form: Form
  readonly text: string
}

/** Of an item that is too long: enough to name it. */
const KEPT_LENGTH = 4_000
/** More than any separator with its look-ahead: how far a search goes back when more text has come. */
const OVERLAP = 500

const FIRST_ITEM = /(?:^|([\n ]))### /
const SECTION_BEFORE = /(?:^|\s)(## [^#\n]{1,300}?)\s{0,50}$/
// `---` after which an item begins, with or without a section heading; what follows is looked at, not taken.
const SEPARATORS = {
  lines: /\n---[ \t]{0,20}\n\s{0,50}(?=### |## [^\n]{1,300}\n\s{0,50}### |(?:Summary|URL): )/g,
  collapsed: / --- (?=### |## [^#]{1,300} ### |(?:Summary|URL): )/g,
} satisfies Record<Form, RegExp>
/** The closing `---` at the very end, or one with only the beginning of a next heading after it. */
const LAST = /(?:^|\s)---(?:\s+(?<begun>#{1,3}(?: [^\n#]{0,300})?))?$/

/** Cuts the text into its head and its items as it comes, holding one item at a time. */
export async function* blocksOf(pieces: AsyncIterable<string>): AsyncGenerator<Block> {
  let form: Form | undefined
  let text = ''
  let searchFrom = 0
  let dropping = false
  for await (const piece of pieces) {
    text += piece
    if (form === undefined) {
      const head = headOf(text)
      if (!head && text.length > MAX_ITEM_LENGTH) break
      if (!head) continue
      yield head
      form = head.form
      text = text.slice(head.text.length)
    }
    const separator = SEPARATORS[form]
    let start = 0
    separator.lastIndex = searchFrom
    for (let found = separator.exec(text); found; found = separator.exec(text)) {
      if (!dropping) yield { kind: 'item', form, text: text.slice(start, found.index) }
      dropping = false
      start = separator.lastIndex
    }
    text = text.slice(start)
    if (text.length > MAX_ITEM_LENGTH) {
      if (!dropping) yield { kind: 'tooLong', form, text: text.slice(0, KEPT_LENGTH) }
      dropping = true
      text = text.slice(-OVERLAP)
    }
    searchFrom = Math.max(0, text.length - OVERLAP)
  }
  if (form === undefined) yield { kind: 'head', form: 'lines', text }
  else if (!dropping) yield* lastBlocks(text.trim(), form)
}

/** Everything before the first item and its section heading; undefined while no item has begun. */
function headOf(text: string): Block | undefined {
  const first = FIRST_ITEM.exec(text)
  if (!first) return undefined
  const form = first[1] === ' ' ? 'collapsed' : 'lines'
  const tail = text.slice(Math.max(0, first.index - OVERLAP), first.index)
  const section = SECTION_BEFORE.exec(tail)?.[1]
  const end = section === undefined ? first.index : first.index - tail.length + tail.lastIndexOf(section)
  return { kind: 'head', form, text: text.slice(0, end) }
}

function* lastBlocks(text: string, form: Form): Generator<Block> {
  const tailStart = Math.max(0, text.length - OVERLAP)
  const last = LAST.exec(text.slice(tailStart))
  if (!last) {
    yield { kind: 'cutOff', form, text }
    return
  }
  yield { kind: 'item', form, text: text.slice(0, tailStart + last.index) }
  const begun = last.groups?.['begun']
  if (begun !== undefined) yield { kind: 'cutOff', form, text: begun }
}
