import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/domain/report.ts'
import { reconcile } from '../../src/pipeline/reconcile.ts'
import type { Settlement, Store } from '../../src/ports.ts'
import { claimAll, editionOf, freezeOf, mailingOf, NOON, requestBy } from '../contracts/store/fixtures.ts'
import { testClock } from '../fixtures/clock.ts'
import { testLog, testStore } from '../fixtures/store.ts'

const READER = 'reader-01'
const DAYS = ['2026-06-29', '2026-06-30', '2026-07-01', '2026-07-02']
const [FIRST = ''] = DAYS
const SENT: Settlement = { kind: 'sent', remoteId: 'at-call' }

const keyOn = (day: string): string => `mail/daily/${day}/${READER}`

/** A store whose two readers were mailed on each of these days, with that outcome. */
async function mailed(days: readonly string[] = [FIRST], outcome = SENT) {
  const clock = testClock('2026-07-03T00:00:00.000Z')
  const log = testLog()
  const store = await testStore({ subscribers: 2 })
  for (const day of days) {
    const edition = editionOf(day)
    await store.approve(freezeOf([], { edition, mailings: [mailingOf({ key: `mail/daily/${day}` })] }))
    for (const { deliveries } of await claimAll(store, requestBy('worker')))
      await store.settle('worker', new Map(deliveries.map(({ key }) => [key, outcome])), NOON)
  }
  const tell = (report: Partial<Report>) => reconcile({ clock, log, store }, reportOf(report), 3)
  return { store, log, tell, entry: (day = FIRST) => entryOf(store, keyOn(day)) }
}

let count = 0
function reportOf(over: Partial<Report>): Report {
  count += 1
  return {
    id: `msg_${count}`,
    kind: 'delivered',
    at: '2026-06-29T12:01:00.000Z',
    delivery: keyOn(FIRST),
    remoteId: 'told',
    permanent: false,
    reason: '',
    ...over,
  }
}

async function entryOf(store: Store, key: string) {
  return (await store.ledger({})).find((entry) => entry.key === key)
}

describe('what a provider tells', () => {
  it('is written to the delivery it is about, and to no other', async () => {
    const { store, tell, entry, log } = await mailed()
    expect(await tell({ kind: 'delivered' })).toBe('applied')
    expect(await entry()).toMatchObject({ state: 'sent', receipt: 'delivered', receiptAt: '2026-06-29T12:01:00.000Z' })
    expect(await store.ledger({ receipts: ['delivered'] })).toHaveLength(1)
    expect(log.lines).toEqual([])
  })

  it('counts once, however often it is told', async () => {
    const { tell, log } = await mailed()
    const report = { id: 'msg_same', kind: 'complained' } as const
    expect([await tell(report), await tell(report), await tell(report)]).toEqual(['applied', 'repeated', 'repeated'])
    expect(log.lines).toHaveLength(1)
  })

  it('means the same in any order', async () => {
    const kinds = ['accepted', 'delivered', 'complained'] as const
    for (const order of [kinds, kinds.toReversed()]) {
      const { store, tell, entry } = await mailed()
      for (const kind of order) await tell({ kind })
      expect(await entry()).toMatchObject({ state: 'sent', receipt: 'complained' })
      expect(await store.subscriber(READER)).toMatchObject({ state: 'unsubscribed', suppressed: 'complaint' })
    }
  })

  it('of a delivery that is not ours changes nothing', async () => {
    const { store, tell, log } = await mailed()
    expect(await tell({ kind: 'complained', delivery: `posts/${READER}` })).toBe('foreign')
    expect((await store.subscriber(READER))?.suppressed).toBeUndefined()
    expect(log.lines).toEqual([])
  })

  it('settles what nobody knew to have left', async () => {
    const { tell, entry } = await mailed([FIRST], { kind: 'review', reason: 'no answer for a day' })
    expect((await entry())?.state).toBe('review')
    await tell({ kind: 'accepted' })
    expect(await entry()).toMatchObject({ state: 'sent', remoteId: 'told' })
  })
})

describe('a reader who is written to no more', () => {
  it.each([
    [{ kind: 'bounced', permanent: true }, 'hard-bounce'],
    [{ kind: 'complained' }, 'complaint'],
    [{ kind: 'suppressed' }, 'provider'],
  ] as const)('is named in the log by their id alone: %j', async (told, suppressed) => {
    const { store, tell, log } = await mailed()
    await tell(told)
    expect((await store.subscriber(READER))?.suppressed).toBe(suppressed)
    expect(log.lines).toEqual([`info: Reader reader-01 is written to no more (${suppressed}).`])
  })

  it('is one whom so many editions in a row could not reach, as the channel says', async () => {
    const { store, tell, log } = await mailed(DAYS)
    for (const [at, day] of DAYS.slice(0, 2).entries())
      await tell({ kind: 'bounced', delivery: keyOn(day), at: `${day}T12:0${at}:00.000Z` })
    expect((await store.subscriber(READER))?.suppressed).toBeUndefined()
    expect(log.lines).toEqual([])
    await tell({ kind: 'bounced', delivery: keyOn('2026-07-01'), at: '2026-07-01T12:00:00.000Z' })
    expect((await store.subscriber(READER))?.suppressed).toBe('soft-bounces')
    expect(log.lines).toEqual(['info: Reader reader-01 is written to no more (soft-bounces).'])
  })

  it('is not one who was told of for anything else', async () => {
    const { store, tell } = await mailed()
    for (const kind of ['accepted', 'delayed', 'delivered', 'failed'] as const) await tell({ kind })
    expect((await store.subscriber(READER))?.suppressed).toBeUndefined()
  })
})

it('what could not be kept is not taken for kept', async () => {
  const { store, tell } = await mailed()
  await store.close()
  await expect(tell({ kind: 'complained' })).rejects.toThrow(/open|closed/)
})
