import type { AmendInput, House, RenderContext } from '../channel.ts'
import type { AmendedItem } from '../domain/amendment.ts'
import type { Edition } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import { addDays, dayIn } from '../domain/time.ts'
import type { FrozenRendering, ItemQuery, Ports, StoredEdition, StoredItem } from '../ports.ts'
import { correctionsByItem, saidBefore, untold, withoutTold } from './amendments.ts'
import { check } from './check.ts'
import { compose, type ComposeSettings } from './compose.ts'
import { mayBeThere, mayLeave, postedOf } from './posted.ts'
import {
  nothingGathered,
  recentItems,
  render,
  renderAmendment,
  type ConfiguredChannel,
  type Gathered,
} from './render.ts'

/** How many days after its own an item may still be news: found by then it is late, later it comes from an archive. */
const LATE_DAYS = 7

export interface EditionPlan {
  readonly schedule: string
  readonly date: string
  readonly fromDay: string
  readonly plannedAt: Date
}

export interface MakeSettings {
  readonly compose: ComposeSettings
  readonly channels: readonly ConfiguredChannel[]
  /** Id of the source that the publication reads. */
  readonly source: string
  /** Sections whose dated items are news; undefined: all. */
  readonly newsSections?: readonly string[]
  /** How many of the latest items the feeds may carry. */
  readonly recent: number
  /** Asks the world what rendering must know; absent: nothing is asked. */
  readonly gather?: (edition: Edition) => Promise<Gathered>
}

export interface Made {
  readonly edition: Edition
  readonly findings: readonly Finding[]
  readonly renderings: readonly FrozenRendering[]
  /** All of its items are from before the first run: it may be looked at but does not leave by itself. */
  readonly beforeFirstRun: boolean
}

/**
 * Composes, checks and renders the edition of a day from what the store knows; changes nothing.
 * `edition` is undefined when there is nothing to send; the findings may say why.
 */
export async function make(
  { store }: Pick<Ports, 'store'>,
  planned: EditionPlan,
  house: House,
  settings: MakeSettings,
): Promise<Made | { readonly edition: undefined; readonly findings: readonly Finding[] }> {
  const candidates = await candidateItems(store, planned, house.publication.zone, settings)
  const undated = await store.items({ source: settings.source, states: ['undated'], sourced: true })
  const { edition, findings } = compose(
    {
      ...planned,
      items: candidates,
      source: settings.source,
      publication: house.publication,
      lessons: undated.map(({ item }) => item),
      amendments: await untold(store),
    },
    settings.compose,
  )
  if (!edition) return { edition, findings }
  const context = await renderContext(store, house, edition, settings)
  return {
    edition,
    findings: [...findings, ...check(edition)],
    renderings: await render(edition, settings.channels, context, await gathered(edition, settings)),
    beforeFirstRun: candidates.every(({ state }) => state === 'skipped'),
  }
}

/**
 * A kept draft again, as it was composed: the same items under the same name, or the same correction. Of earlier items it
 * tells only what no other edition has told since.
 */
export async function remake(
  { store }: Pick<Ports, 'store'>,
  { edition: kept, findings }: StoredEdition,
  house: House,
  settings: MakeSettings,
): Promise<Made> {
  const { channels } = settings
  const edition = await withoutTold(store, kept)
  const context = await renderContext(store, { ...house, publication: edition.publication }, edition, settings)
  const about = await gathered(edition, settings)
  const renderings = edition.amends
    ? await renderAmendment(edition, await amendInput(store, edition.amends, channels), channels, context, about)
    : await render(edition, channels, context, about)
  return { edition, findings, renderings, beforeFirstRun: false }
}

/** What channels must know to carry an amendment. */
async function amendInput(
  store: Ports['store'],
  amends: AmendedItem,
  channels: readonly ConfiguredChannel[],
): Promise<AmendInput> {
  const able = new Set(channels.flatMap(({ channel }) => (channel.amend ? [channel.id] : [])))
  const posted = await postedOf(store, amends.item.url, ({ channel }) => able.has(channel))
  // What is not there is deleted without harm.
  const isWanted = amends.amendment.kind === 'retraction' ? mayBeThere : mayLeave
  const standing = posted.filter(({ delivery }) => isWanted(delivery))
  return { ...amends, posted: standing, earlier: await saidBefore(store, standing, amends) }
}

async function gathered(edition: Edition, { gather }: MakeSettings): Promise<Gathered> {
  return (await gather?.(edition)) ?? nothingGathered
}

/**
 * News that no edition carries yet: of the days to cover, and of the week before what was first seen in the days after its own (it came
 * after its day's edition, or there was none). What is older than that when it is first seen comes from an archive.
 *
 * When the whole day lies before the first run its items are taken all the same, so that an editor can look at the
 * day; whoever asked must not send it.
 */
async function candidateItems(
  store: Ports['store'],
  planned: EditionPlan,
  zone: string,
  settings: Pick<MakeSettings, 'source' | 'newsSections'>,
): Promise<StoredItem[]> {
  const where = { ...newsOf(settings), toDay: planned.date }
  const open = await store.items({
    ...where,
    fromDay: addDays(planned.fromDay, -LATE_DAYS),
    states: ['new'],
    missing: false,
  })
  const isLive = ({ day, firstSeenAt }: StoredItem): boolean =>
    day !== undefined && (day >= planned.fromDay || dayIn(zone, new Date(firstSeenAt)) <= addDays(day, LATE_DAYS))
  const fresh = open.filter((item) => item.edition === undefined && isLive(item))
  if (open.some(({ day }) => day !== undefined && day >= planned.fromDay) || fresh.length > 0) return fresh
  return store.items({ ...where, fromDay: planned.fromDay, states: ['skipped'] })
}

/**
 * What channels may know. Feeds reach up to the newest day that an edition carries, so that looking back never shortens
 * them, and no further for what amends: the news of its day have an edition to come.
 */
async function renderContext(
  store: Ports['store'],
  house: House,
  edition: Edition,
  settings: Pick<MakeSettings, 'source' | 'newsSections' | 'recent'>,
): Promise<Omit<RenderContext, 'known' | 'pictures'>> {
  const news = newsOf(settings)
  const newest = (await store.items({ ...news, carried: true, limit: 1 }))[0]?.day ?? edition.date
  const toDay = newest > edition.date || edition.amends ? newest : edition.date
  const { amendment } = edition.amends ?? {}
  const recent = await store.items({
    ...news,
    states: ['new', 'skipped'],
    toDay,
    sourced: true,
    limit: settings.recent + 1,
  })
  const withdrawn = amendment?.kind === 'retraction' ? amendment.url : undefined
  const kept = recent.filter(({ item }) => item.url !== withdrawn).slice(0, settings.recent)
  return {
    house: { publication: house.publication, publicUrl: house.publicUrl },
    recent: recentItems(kept, house.publication.zone, await correctionsByItem(store, amendment)),
  }
}

function newsOf({ source, newsSections }: Pick<MakeSettings, 'source' | 'newsSections'>): ItemQuery {
  return { source, ...(newsSections && { sections: newsSections }) }
}
