import type { House } from '../channel.ts'
import type { Amendment, AmendmentKind } from '../domain/amendment.ts'
import { finalStates } from '../domain/delivery.ts'
import type { Edition } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import { sha256 } from '../domain/hash.ts'
import type { Item } from '../domain/item.ts'
import type { Publication } from '../domain/publication.ts'
import { cleanLine } from '../domain/text.ts'
import { dayIn } from '../domain/time.ts'
import type { FrozenRendering, Ports, StoredItem } from '../ports.ts'
import { approve } from './approve.ts'
import { remake, type MakeSettings } from './make.ts'
import { mayLeave, postedOf } from './posted.ts'
import { isShown } from './visible.ts'

/** An editor's word about an item that has left. `url` is canonical; `note` may be '' for a retraction. */
export interface AmendWords {
  readonly kind: AmendmentKind
  readonly url: string
  readonly note: string
}

/** What of an edition that carries the item has not left yet, and goes as it was frozen. */
export interface StillOwed {
  readonly edition: string
  readonly channel: string
  readonly count: number
}

/**
 * What came of it.
 * - `approved`: frozen and planned now; `planned`: the same, but only looked at.
 * - `said`: it was said before, in the edition `id`; nothing changed.
 * - `blocked`: something of it cannot leave, so that nothing does; nothing changed.
 * - `unknown`: no such item was ever read; `never-left`: no edition carries it or tells of it, and no document shows it;
 *   `missing`: its source no longer lists it, so that what it says now is not known; `withdrawn`: it was retracted, so
 *   that nothing is left to correct.
 */
export type Amended =
  | { readonly verdict: 'unknown' | 'never-left' | 'missing' | 'withdrawn' }
  | { readonly verdict: 'said'; readonly id: string }
  | {
      readonly verdict: 'approved' | 'planned' | 'blocked'
      readonly edition: Edition
      readonly renderings: readonly FrozenRendering[]
      readonly findings: readonly Finding[]
      readonly owed: readonly StillOwed[]
    }

/**
 * Puts an item right, or takes it back, in every channel that carries it: composes the edition that does so, renders it,
 * and lets it go. Delivers nothing itself. The same words twice are one amendment, also when two say them at once.
 *
 * @param settings of which `source` is the item's own.
 */
export async function amend(
  ports: Pick<Ports, 'clock' | 'store'>,
  words: AmendWords,
  house: House,
  settings: MakeSettings,
  dryRun: boolean,
): Promise<Amended> {
  const { store } = ports
  const [stored] = await store.items({ url: words.url, withdrawn: true, limit: 1 })
  if (!stored) return { verdict: 'unknown' }
  const said = await store.amendments({ url: words.url })
  const obstacle = await obstacleTo(store, words, stored, said)
  if (obstacle) return obstacle
  const publication =
    (await lastCarried(store, words.url)) ??
    ((await hasLeftAlone(store, stored, house, settings)) ? house.publication : undefined)
  if (!publication) return { verdict: 'never-left' }
  const edition = composeAmendment(words, stored.item, settings.source, publication, ports.clock.now())
  const findings = checkAmended(edition)
  const draft = { edition, findings, state: 'draft', reason: '' } as const
  const { renderings, seen } = await remake({ store }, draft, house, settings)
  const made = { edition, renderings, findings, owed: await stillOwed(store, words, settings) }
  if (isBlocked(findings, renderings)) return { verdict: 'blocked', ...made }
  if (dryRun) return { verdict: 'planned', ...made }
  const ids = said.map(({ id }) => id)
  if (await approve(ports, { ...made, seen }, settings.channels, ids)) return { verdict: 'approved', ...made }
  // Something else was said while this was made: it is made anew with that in mind.
  return amend(ports, words, house, settings, dryRun)
}

async function obstacleTo(
  store: Ports['store'],
  { kind, note }: AmendWords,
  { withdrawnAt, missingSince }: StoredItem,
  said: readonly Amendment[],
): Promise<Amended | undefined> {
  const before = said.filter((one) => one.kind === kind)
  const isSame = async (one: Amendment): Promise<boolean> =>
    one.note === note || (kind === 'retraction' && (await store.edition(one.id))?.state !== 'cancelled')
  for (const one of before) if (await isSame(one)) return { verdict: 'said', id: one.id }
  if (kind === 'retraction') return undefined
  if (withdrawnAt !== undefined) return { verdict: 'withdrawn' }
  return missingSince === undefined ? undefined : { verdict: 'missing' }
}

