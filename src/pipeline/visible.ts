import { editionItems, type Edition } from '../domain/edition.ts'
import type { EditionSummary, ItemLine, Ports } from '../ports.ts'
import { isArchiveFind, type NewsSettings } from './candidates.ts'
import { publicDigests } from './public-editions.ts'

/** More than an editor ever stops, and more than wait for one. */
const STOPPED_EDITIONS = 1000

/**
 * With that edition alone through which readers have the item, or will once `rendered` has left: what an edition that
 * never left was to carry, none does.
 */
export async function withCarriers(
  store: Ports['store'],
  lines: readonly ItemLine[],
  digests: readonly Pick<EditionSummary, 'id'>[],
  rendered?: Edition,
): Promise<ItemLine[]> {
  const known = new Set(digests.map(({ id }) => id))
  const own = new Set(rendered ? editionItems(rendered).map(({ url }) => url) : [])
  const found: ItemLine[] = []
  for (const line of lines) {
    const { edition: first, ...item } = line
    if (rendered && own.has(line.url) && (first === undefined || !known.has(first)))
      found.push({ ...item, edition: rendered.id })
    else if (first === undefined || known.has(first)) found.push(line)
    else {
      const edition = (await store.carriers(line.url)).find((id) => known.has(id))
      found.push(edition === undefined ? item : { ...item, edition })
    }
  }
  return found
}

interface Visibility {
  /** Public ones, the newest first. */
  readonly digests: readonly EditionSummary[]
  /** Day of the newest digest, the one that is rendered included; with it, looking back takes nothing away. */
  readonly newest: string
  readonly newsSections?: readonly string[] | undefined
  readonly zone: string
}

/**
 * What readers may see: what an edition carries, and what is no news from its day on. News leave no feed before they
 * were in an edition, however much time goes by, unless they came from an archive.
 *
 * @param lines as `withCarriers` gives them.
 */
export async function visibleOf(
  store: Ports['store'],
  lines: readonly ItemLine[],
  { digests, newest, newsSections, zone }: Visibility,
): Promise<ItemLine[]> {
  const isPlain = ({ day, edition, state, section }: ItemLine): boolean => {
    if (edition !== undefined || day === undefined) return true
    const isNews = state === 'new' && (newsSections?.includes(section) ?? true)
    return !isNews && day <= newest
  }
  // What was found after a long silence is late, too, but the edition that makes up for it waits for it.
  const isMadeUpFor = ({ day = '', firstSeenAt }: ItemLine): boolean =>
    !digests.some(({ date, approvedAt }) => date >= day && (approvedAt ?? '') <= firstSeenAt)
  const isLate = (line: ItemLine): boolean => (line.day ?? '') <= newest && isArchiveFind(line, zone)
  const found = lines.filter((line) => !isPlain(line) && isLate(line))
  const stopped = found.some(isMadeUpFor) ? await keptBack(store, digests) : new Set()
  const finds = new Set(found.filter((line) => !stopped.has(line.url) || !isMadeUpFor(line)))
  return lines.filter((line) => isPlain(line) || finds.has(line))
}

/** Items of editions of which nothing left: drafts, and what an editor stopped before. */
async function keptBack(
  store: Ports['store'],
  digests: readonly Pick<EditionSummary, 'id'>[],
): Promise<ReadonlySet<string>> {
  const known = new Set(digests.map(({ id }) => id))
  const stopped = (await store.editions(STOPPED_EDITIONS, ['draft', 'held', 'cancelled'])).filter(
    ({ id }) => !known.has(id),
  )
  const editions = await Promise.all(stopped.map(({ id }) => store.edition(id)))
  return new Set(editions.flatMap((stored) => (stored ? editionItems(stored.edition).map(({ url }) => url) : [])))
}

/** Whether documents show an item at this moment: there are none before the first digest. */
export async function isShown(
  store: Ports['store'],
  url: string,
  { source, newsSections }: NewsSettings,
  zone: string,
): Promise<boolean> {
  const digests = await publicDigests(store)
  const newest = digests[0]?.date
  if (newest === undefined) return false
  const lines = await withCarriers(store, await store.lines({ source, sourced: true, url }), digests)
  return (await visibleOf(store, lines, { digests, newest, newsSections, zone })).length > 0
}
