import { beforeEach, describe, expect, it } from 'vitest'
import type { Published } from '../../src/channel/published.ts'
import { contentHash, type Item } from '../../src/domain/item.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { publishedFor } from '../../src/pipeline/published.ts'
import { saidSince } from '../../src/pipeline/said.ts'
import type { Reading, Store } from '../../src/ports.ts'
import { sampleAmendment, sampleEdition } from '../fixtures/edition.ts'
import { testStore } from '../fixtures/store.ts'
import { freezeOf, postNamed, renderingOf, requestBy } from '../contracts/store/fixtures.ts'
import { lesson, news, zone } from './fixture.ts'

const FIRST = '2026-06-20T04:00:00.000Z'
const LATER = '2026-06-29T04:00:00.000Z'

let store: Store

beforeEach(async () => {
  store = await testStore()
})

/** The items in the order of the source, the first in front. */
async function read(items: readonly Item[], at = FIRST, firstDay = '2026-01-01', complete = true): Promise<void> {
  const told = items.map((item, place): Reading['items'][number] => {
    const day = item.published?.slice(0, 10)
    return {
      item,
      hash: contentHash(item),
      state: day === undefined ? 'undated' : 'new',
      ...(day !== undefined && { day }),
      position: items.length - place,
    }
  })
  const reading = { source: 'memory', at, validators: {}, about: {}, findings: [], items: told, complete }
  await store.record(reading, firstDay)
}

function digest(date: string, ...stories: Item[]): Edition {
  return {
    ...sampleEdition({ stories: 0, briefs: 0, background: 0 }),
    id: `daily/${date}`,
    date,
    plannedAt: `${date}T05:00:00.000Z`,
    stories,
  }
}

async function approve(edition: Edition, at = `${edition.date}T05:00:00.000Z`): Promise<void> {
  const said = (await store.amendments({})).map(({ id }) => id)
  const freeze = { edition, findings: [], at, renderings: [], deliveries: [], mailings: [], documents: [], said }
  if (!(await store.approve(freeze))) throw new Error(`${edition.id} was not approved`)
}

/** An edition of two posts, of which the first has left. */
async function begin(edition: Edition): Promise<void> {
  const posts = ['1', '2'].map((id) => postNamed(`${edition.id}/${id}`, { edition: edition.id }))
  const at = `${edition.date}T05:00:00.000Z`
  await store.approve(freezeOf(posts, { edition, at, renderings: [renderingOf('posts', 'post')] }))
  const claim = await store.claim(requestBy('w', { now: new Date(at), staleBefore: new Date(FIRST) }))
  const sent = new Map([[claim?.deliveries[0]?.key ?? '', { kind: 'sent', remoteId: '1' }] as const])
  await store.settle('w', sent, new Date(at))
}

function amending(kind: 'correction' | 'retraction', item: Item, name: string, at: string): Edition {
  const id = `${kind}/${at.slice(0, 10)}-${name}`
  const amendment = sampleAmendment({ id, kind, url: item.url, title: item.title, note: `What ${name} says.`, at })
  return { ...digest(at.slice(0, 10)), id, schedule: kind, amends: { amendment, item } }
}

const forEdition = (edition: Edition, newsSections?: readonly string[]): Promise<Published> =>
  publishedFor(store, edition, { source: 'memory', ...(newsSections && { newsSections }) }, zone)

const named = ({ items }: Published): string[] => items.map(({ url }) => url.replace(/^.*\/(.*)\.html$/, '$1'))
const hashes = ({ items }: Published): string[] => items.map(({ hash }) => hash)

