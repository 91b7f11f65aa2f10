import { maskAddresses } from '../domain/redact.ts'
import { maskAddress } from '../domain/subscriber.ts'
import { cleanLine } from '../domain/text.ts'

const LONGEST_WORD = 40
const LONGEST_ADDRESS = 60

const NONE: ReadonlySet<string> = new Set()

/**
 * What others wrote, as it may be shown: on one line, so that it cannot forge one of its own, and without addresses.
 *
 * @param accounts names that look like addresses and are none, in lower case.
 */
export function shownText(text: string, accounts: ReadonlySet<string> = NONE): string {
  return maskAddresses(cleanLine(text), accounts)
}

/** The beginning of what stands where a word of ours should; in the wrong place may be an address. */
export function shownWord(text: string): string {
  const line = cleanLine(text)
  return line.includes('@') || maskAddresses(line) !== line ? shownAddress(line) : line.slice(0, LONGEST_WORD)
}

/** Enough of what stands where an address should to find it again, and of an address too little to write to it. */
export function shownAddress(text: string): string {
  return text.includes('@') ? (maskAddress(text).split(/\s/)[0] ?? '').slice(0, LONGEST_ADDRESS) : '…'
}
