import type { AmendInput, House } from '../channel.ts'
import { nothingPublished } from '../channel/published.ts'
import type { AmendedItem } from '../domain/amendment.ts'
import type { Edition } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { FrozenRendering, Ports, StandingDocument, StoredEdition } from '../ports.ts'
import { saidBefore, untold, withoutTold } from './amendments.ts'
import { candidateItems, type NewsSettings } from './candidates.ts'
import { check } from './check.ts'
import { compose, type ComposeSettings } from './compose.ts'
import { mayBeThere, mayLeave, postedOf } from './posted.ts'
import { publishedFor } from './published.ts'
import {
  nothingGathered,
  render,
  renderAmendment,
  type ConfiguredChannel,
  type Gathered,
  type RenderInput,
} from './render.ts'

export interface EditionPlan {
  readonly schedule: string
  readonly date: string
  readonly fromDay: string
  readonly plannedAt: Date
}

export interface MakeSettings extends NewsSettings {
  readonly compose: ComposeSettings
  readonly channels: readonly ConfiguredChannel[]
  /** Asks the world what rendering must know; absent: nothing is asked. */
  readonly gather?: (edition: Edition) => Promise<Gathered>
}

export interface Made {
  readonly edition: Edition
  readonly findings: readonly Finding[]
  readonly renderings: readonly FrozenRendering[]
  /** By channel with documents, the token of what stood when it was made. */
  readonly seen: ReadonlyMap<string, string>
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
  const { seen, ...input } = await renderInput(store, house, edition, settings)
  return {
    edition,
    seen,
    findings: [...findings, ...check(edition)],
    renderings: await render(edition, settings.channels, input, await gathered(edition, settings)),
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
  const { seen, ...input } = await renderInput(store, house, edition, settings)
  const about = await gathered(edition, settings)
  const renderings = edition.amends
    ? await renderAmendment(edition, await amendInput(store, edition.amends, channels), channels, input, about)
    : await render(edition, channels, input, about)
  return { edition, findings, renderings, seen, beforeFirstRun: false }
}

/** What channels must know to carry an amendment. */
async function amendInput(
  store: Ports['store'],
  amends: AmendedItem,
  channels: readonly ConfiguredChannel[],
): Promise<AmendInput> {
  const able = new Set(channels.flatMap(({ channel }) => (channel.amend && !channel.document ? [channel.id] : [])))
  const posted = await postedOf(store, amends.item.url, ({ channel }) => able.has(channel))
  // What is not there is deleted without harm.
  const isWanted = amends.amendment.kind === 'retraction' ? mayBeThere : mayLeave
  const standing = posted.filter(({ delivery }) => isWanted(delivery))
  return { ...amends, posted: standing, earlier: await saidBefore(store, standing, amends) }
}

async function gathered(edition: Edition, { gather }: MakeSettings): Promise<Gathered> {
  return (await gather?.(edition)) ?? nothingGathered
}

/** For one channel after the other the same, but for what stands of it; read first, so that nothing overtakes it unseen. */
async function renderInput(
  store: Ports['store'],
  house: House,
  edition: Edition,
  settings: MakeSettings,
): Promise<RenderInput & Pick<Made, 'seen'>> {
  const channels = settings.channels.flatMap(({ channel }) => (channel.document ? [channel.id] : []))
  const standing = await Promise.all(channels.map(async (id) => [id, await store.standing(id)] as const))
  // An amendment speaks as whoever carried its item did; what it makes anew of other things is of today.
  const publication = edition.amends ? house.publication : edition.publication
  const { publicUrl } = house
  return {
    house: { publication: edition.publication, publicUrl },
    published: channels.length > 0 ? await publishedFor(store, edition, settings, publication.zone) : nothingPublished,
    documents: {
      house: { publication, publicUrl },
      bases: new Map(standing.map(([id, { documents }]) => [id, basesOf(documents)])),
    },
    seen: new Map(standing.map(([id, { token }]) => [id, token])),
  }
}

/** What cannot be relied on has '', which is the basis of nothing: its file is there, perhaps, and has to be made anew. */
function basesOf(documents: readonly StandingDocument[]): ReadonlyMap<string, string> {
  return new Map(documents.map(({ id, basis = '' }) => [id, basis]))
}
