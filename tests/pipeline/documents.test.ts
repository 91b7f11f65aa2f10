import { beforeEach, describe, expect, it } from 'vitest'
import type { RenderContext } from '../../src/channel.ts'
import type { Edition } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { amend, type Amended } from '../../src/pipeline/amend.ts'
import { letGo } from '../../src/pipeline/let-go.ts'
import { run, type RunInput, type RunReport } from '../../src/pipeline/run.ts'
import type { FrozenRendering, Store } from '../../src/ports.ts'
import { fakeChannel, rendering } from '../fixtures/channel.ts'
import { testClock, type TestClock } from '../fixtures/clock.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, house, never, news, runInput, settingsFor } from './fixture.ts'

const tides = news('tides')
const bees = news('bees')
const ants = news('ants', '2026-06-30')

/** A file for each item, as it stands, rendered only when that is another one than before; and who publishes. */
async function perItem(edition: Edition, { house: { publication }, published }: RenderContext): Promise<Rendering[]> {
  const items = published.items.map(({ url, hash }) => ({ id: url.replace(/^.*\//, ''), basis: hash }))
  const list = { id: 'list', basis: [publication.name, ...items.map(({ id }) => id)].join(' ') }
  return [list, ...items]
    .filter(({ id, basis }) => published.standing.get(id) !== basis)
    .map(({ id, basis }) => rendering(id, `${id}@${edition.id}`, basis, { basis }))
}

const options = {
  document: true,
  renderings: perItem,
  amend: (_: unknown, edition: Edition, context: RenderContext) => perItem(edition, context),
}
let files: ReturnType<typeof fakeChannel>
let other: ReturnType<typeof fakeChannel>
let store: Store
let clock: TestClock

beforeEach(async () => {
  files = fakeChannel('files', options)
  other = fakeChannel('other', options)
  store = await testStore()
  clock = testClock()
})

function pass(date: string, items: readonly Item[], over: Partial<RunInput> = {}, through = store): Promise<RunReport> {
  clock.set(`${date}T05:00:00.000Z`)
  const input = runInput(fakeSource(...items), [files, other], { date, ...over })
  return run({ clock, store: through, log: testLog() }, input, () => undefined, never)
}

const retract = (item: Item, by = house): Promise<Amended> =>
  amend({ store, clock }, { kind: 'retraction', url: item.url, note: 'No.' }, by, settingsFor(files, other), false)

const idsOf = (renderings: readonly FrozenRendering[], channel = 'files'): string[] =>
  renderings.filter((one) => one.channel === channel).map(({ id }) => id)

/** The store in which something else is done, once, whenever an edition is about to be approved. */
function overtaking(first: () => Promise<unknown>): Store {
  let isDone = false
  return {
    ...store,
    async approve(freeze) {
      if (!isDone) {
        isDone = true
        await first()
      }
      return store.approve(freeze)
    },
  }
}

describe('documents', () => {
  it('are made again only when they are others, each channel’s by what stands of its own', async () => {
    other.next('reject', 'reject', 'reject')
    const first = await pass('2026-06-29', [tides, bees])
    expect(idsOf(first.renderings)).toEqual(['list', 'tides.html', 'bees.html'])
    expect(first.renderings.every(({ basis }) => basis !== undefined)).toBe(true)
    const second = await pass('2026-06-30', [ants, tides, bees])
    expect(idsOf(second.renderings)).toEqual(['list', 'ants.html'])
    expect(idsOf(second.renderings, 'other')).toEqual(['list', 'ants.html', 'tides.html', 'bees.html'])
    const retracted = await retract(tides)
    expect('renderings' in retracted && idsOf(retracted.renderings)).toEqual(['list'])
  })

  it('that are not made again are delivered no second time, and what is owed of them still leaves', async () => {
    files.next('send', 'later', 'later')
    await pass('2026-06-29', [tides, bees])
    await pass('2026-06-30', [ants, tides, bees])
    expect(Object.fromEntries(files.accepted)).toEqual({
      'files/ants.html@daily/2026-06-30': 1,
      'files/bees.html@daily/2026-06-29': 1,
      'files/list@daily/2026-06-29': 1,
      'files/list@daily/2026-06-30': 1,
      'files/tides.html@daily/2026-06-29': 1,
    })
  })

  it('do not bring back what was retracted while the edition was made', async () => {
    await pass('2026-06-29', [tides, bees])
    const through = overtaking(() => retract(tides))
    const { verdict } = await pass('2026-06-30', [ants, tides, bees], {}, through)
    expect(verdict).toBe('approved')
    const [list] = await store.renderings('daily/2026-06-30')
    expect(list?.content).toBe('The Morning Check ants.html bees.html')
  })

  it('nor while an editor let a draft go, and one that is taken meanwhile is told as taken', async () => {
    await pass('2026-06-29', [tides, bees])
    await pass('2026-06-30', [ants, tides, bees], { approval: 'editor' })
    const draft = await store.edition('daily/2026-06-30')
    if (!draft) throw new Error('no draft')
    const through = overtaking(() => retract(tides))
    const settings = settingsFor(files, other)
    expect((await letGo({ clock, store: through }, draft, house, settings)).done).toBe('approved')
    expect((await store.renderings('daily/2026-06-30'))[0]?.content).toBe('The Morning Check ants.html bees.html')
    const edition = { ...draft.edition, id: 'weekly/2026-06-30', schedule: 'weekly' }
    await store.keep(edition, 'draft', [], '')
    expect((await letGo({ clock, store }, { ...draft, edition }, house, settings)).done).toBe('taken')
  })

  it('nor while another item was retracted, for the second knows the first', async () => {
    await pass('2026-06-29', [tides, bees])
    const both = amend(
      { clock, store: overtaking(() => retract(tides)) },
      { kind: 'retraction', url: bees.url, note: 'No.' },
      house,
      settingsFor(files),
      false,
    )
    const made = await both
    expect('renderings' in made && made.renderings.map(({ content }) => content)).toEqual(['The Morning Check'])
  })

  it('speak with today’s name, also when an amendment speaks with that of the day', async () => {
    await pass('2026-06-29', [tides, bees])
    const renamed = { ...house, publication: { ...house.publication, name: 'The Evening Check' } }
    const retracted = await retract(tides, renamed)
    if (!('edition' in retracted)) throw new Error('nothing was made')
    expect(retracted.edition.publication.name).toBe('The Morning Check')
    expect(retracted.renderings[0]?.content).toBe('The Evening Check bees.html')
  })
})
