import * as z from 'zod'
import type { PublicHouse } from '../../../src/channel.ts'
import { type Edition, editionItems } from '../../../src/domain/edition.ts'
import type { Item } from '../../../src/domain/item.ts'
import { cleanLine, countGraphemes, utf8Bytes } from '../../../src/domain/text.ts'
import { within } from './fit.ts'
import { plainBody } from './plain-body.ts'
import { pathOf } from './publication.ts'

/** What becomes a `site.standard.document`; the record's key is derived from `seed` and `at` (see `standardKey`). */
export const documentSchema = z
  .object({
    seed: z.string(),
    at: z.iso.datetime(),
    /** Complete but for `site` and `bskyPostRef`. */
    record: z
      .looseObject({ $type: z.literal('site.standard.document'), path: z.string(), title: z.string() })
      .readonly(),
  })
  .readonly()
export type FrozenDocument = z.infer<typeof documentSchema>

/** Lexicon `site.standard.document`: maxGraphemes and maxLength (UTF-8 bytes). */
const TITLE = { graphemes: 500, bytes: 5000 }
const DESCRIPTION = { graphemes: 3000, bytes: 30_000 }
const TAG = { graphemes: 128, bytes: 1280 }
/** The lexicon has no limit for these. The text is for search and reading time; a record must stay far below a megabyte. */
const TEXT = { graphemes: 50_000, bytes: 100_000 }
const MAX_TAGS = 32

/**
 * The document that stands for an item or an edition. Bluesky takes title and description of the card from it, as long
 * as the publication's address and `path` make the card's address.
 *
 * @param at the instant from which the key is derived; also when it was published.
 * @returns undefined when its page does not lie under the publication's address, or it has no title.
 */
export function documentFor(
  about: Item | Edition,
  seed: string,
  at: string,
  house: PublicHouse,
): FrozenDocument | undefined {
  const { page, title, description, text, tags } = 'stories' in about ? ofEdition(about, house) : ofItem(about)
  const path = pathOf(page, house)
  const name = within(cleanLine(title), TITLE)
  if (path === undefined || name === '') return undefined
  const brief = within(cleanLine(description), DESCRIPTION)
  const textContent = within(text, TEXT)
  return {
    seed,
    at,
    record: {
      $type: 'site.standard.document',
      path,
      title: name,
      publishedAt: at,
      ...(brief && { description: brief }),
      ...(textContent && { textContent }),
      ...(tags.length > 0 && { tags }),
    },
  }
}

/**
 * The document of an item that was corrected: what the item now says, under the key and with the date of publication
 * that it had.
 *
 * @param updatedAt instant of the correction.
 */
export function correctedDocument(
  document: FrozenDocument,
  item: Item,
  updatedAt: string,
  house: PublicHouse,
): FrozenDocument {
  const { record } = documentFor(item, document.seed, document.at, house) ?? document
  return { ...document, record: { ...record, updatedAt } }
}

interface About {
  readonly page: string
  readonly title: string
  readonly description: string
  readonly text: string
  readonly tags: readonly string[]
}

function ofItem({ url, title, summary, body, tags }: Item): About {
  return { page: url, title, description: summary, text: plainBody(body) || cleanLine(summary), tags: cleanTags(tags) }
}

function ofEdition(edition: Edition, { publicUrl }: PublicHouse): About {
  const { id, subject, preheader, intro } = edition
  const items = editionItems(edition).map(({ title, summary }) => [title, summary].map(cleanLine).join('\n').trim())
  const text = [cleanLine(intro), ...items].filter((part) => part !== '').join('\n\n')
  return { page: `${publicUrl}/editions/${id}`, title: subject, description: preheader, text, tags: [] }
}

function cleanTags(tags: readonly string[]): string[] {
  const names = tags.map((tag) => cleanLine(tag).replace(/^#+/, '').trim())
  return [...new Set(names)].filter(mayBeTag).slice(0, MAX_TAGS)
}

/** A tag is not cut: it would be another. */
function mayBeTag(name: string): boolean {
  return name !== '' && utf8Bytes(name) <= TAG.bytes && countGraphemes(name) <= TAG.graphemes
}