/**
 * Whether readers may have it though no edition carries it: lessons, what comes from an archive or from before the first
 * run. Documents show these, and digests their background.
 */
async function hasLeftAlone(
  store: Ports['store'],
  { item: { url }, withdrawnAt }: StoredItem,
  { publication }: House,
  settings: MakeSettings,
): Promise<boolean> {
  if (withdrawnAt !== undefined || (await store.mentions(url)).length > 0) return true
  return settings.channels.some(({ channel }) => channel.document) && isShown(store, url, settings, publication.zone)
}

/** Who spoke when the item left last with an edition; undefined when none carries it. */
async function lastCarried(store: Ports['store'], url: string): Promise<Publication | undefined> {
  const carrier = (await store.carriers(url)).at(-1)
  return carrier === undefined ? undefined : (await store.edition(carrier))?.edition.publication
}

const subjects: Readonly<Record<AmendmentKind, string>> = { correction: 'Correction', retraction: 'Withdrawn' }

/** The edition that carries it. Its id follows from the day, the item and the words alone. Pure. */
function composeAmendment(
  { kind, url, note }: AmendWords,
  item: Item,
  source: string,
  publication: Publication,
  now: Date,
): Edition {
  const date = dayIn(publication.zone, now)
  const id = `${kind}/${date}-${sha256(JSON.stringify([url, note])).slice(0, 8)}`
  const title = cleanLine(item.title)
  const at = now.toISOString()
  const [primary] = item.sources
  const amendment: Amendment = { id, kind, url, title, note, at, ...(primary && { source: primary }) }
  return {
    id,
    schedule: kind,
    date,
    plannedAt: at,
    source,
    publication,
    subject: `${subjects[kind]}: ${title}`,
    preheader: note,
    intro: '',
    stories: [],
    briefs: [],
    background: [],
    amends: { amendment, item },
  }
}

/** No item without its source, when it is told of again either; what is taken back needs none. */
function checkAmended({ amends }: Edition): Finding[] {
  if (!amends || amends.amendment.kind === 'retraction' || amends.item.sources.length > 0) return []
  return [
    {
      severity: 'error',
      code: 'no-source',
      item: amends.item.url,
      field: 'sources',
      message: `“${amends.amendment.title}” no longer names a primary source, so nothing about it leaves.`,
      advice: 'Add the source to the item where it is published, then correct it again.',
    },
  ]
}

/** Feeds name what is wrong with any of their items; only what keeps the amendment itself from leaving counts. */
function isBlocked(findings: readonly Finding[], renderings: readonly FrozenRendering[]): boolean {
  return findings.some(({ severity }) => severity === 'error') || renderings.some((rendering) => !rendering.mayLeave)
}

/**
 * What tells of the item and has not left: mails, threads and digests, and the posts that a correction follows. A feed
 * is left out, for a newer one overtakes it; so are the item's own posts when it is taken back, for they never leave.
 */
async function stillOwed(
  store: Ports['store'],
  { kind, url }: AmendWords,
  { channels }: MakeSettings,
): Promise<StillOwed[]> {
  const documents = new Set(channels.flatMap(({ channel }) => (channel.document ? [channel.id] : [])))
  const owed: StillOwed[] = []
  const mentions = (await store.mentions(url)).map(({ edition }) => edition)
  for (const edition of new Set([...(await store.carriers(url)), ...mentions])) {
    const shared = (await store.renderings(edition)).filter(({ item }) => item === undefined)
    const telling = new Set(shared.map(({ channel }) => channel).filter((channel) => !documents.has(channel)))
    for (const { channel, state, count } of await store.counts(edition))
      if (telling.has(channel) && !finalStates.includes(state)) add(owed, { edition, channel, count })
  }
  if (kind === 'retraction') return owed
  const posts = await postedOf(store, url, ({ item }) => item === url)
  for (const { edition, delivery } of posts)
    if (mayLeave(delivery) && !finalStates.includes(delivery.state) && !edition.amends)
      add(owed, { edition: edition.id, channel: delivery.channel, count: 1 })
  return owed
}

function add(owed: StillOwed[], more: StillOwed): void {
  const at = owed.findIndex(({ edition, channel }) => edition === more.edition && channel === more.channel)
  const known = owed[at]
  if (known) owed[at] = { ...known, count: known.count + more.count }
  else owed.push(more)
}