describe('items', () => {
  it('are those of all sections with a source, the newest day first, the undated last', async () => {
    await read([
      news('a', '2026-06-10'),
      news('b', '2026-06-10', { section: 'events' }),
      news('c', '2026-06-12'),
      news('bare', '2026-06-12', { sources: [] }),
      lesson('old'),
    ])
    await read([lesson('new'), lesson('newer')], LATER)
    const all = ['c', 'a', 'b', 'new', 'newer', 'old']
    expect(named(await forEdition(digest('2026-06-29'), ['news']))).toEqual(all)
  })

  it('are no news before an edition carries them, however much time goes by, but what comes from an archive', async () => {
    const [carried, own, open] = [news('carried', '2026-06-28'), news('own', '2026-06-29'), news('open', '2026-06-22')]
    await read([own, carried, open])
    await read([news('old', '2026-06-21'), news('late', '2026-06-22')], LATER)
    await approve(digest('2026-06-28', carried))
    expect(named(await forEdition(digest('2026-06-29', own)))).toEqual(['own', 'carried', 'old'])
    await approve(digest('2026-06-29', own))
    expect(named(await forEdition(digest('2026-08-30')))).toEqual(['own', 'carried', 'old'])
    expect(named(await forEdition(digest('2026-06-28')))).toEqual(['own', 'carried', 'old'])
  })

  it('that were found after a long silence wait for the edition that makes up for it, also when it is stopped', async () => {
    const [before, silent, archived] = [
      news('before', '2026-06-10'),
      news('silent', '2026-06-12'),
      news('archived', '2026-06-09'),
    ]
    await read([before])
    await approve(digest('2026-06-10', before))
    await read([silent, before, archived], LATER)
    await store.keep(digest('2026-06-29', silent, archived), 'draft', [], '')
    const correction = amending('correction', before, 'x', '2026-06-29T09:00:00.000Z')
    const shown = ['before', 'archived']
    expect(named(await forEdition(correction))).toEqual(shown)
    await store.cancel('daily/2026-06-29', 'not this', new Date(LATER))
    expect(named(await forEdition(correction))).toEqual(shown)
    expect(named(await forEdition(digest('2026-06-29', silent)))).toEqual(['silent', ...shown])
  })

  it('are none of days that no edition has come to yet, however late they were found', async () => {
    const [first, next] = [news('first', '2026-05-10'), news('next', '2026-05-11')]
    await read([next, first])
    expect(named(await forEdition(digest('2026-05-10', first)))).toEqual(['first'])
  })

  it('of an edition that is stopped stay when some of it had left, and are not there when nothing had', async () => {
    const [left, kept, other] = [news('left', '2026-06-27'), news('kept', '2026-06-28'), news('other', '2026-06-29')]
    await read([other, kept, left])
    await begin(digest('2026-06-27', left))
    await approve(digest('2026-06-28', kept))
    const shown = async (): Promise<string[]> => {
      const now = await forEdition(digest('2026-06-29', other))
      return [...named(now), ...now.editions.map(({ id }) => id)]
    }
    for (const stop of ['hold', 'cancel'] as const) {
      for (const id of ['daily/2026-06-27', 'daily/2026-06-28']) await store[stop](id, 'a doubt', new Date(LATER))
      expect(await shown()).toEqual(['other', 'left', 'daily/2026-06-29', 'daily/2026-06-27'])
    }
  })

  it('were history or from an archive before an edition was to carry them, and stay so when it never leaves', async () => {
    const [skipped, found] = [news('skipped', '2026-06-05'), news('found', '2026-06-04')]
    await read([skipped], FIRST, '2026-06-20')
    await read([found, skipped], LATER)
    await approve(digest('2026-06-05', skipped, found))
    await store.cancel('daily/2026-06-05', 'a slip', new Date(LATER))
    expect(named(await forEdition(digest('2026-06-29')))).toEqual(['skipped', 'found'])
  })

  it('of what is no news are there from their day on, and what was skipped is', async () => {
    await read([
      news('fair', '2026-06-29', { section: 'events' }),
      news('tomorrow', '2026-06-30', { section: 'events' }),
    ])
    expect(named(await forEdition(digest('2026-06-29'), ['news']))).toEqual(['fair'])
    store = await testStore()
    await read([news('skipped', '2026-06-29')], FIRST, '2026-06-30')
    expect(named(await forEdition(digest('2026-06-29')))).toEqual(['skipped'])
  })

  it('stay when an earlier day is looked at, or an amendment is made on a day that has no edition yet', async () => {
    const [a, b, next] = [news('a', '2026-06-28'), news('b', '2026-06-29'), news('next', '2026-06-30')]
    const fair = news('fair', '2026-06-29', { section: 'events' })
    await read([next, b, fair, a])
    await approve(digest('2026-06-28', a))
    await approve(digest('2026-06-29', b))
    const all = ['b', 'fair', 'a']
    expect(named(await forEdition(digest('2026-06-27'), ['news']))).toEqual(all)
    expect(named(await forEdition(amending('correction', a, 'x', '2026-06-30T09:00:00.000Z'), ['news']))).toEqual(all)
  })

  it('are not what was taken back, nor what is being taken back now', async () => {
    const [a, b, c] = [news('a', '2026-06-28'), news('b', '2026-06-28'), news('c', '2026-06-28')]
    await read([a, b, c])
    await approve(digest('2026-06-28', a, b, c))
    await approve(amending('retraction', a, 'x', '2026-06-29T09:00:00.000Z'))
    const now = await forEdition(amending('retraction', b, 'y', '2026-06-29T10:00:00.000Z'))
    expect(named(now)).toEqual(['c'])
    expect(await now.itemsOf([a.url, b.url])).toEqual([])
  })

  it('appear on the day of the edition that carries them, else on their own, undated when they were first seen', async () => {
    const [evening, own] = [news('evening', '2026-06-30'), news('own', '2026-06-30T23:00:00.000Z')]
    await read([evening, own, news('archive', '2026-05-31'), news('alone', '2026-05-31', { section: 'events' })])
    await read([lesson('midnight'), news('found late', '2026-04-10')], '2026-06-30T22:30:00.000Z')
    await approve(digest('2026-07-01', evening))
    const { items } = await forEdition(digest('2026-07-02', own), ['news'])
    expect(items.map(({ day, month }) => `${day} ${month}`)).toEqual([
      '2026-07-01 2026-07',
      '2026-07-02 2026-07',
      '2026-05-31 2026-05',
      '2026-05-31 2026-05',
      // Into the archive of the month in which it was found: that of April is over.
      '2026-04-10 2026-07',
      '2026-07-01 2026-07',
    ])
  })

  it('that were announced before their day enter the month in which they could first be seen', async () => {
    const fair = news('fair', '2026-06-29', { section: 'events' })
    await read([fair])
    await approve(digest('2026-06-28'))
    const month = async (edition: Edition): Promise<string | undefined> =>
      (await forEdition(edition, ['news'])).items.find(({ url }) => url === fair.url)?.month
    expect(await month(digest('2026-06-30'))).toBe('2026-06')
    expect(await month(digest('2026-07-01'))).toBe('2026-07')
    await approve(digest('2026-07-01'))
    // Let go later, though of an earlier day.
    await approve(digest('2026-06-30'), '2026-07-01T09:00:00.000Z')
    expect(await month(digest('2026-07-02'))).toBe('2026-07')
  })

  it('that were there from the start fill the months before, but none that was over when they could first be seen', async () => {
    const [old, fair] = [news('old', '2026-05-10'), news('fair', '2026-06-25', { section: 'events' })]
    await read([fair, old], '2026-06-30T04:00:00.000Z', '2026-06-20')
    await approve(digest('2026-06-20'))
    await approve(digest('2026-07-01'))
    const { items } = await forEdition(digest('2026-07-02'), ['news'])
    expect(items.map(({ url, month }) => [url, month])).toEqual([
      [fair.url, '2026-07'],
      [old.url, '2026-05'],
    ])
  })

  it('are backlog until their source was once read to its end', async () => {
    await read([lesson('one'), lesson('two')], FIRST, '2026-01-01', false)
    const backlog = async (): Promise<string[]> => {
      const { items } = await forEdition(digest('2026-06-29'))
      return items.filter(({ isBacklog }) => isBacklog).map(({ url }) => url)
    }
    expect(await backlog()).toHaveLength(2)
    await read([lesson('three')], '2026-06-21T04:00:00.000Z')
    await read([lesson('four')], LATER)
    const names = ['three', 'one', 'two'].map((name) => lesson(name).url)
    expect(new Set(await backlog())).toEqual(new Set(names))
  })

  it('are backlog when they are undated and were there at the first reading, whatever came of the others', async () => {
    await read([news('a', '2026-06-20'), lesson('old')])
    await read([lesson('new')], LATER)
    const { items } = await forEdition(digest('2026-06-20', news('a', '2026-06-20')))
    expect(items.map(({ isBacklog }) => isBacklog)).toEqual([false, false, true])
    store = await testStore()
    await read([news('held back', '2026-06-29')])
    await read([lesson('new')], LATER)
    expect((await forEdition(digest('2026-06-29'))).items.map(({ isBacklog }) => isBacklog)).toEqual([false])
  })

  it('have another hash when they changed or were corrected, and no other when nothing about them did', async () => {
    const [a, b] = [news('a', '2026-06-28'), news('b', '2026-06-28')]
    await read([b, a])
    const before = hashes(await forEdition(digest('2026-06-28', b, a)))
    await approve(digest('2026-06-28', b, a))
    expect(hashes(await forEdition(digest('2026-06-29')))).toEqual(before)
    await read([b, news('a', '2026-06-28', { title: 'Another' })], LATER)
    const changed = hashes(await forEdition(digest('2026-06-29')))
    expect([changed[0] === before[0], changed[1] === before[1]]).toEqual([true, false])
    const correction = amending('correction', b, 'x', '2026-06-29T09:00:00.000Z')
    const now = await forEdition(correction)
    expect([hashes(now)[0] === before[0], hashes(now)[1] === changed[1]]).toEqual([false, true])
    expect(now.items[0]?.correctedAt).toBe('2026-06-29T09:00:00.000Z')
    await approve(correction)
    expect(hashes(await forEdition(digest('2026-06-30')))).toEqual(hashes(now))
    await store.hold(correction.id, 'is it so?')
    expect(hashes(await forEdition(digest('2026-06-30')))).toEqual(changed)
  })

  it('come whole, with their corrections, in the order asked for', async () => {
    const [a, b] = [news('a', '2026-06-28'), news('b', '2026-06-28')]
    await read([b, a, lesson('c')])
    await approve(digest('2026-06-28', b, a))
    const correction = amending('correction', b, 'x', '2026-06-29T09:00:00.000Z')
    const published = await forEdition(correction)
    const [first, second, third, ...others] = await published.itemsOf([
      lesson('c').url,
      b.url,
      'https://no.example/',
      a.url,
    ])
    expect([first?.item, second?.item, third?.item, others]).toEqual([lesson('c'), b, a, []])
    expect(second?.corrections).toEqual([correction.amends?.amendment])
    // Undated: an hour into the day on which it was first seen, in Berlin, and a time of its own.
    expect(first?.published).toBe('2026-06-19T23:21:21.701Z')
  })

  it('that changed in one reading have instants of their own, which follow from their addresses', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `n${at}`)
    await read(names.map((name) => news(name, '2026-06-10')))
    await read(
      names.map((name) => news(name, '2026-06-10', { title: 'Changed' })),
      LATER,
    )
    const published = await forEdition(digest('2026-06-29'))
    const updated = (await published.itemsOf(published.items.map(({ url }) => url))).map((one) => one.updated)
    expect(new Set(updated).size).toBeGreaterThan(36)
    expect(updated.every((at) => at.startsWith('2026-06-29T04:00:00.'))).toBe(true)
    const [alone] = await published.itemsOf([news('n7').url])
    expect(updated).toContain(alone?.updated)
  })
})

