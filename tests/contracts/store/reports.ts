import { expect, test } from 'vitest'
import { reportKinds, type Report } from '../../../src/domain/report.ts'
import type { ReportRules, Settlement, Store } from '../../../src/ports.ts'
import { seeded } from '../../fixtures/random.ts'
import {
  editionOf,
  freezeOf,
  mailingOf,
  minutesAfterNoon,
  NOON,
  postNamed,
  requestBy,
  subscriberNamed,
} from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const RULES: ReportRules = { softBounceEditions: 2, now: minutesAfterNoon(600) }
const DAY_MS = 86_400_000

export function reportContract(open: OpenStore): void {
  test('a report is taken in once, and what it tells stands in the ledger', async () => {
    const { store, fingerprint, reopen } = await forThisTest(open)
    await sentTo(store, ['a', 'b'])
    const report = reportOf('delivered', { at: minutesAfterNoon(3).toISOString() })
    expect(await store.report(report, RULES)).toBe('applied')
    const before = await fingerprint()
    expect(await store.report(report, RULES)).toBe('repeated')
    expect(await store.report({ ...report, kind: 'complained' }, RULES)).toBe('repeated')
    expect(await fingerprint()).toBe(before)
    const again = await reopen()
    expect(await again.report(report, RULES)).toBe('repeated')
    expect(await receipts(again)).toEqual(['delivered', undefined])
    expect((await again.ledger({}))[0]?.receiptAt).toBe(report.at)
  })

  test('a report on a delivery that is not ours changes nothing, and is not remembered either', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await sentTo(store, ['a'])
    const before = await fingerprint()
    const foreign = reportOf('complained', { delivery: 'mail/other/a' })
    expect(await store.report(foreign, RULES)).toBe('foreign')
    expect(await fingerprint()).toBe(before)
    expect(await store.report({ ...foreign, delivery: KEY }, RULES)).toBe('applied')
  })

  test('a report told to several handles at once is taken in by one', async () => {
    const { store, another } = await forThisTest(open)
    await sentTo(store, ['a'])
    const handles = [store, await another(), await another()]
    const report = reportOf('delivered')
    const answers = await Promise.all(handles.map((handle) => handle.report(report, RULES)))
    expect(answers.toSorted()).toEqual(['applied', 'repeated', 'repeated'])
  })

  test('a receipt only ever rises in weight, and brings its reason along', async () => {
    const { store } = await forThisTest(open)
    await sentTo(store, ['a'])
    const seen: unknown[] = []
    for (const kind of ['delivered', 'accepted', 'bounced', 'delayed', 'complained', 'delivered'] as const) {
      await store.report(reportOf(kind, { reason: kind === 'bounced' ? 'no such user' : '' }), RULES)
      const [entry] = await store.ledger({})
      seen.push([entry?.receipt, entry?.reason])
    }
    expect(seen).toEqual([
      ['delivered', undefined],
      ['delivered', undefined],
      ['bounced', 'no such user'],
      ['bounced', 'no such user'],
      ['complained', undefined],
      ['complained', undefined],
    ])
  })

  test('an instant is the same however it is written', async () => {
    const { store } = await forThisTest(open)
    await sentTo(store, ['a'])
    await store.report(reportOf('delivered', { at: '2026-06-29T12:05:00Z' }), RULES)
    await store.report(reportOf('delivered', { at: '2026-06-29T12:04:59.999999Z' }), RULES)
    expect((await store.ledger({}))[0]?.receiptAt).toBe('2026-06-29T12:04:59.999Z')
    await expect(store.report(reportOf('bounced', { id: 'odd', at: 'yesterday' }), RULES)).rejects.toThrow('time')
    expect(await store.report(reportOf('delivered', { id: 'odd' }), RULES)).toBe('applied')
  })

  test.each(reportKinds)(
    'a delivery in doubt, in flight or in review is settled as sent: "%s" proves it left',
    async (kind) => {
      const { store } = await forThisTest(open)
      await planned(store, ['a', 'b', 'c'])
      const claim = await store.claim(requestBy('w'))
      expect(claim?.deliveries).toHaveLength(3)
      await store.settle('w', new Map([[keyOf('a'), { kind: 'review', reason: 'who knows' }]]), NOON)
      await store.report(reportOf(kind, { delivery: keyOf('a'), remoteId: 'r-a' }), RULES)
      await store.report(reportOf(kind, { delivery: keyOf('b'), remoteId: 'r-b' }), RULES)
      const notBefore = minutesAfterNoon(1)
      await store.settle('w', new Map([[keyOf('c'), { kind: 'unknown', reason: 'reset', notBefore }]]), NOON)
      await store.report(reportOf(kind, { delivery: keyOf('c'), remoteId: 'r-c' }), RULES)
      const entries = await store.ledger({})
      expect(entries.map(({ state, remoteId, receipt }) => [state, remoteId, receipt])).toEqual(
        ['a', 'b', 'c'].map((id) => ['sent', `r-${id}`, kind]),
      )
      expect(await store.claim(requestBy('w', { now: minutesAfterNoon(9) }))).toBeUndefined()
      expect(await store.settleEdition(EDITION)).toBe('sent')
    },
  )

  test('what is settled already keeps its outcome', async () => {
    const { store } = await forThisTest(open)
    await sentTo(store, ['a', 'b'], new Map([[keyOf('b'), { kind: 'rejected', reason: 'not an address' }]]))
    for (const id of ['a', 'b'])
      await store.report(reportOf('failed', { delivery: keyOf(id), remoteId: 'other', reason: 'told later' }), RULES)
    expect((await store.ledger({})).map(({ state, remoteId, reason }) => [state, remoteId, reason])).toEqual([
      ['sent', 'id-a', 'told later'],
      ['rejected', undefined, 'not an address'],
    ])
  })

  test('hard bounces, complaints and refusals by the provider suppress at once; other reports do not', async () => {
    const { store } = await forThisTest(open)
    const told = [
      ['accepted', true],
      ['delayed', true],
      ['delivered', true],
      ['failed', true],
      ['suppressed', false],
      ['bounced', false],
      ['bounced', true],
      ['complained', false],
    ] as const
    await sentTo(
      store,
      told.map(([kind, permanent]) => `${kind}-${permanent}`),
    )
    for (const [kind, permanent] of told)
      await store.report(reportOf(kind, { permanent, delivery: keyOf(`${kind}-${permanent}`) }), RULES)
    const suppressed = told.map(([kind, permanent]) => readerOf(store, `${kind}-${permanent}`))
    expect((await Promise.all(suppressed)).filter(([, reason]) => reason)).toEqual([
      ['active', 'provider', undefined],
      ['active', 'hard-bounce', undefined],
      ['unsubscribed', 'complaint', 'complained about the mail'],
    ])
  })

  test('the address is the one it was sent to, also when its reader is unknown or the delivery has none', async () => {
    const { store } = await forThisTest(open)
    const mail = postNamed('x', { channel: 'mail', rendering: 'digest', address: 'Gone@reader.example' })
    await store.approve(freezeOf([mail, postNamed('y')]))
    for (const delivery of ['posts/x', 'posts/y'])
      expect(await store.report(reportOf('complained', { delivery }), RULES)).toBe('applied')
    expect(await store.addressStatuses(['gone@reader.example', 'x', 'y'])).toEqual([
      { suppressed: 'complaint' },
      {},
      {},
    ])
    expect(await store.report(reportOf('bounced', { delivery: 'posts/x', permanent: false }), RULES)).toBe('applied')
  })

  test('soft bounces suppress after so many editions, however often each is told', async () => {
    const { store } = await forThisTest(open)
    for (const day of DAYS.slice(0, 3)) await sentTo(store, day === DAYS[0] ? ['a'] : [], undefined, day)
    const rules = { ...RULES, softBounceEditions: 3 }
    const told: unknown[] = []
    for (const day of [0, 0, 1, 1, 2]) {
      await store.report(softBounce('a', day, minutesAfterNoon(day * 1440)), rules)
      told.push((await readerOf(store, 'a'))[1])
    }
    expect(told).toEqual([undefined, undefined, undefined, undefined, 'soft-bounces'])
  })

  test('a delivery between soft bounces begins the count anew, also when it is told last', async () => {
    const { store } = await forThisTest(open)
    for (const day of DAYS) await sentTo(store, day === DAYS[0] ? ['a', 'b'] : [], undefined, day)
    const story = (id: string): Report[] => [
      softBounce(id, 0, minutesAfterNoon(1)),
      reportOf('delivered', { delivery: keyOf(id, DAYS[1]), at: minutesAfterNoon(2).toISOString() }),
      softBounce(id, 2, minutesAfterNoon(3)),
    ]
    for (const report of story('a')) await store.report(report, RULES)
    const [first, between, last] = story('b')
    const told: unknown[] = []
    for (const report of [first, last, between]) {
      if (report) await store.report(report, RULES)
      told.push((await readerOf(store, 'b'))[1])
    }
    expect(told).toEqual([undefined, 'soft-bounces', undefined])
    expect(await readerOf(store, 'a')).toEqual(await readerOf(store, 'b'))
    await store.report(softBounce('a', 3, minutesAfterNoon(4)), RULES)
    expect((await readerOf(store, 'a'))[1]).toBe('soft-bounces')
  })

  test('a delivery takes nobody off the list who stands there for another reason', async () => {
    const { store } = await forThisTest(open)
    for (const day of DAYS) await sentTo(store, day === DAYS[0] ? ['a'] : [], undefined, day)
    for (const day of [0, 1]) await store.report(softBounce('a', day, minutesAfterNoon(day)), RULES)
    await store.suppress('a@reader.example', 'editor', '', NOON)
    const delivery = keyOf('a', DAYS[2])
    await store.report(reportOf('delivered', { delivery, at: minutesAfterNoon(5).toISOString() }), RULES)
    expect((await readerOf(store, 'a'))[1]).toBe('editor')
  })

  test('what happened before a reader agreed anew no longer counts, what happens after does', async () => {
    const { store } = await forThisTest(open)
    for (const day of DAYS) await sentTo(store, day === DAYS[0] ? ['a'] : [], undefined, day)
    await store.report(softBounce('a', 0, minutesAfterNoon(1)), RULES)
    await store.renewConsent('a', 'signed up again', minutesAfterNoon(10))
    const at = minutesAfterNoon(9).toISOString()
    for (const kind of ['bounced', 'complained', 'suppressed'] as const)
      await store.report(reportOf(kind, { permanent: true, at }), RULES)
    await store.report(softBounce('a', 1, minutesAfterNoon(9)), RULES)
    await store.report(softBounce('a', 2, minutesAfterNoon(11)), RULES)
    expect(await readerOf(store, 'a')).toEqual(['active', undefined, 'agreed anew'])
    expect((await receipts(store))[0]).toBe('complained')
    await store.report(softBounce('a', 3, minutesAfterNoon(12)), RULES)
    expect((await readerOf(store, 'a'))[1]).toBe('soft-bounces')
  })

  test('a report about what counts as not called proves that it was: it is not sent again', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers(['a', 'b'].map((id) => subscriberNamed(id)))
    await store.approve(freezeOf([], { mailings: [mailingOf()] }))
    await store.claim(requestBy('one'))
    const quota = { kind: 'later', reason: 'the quota is used up', notBefore: minutesAfterNoon(1440) } as const
    await store.settle('one', new Map(['a', 'b'].map((id) => [`mail/daily/2026-06-29/${id}`, quota])), NOON)
    await store.report(reportOf('delivered', { delivery: 'mail/daily/2026-06-29/a' }), RULES)
    const states = async (): Promise<string[]> => (await store.ledger({})).map(({ state }) => state)
    expect(await states()).toEqual(['sent', 'review'])
    expect(await store.claim(requestBy('two', { now: minutesAfterNoon(2000) }))).toBeUndefined()
    await store.report(reportOf('delivered', { id: 'm2', delivery: 'mail/daily/2026-06-29/b' }), RULES)
    expect(await states()).toEqual(['sent', 'sent'])
  })

  test('a report told while a call is under way proves the whole call: what was refused of it is in doubt', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers(['a', 'b'].map((id) => subscriberNamed(id)))
    await store.approve(freezeOf([], { mailings: [mailingOf()] }))
    await store.claim(requestBy('one'))
    await store.report(reportOf('delivered', { delivery: 'mail/daily/2026-06-29/a' }), RULES)
    const refused = { kind: 'later', reason: 'too large', notBefore: NOON, part: '0' } as const
    await store.settle('one', new Map(['a', 'b'].map((id) => [`mail/daily/2026-06-29/${id}`, refused])), NOON)
    expect((await store.ledger({})).map(({ state, group }) => [state, group])).toEqual([
      ['sent', 'mail/daily/2026-06-29/chunk/0'],
      ['unknown', 'mail/daily/2026-06-29/chunk/0'],
    ])
  })

  test('what was told longer than three days ago is forgotten in passing', async () => {
    const { store } = await forThisTest(open)
    await sentTo(store, ['a'])
    const after = (ms: number): ReportRules => ({ ...RULES, now: new Date(NOON.getTime() + ms) })
    for (const id of ['1', '2', '3']) await store.report(reportOf('delivered', { id }), after(0))
    await store.report(reportOf('delivered', { id: '4' }), after(3 * DAY_MS))
    expect(await store.report(reportOf('delivered', { id: '1' }), after(3 * DAY_MS))).toBe('repeated')
    await store.report(reportOf('delivered', { id: '5' }), after(3 * DAY_MS + 1))
    expect(await store.report(reportOf('delivered', { id: '1' }), after(3 * DAY_MS + 1))).toBe('applied')
    expect(await store.report(reportOf('delivered', { id: '4' }), after(3 * DAY_MS + 1))).toBe('repeated')
  })

  test('the same reports leave the same behind, in whatever order they are told', async () => {
    const { store } = await forThisTest(open)
    const chance = seeded(29)
    const stories = [
      // A second bounce of one edition after a delivery that came between the two counts anew.
      (
        [
          ['bounced', 0],
          ['delivered', 1],
          ['bounced', 0],
          ['bounced', 2],
        ] as const
      ).map(([kind, day], n) => eventOf(kind, day, n)),
      ...Array.from({ length: 16 }, () => Array.from({ length: 4 }, (_, n) => eventBy(chance, n))),
    ]
    const readers = stories.flatMap((story, at) =>
      orders(story).map((told, order) => ({ id: `s${at}-${order}`, at, told })),
    )
    for (const day of DAYS) await sentTo(store, day === DAYS[0] ? readers.map(({ id }) => id) : [], undefined, day)
    for (const { id, told } of readers)
      for (const { day, ...event } of told)
        expect(await store.report({ ...reportOf(event.kind), ...event, delivery: keyOf(id, day) }, RULES)).toBe(
          'applied',
        )
    const entries = Map.groupBy(await store.ledger({}), ({ target }) => target)
    for (const [at, story] of stories.entries()) {
      const ends = readers
        .filter((reader) => reader.at === at)
        .map(async ({ id }) => [
          await readerOf(store, id),
          entries.get(id)?.map(({ receipt, receiptAt, reason }) => [receipt, receiptAt, reason]),
        ])
      const [first, ...others] = await Promise.all(ends)
      expect(others).toHaveLength(23)
      for (const other of others) expect(other, JSON.stringify(story)).toEqual(first)
      expect(await readerOf(store, `s${at}-0`), JSON.stringify(story)).toEqual(expectedOf(story))
    }
  })
}

