import type { LedgerEntry } from '../../../src/domain/delivery.ts'

export interface Tag {
  readonly name: string
  readonly value: string
}

/** Letters, digits, `_` and `-`, at most so many (Resend, "Tags"). */
const LONGEST_TAG = 256

/**
 * What a webhook is told of a mail again: `edition` and `chunk` for people, `installation` and `delivery` to find the
 * row by.
 *
 * @param group the attempt group, the same for all mails of a call and for every replay of it.
 */
export function tagsOf(
  { edition, key }: Pick<LedgerEntry, 'edition' | 'key'>,
  group: string,
  installation: string,
): Tag[] {
  return [
    { name: 'installation', value: readable(installation) },
    { name: 'edition', value: readable(edition) },
    { name: 'chunk', value: readable(group) },
    { name: 'delivery', value: deliveryTag(key) },
  ]
}

/**
 * The delivery's key in base64url.
 *
 * @throws Error for a key of more than 192 bytes: a mail that no webhook can be matched to must not leave.
 */
function deliveryTag(key: string): string {
  const value = Buffer.from(key).toString('base64url')
  if (value.length > LONGEST_TAG) throw new Error(`The delivery key ${key} is too long for a tag.`)
  return value
}

function readable(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, LONGEST_TAG) || '-'
}