describe('editions', () => {
  const [a, b] = [news('a', '2026-06-27'), news('b', '2026-06-28')]

  beforeEach(() => read([b, a]))

  it('are the digests that were let go and the one under way, the newest first, and no amendments', async () => {
    await approve(digest('2026-06-27', a))
    await approve(digest('2026-06-28', b))
    await approve(digest('2026-06-26'))
    await store.cancel('daily/2026-06-26', 'no', new Date(LATER))
    await store.keep(digest('2026-06-30'), 'draft', [], '')
    const correction = amending('correction', a, 'x', '2026-06-29T09:00:00.000Z')
    await approve(correction)
    const dates = async (edition: Edition): Promise<string[]> =>
      (await forEdition(edition)).editions.map(({ date }) => date)
    expect(await dates(digest('2026-06-29'))).toEqual(['2026-06-29', '2026-06-28', '2026-06-27'])
    expect(await dates(digest('2026-06-25'))).toEqual(['2026-06-28', '2026-06-27', '2026-06-25'])
    expect(await dates(amending('correction', b, 'y', '2026-06-29T10:00:00.000Z'))).toEqual([
      '2026-06-28',
      '2026-06-27',
    ])
  })

  it('have another hash only when something of theirs was put right or taken back, from the amendment itself on', async () => {
    await approve(digest('2026-06-27', a))
    const made = await forEdition(digest('2026-06-28', b))
    await approve(digest('2026-06-28', b))
    const before = (await forEdition(digest('2026-06-29'))).editions.slice(1)
    expect(before).toEqual(made.editions)
    const retraction = amending('retraction', a, 'x', '2026-06-29T09:00:00.000Z')
    const now = (await forEdition(retraction)).editions
    expect(now.map(({ hash }, at) => hash === before[at]?.hash)).toEqual([true, false])
    await approve(retraction)
    expect((await forEdition(digest('2026-06-29'))).editions.slice(1)).toEqual(now)
  })

  it('come whole, the one under way too, with what was said since, the latest first', async () => {
    await approve(digest('2026-06-27', a))
    const first = amending('correction', a, 'x', '2026-06-28T09:00:00.000Z')
    await approve(first)
    const under = digest('2026-06-29', b)
    const published = await forEdition(under)
    const past = await published.editionsOf(['daily/2026-06-29', 'daily/none', first.id, 'daily/2026-06-27'])
    expect(past.map(({ edition }) => edition)).toEqual([under, digest('2026-06-27', a)])
    const second = amending('retraction', a, 'y', '2026-06-29T09:00:00.000Z')
    const [told] = await (await forEdition(second)).editionsOf(['daily/2026-06-27'])
    expect(told?.amendments).toEqual([second.amends?.amendment, first.amends?.amendment])
  })

  it('know what was said since of their background, and what was taken back of what they told was put right', async () => {
    const basics = lesson('basics')
    await read([b, a, basics])
    await approve(digest('2026-06-27', a))
    const first = amending('correction', a, 'first', '2026-06-27T09:00:00.000Z')
    await approve(first)
    const told = first.amends ? [first.amends.amendment] : []
    const under: Edition = { ...digest('2026-06-28', b), background: [basics], amendments: told }
    const made = (await forEdition(under)).editions
    await approve(under)
    const hashOf = async (edition: Edition): Promise<string | undefined> =>
      (await forEdition(edition)).editions.find(({ id }) => id === under.id)?.hash
    expect(await hashOf(digest('2026-06-29'))).toBe(made[0]?.hash)
    const again = amending('correction', a, 'again', '2026-06-28T09:00:00.000Z')
    expect(await hashOf(again)).toBe(made[0]?.hash)
    const since = [
      amending('correction', basics, 'x', '2026-06-28T10:00:00.000Z'),
      amending('retraction', a, 'y', LATER),
    ]
    for (const amendment of since) {
      const before = await hashOf(digest('2026-06-29'))
      expect(await hashOf(amendment)).not.toBe(before)
      await approve(amendment)
    }
    const [past] = await (await forEdition(digest('2026-06-30'))).editionsOf([under.id])
    const ids = ['retraction/2026-06-29-y', 'correction/2026-06-28-x']
    expect(past?.amendments.map(({ id }) => id)).toEqual(ids)
    expect((await saidSince(store, under)).map(({ id }) => id)).toEqual(ids)
  })
})