const DAYS = ['2026-06-29', '2026-06-30', '2026-07-01', '2026-07-02'] as const
const EDITION = `daily/${DAYS[0]}`
const KEY = keyOf('a')

function keyOf(id: string, day: string = DAYS[0]): string {
  return `mail/daily/${day}/${id}`
}

let reported = 0

/** A report with an id of its own on the delivery of the 29th to reader `a`. */
function reportOf(kind: Report['kind'], more: Partial<Report> = {}): Report {
  reported += 1
  const at = minutesAfterNoon(5).toISOString()
  return { id: `report-${reported}`, kind, at, delivery: KEY, remoteId: 'r', permanent: true, reason: '', ...more }
}

function softBounce(id: string, day: number, at: Date): Report {
  return reportOf('bounced', { delivery: keyOf(id, DAYS[day]), at: at.toISOString(), permanent: false })
}

/** Adds the readers, and owes everyone who is there the edition of that day. */
async function planned(store: Store, ids: readonly string[], day: string = DAYS[0]): Promise<void> {
  await store.addSubscribers(ids.map((id) => subscriberNamed(id)))
  const mailing = mailingOf({ key: `mail/daily/${day}`, perAttempt: 1000 })
  await store.approve(freezeOf([], { edition: editionOf(day), mailings: [mailing] }))
}

