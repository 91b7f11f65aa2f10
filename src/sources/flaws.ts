import type { Body } from '../domain/item.ts'
import { CODE } from './markdown-links.ts'

const REPLACEMENT = '\uFFFD'

// What `cleanLine` removes, beside white space.
const REMOVED: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['control characters', /[\p{Cc}--[\t\n\r]]/v],
  ['controls of writing direction', /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/],
  ['halves of surrogate pairs', /\p{Cs}/u],
  ['code points that are no characters', /\p{Noncharacter_Code_Point}/u],
  ['placeholders (U+FFFC, U+FFFD)', /[\uFFFC\uFFFD]/],
]
const ANY_REMOVED =
  /[[\p{Cc}--[\t\n\r]]\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069\p{Cs}\p{Noncharacter_Code_Point}\uFFFC\uFFFD]/v

const ACTIVE_ELEMENT = /<(script|style|iframe|object|embed|form)(?=[\s/>])/i
const ACTIVE_ATTRIBUTE = /<[a-z][^<>]{0,2000}[\s"'/](on[a-z]{3,30})\s{0,5}=/i
const EVERY_CODE = new RegExp(CODE.source, 'g')

/** In words, the kinds of characters that cleaning takes out of a line; folded white space is none. */
export function removedFrom(text: string): readonly string[] {
  if (!ANY_REMOVED.test(text)) return []
  return REMOVED.flatMap(([kind, pattern]) => (pattern.test(text) ? [kind] : []))
}

/** Whether characters were lost before we saw the text: a decoder, ours or an earlier one, wrote U+FFFD for them. */
export function isDamaged(text: string): boolean {
  return text.includes(REPLACEMENT)
}

/** Damaged text with `?` where characters were lost, for showing it. */
export function withLosses(text: string): string {
  return text.replaceAll(REPLACEMENT, '?')
}

/**
 * The first thing in a body that a program could run or that sends what a reader types: `<script>`, `onclick`; code in
 * Markdown is only shown, so it does not count. `undone` are the addresses of links that were undone.
 */
export function activeContent({ format, text }: Body, undone: readonly string[]): string | undefined {
  const first = text.includes('<') ? activeIn(text) : undefined
  const found = first !== undefined && format === 'markdown' ? activeIn(text.replace(EVERY_CODE, '')) : first
  if (found !== undefined) return found
  return undone.some((target) => /^\s{0,50}javascript:/i.test(target)) ? 'a javascript: link' : undefined
}

function activeIn(text: string): string | undefined {
  const element = ACTIVE_ELEMENT.exec(text)?.[1]
  return element === undefined ? ACTIVE_ATTRIBUTE.exec(text)?.[1]?.toLowerCase() : `<${element.toLowerCase()}>`
}