/** The same, and it has left to all of them unless told otherwise. */
async function sentTo(
  store: Store,
  ids: readonly string[],
  otherwise: ReadonlyMap<string, Settlement> = new Map(),
  day: string = DAYS[0],
): Promise<void> {
  await planned(store, ids, day)
  const claim = await store.claim(requestBy('w'))
  const outcomes = new Map<string, Settlement>()
  for (const { key, target } of claim?.deliveries ?? []) outcomes.set(key, { kind: 'sent', remoteId: `id-${target}` })
  for (const [key, settlement] of otherwise) outcomes.set(key, settlement)
  await store.settle('w', outcomes, NOON)
}

async function receipts(store: Store): Promise<unknown[]> {
  return (await store.ledger({})).map(({ receipt }) => receipt)
}

/** State, why suppressed, and why the state was last changed. */
async function readerOf(store: Store, id: string): Promise<readonly [unknown, unknown, unknown]> {
  const reader = await store.subscriber(id)
  const [status] = await store.addressStatuses([`${id}@reader.example`])
  expect(status?.suppressed).toBe(reader?.suppressed)
  return [reader?.state, reader?.suppressed, reader?.reason]
}

interface Event extends Pick<Report, 'kind' | 'at' | 'permanent' | 'reason'> {
  readonly day: string
}

function eventOf(kind: Report['kind'], day: number, n: number): Event {
  return { kind, permanent: false, at: minutesAfterNoon(n).toISOString(), day: DAYS[day] ?? '', reason: '' }
}

/** Mostly soft bounces and deliveries, of any edition, at instants in any order but none the same. */
function eventBy(chance: () => number, n: number): Event {
  const kinds = [
    'bounced',
    'bounced',
    'bounced',
    'delivered',
    'delivered',
    'complained',
    'suppressed',
    'delayed',
  ] as const
  return {
    kind: kinds[Math.floor(chance() * kinds.length)] ?? 'accepted',
    permanent: chance() < 0.15,
    at: minutesAfterNoon(Math.floor(chance() * 100) * 4 + n).toISOString(),
    day: DAYS[Math.floor(chance() * DAYS.length)] ?? DAYS[0],
    reason: `reason ${n}`,
  }
}

function orders<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]]
  return list.flatMap((first, at) => orders(list.toSpliced(at, 1)).map((rest) => [first, ...rest]))
}

/** What the rules say of the whole story, seen at once. */
function expectedOf(story: readonly Event[]): readonly [string, string | undefined, string | undefined] {
  if (story.some(({ kind }) => kind === 'complained')) return ['unsubscribed', 'complaint', 'complained about the mail']
  if (story.some(({ kind, permanent }) => kind === 'bounced' && permanent)) return ['active', 'hard-bounce', undefined]
  if (story.some(({ kind }) => kind === 'suppressed')) return ['active', 'provider', undefined]
  const lastDelivered = story.reduce((last, { kind, at }) => (kind === 'delivered' && at > last ? at : last), '')
  const since = story.filter(({ kind, at }) => kind === 'bounced' && at > lastDelivered)
  const editions = new Set(since.map(({ day }) => day)).size
  return ['active', editions >= RULES.softBounceEditions ? 'soft-bounces' : undefined, undefined]
}
