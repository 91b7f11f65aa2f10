import { beforeEach, describe, expect, it } from 'vitest'
import { describeRun, runAsJson } from '../../src/main/report.ts'
import { isOtherWrong } from '../../src/main/report/others.ts'
import type { RunReport } from '../../src/pipeline/run.ts'
import { LATER_MS } from '../fixtures/channel.ts'
import { fakeSource, never, news, runInput } from '../pipeline/fixture.ts'
import { openPress, type Press } from '../pipeline/amending.ts'
import { run } from '../../src/pipeline/run.ts'
import { testLog } from '../fixtures/store.ts'
import { configuration } from './report-configuration.ts'

const items = [news('tides'), news('bees')]
const channels = new Set(['mail', 'posts', 'files'])

let press: Press
beforeEach(async () => {
  press = await openPress()
})

const text = (report: RunReport): string => describeRun(report, configuration)
const headline = (report: RunReport): string => text(report).split('\n')[1]?.split(' · ').slice(2).join(' · ') ?? ''
const isWrong = ({ others }: RunReport): boolean => others.some((other) => isOtherWrong(other, channels))

/** What left on the 29th is put right on the 30th. */
async function corrected(): Promise<string> {
  await press.pass('2026-06-29', items)
  press.clock.set('2026-06-30T05:00:00.000Z')
  await press.say('correction', news('tides').url, 'It was the moon.')
  return (await press.store.amendments({}))[0]?.id ?? ''
}

describe('a pass without an edition of its day', () => {
  it('says what it sent of others, and does not say that there was nothing to send', async () => {
    const id = await corrected()
    const report = await press.pass('2026-06-30', [])
    expect(report).toMatchObject({ verdict: 'empty', delivered: 2 })
    expect(headline(report)).toBe('nothing new to send; of other editions 2 sent')
    expect(text(report)).toContain(`  Also      ${id}: 2 sent\n`)
    expect(isWrong(report)).toBe(false)
  })

  it.each([
    ['later', '1 sent, 1 still owed: busy, next try ', 'of other editions 1 sent, 1 still owed'],
    ['reject', '1 sent, 1 not delivered; see groundwire status ', 'of other editions 1 sent, 1 not delivered'],
    ['silent', '1 sent, 1 not delivered; see groundwire status ', 'of other editions 1 sent, 1 not delivered'],
  ] as const)('names what failed of others: %s', async (behaviour, line, head) => {
    const id = await corrected()
    press.posts.next(behaviour)
    const report = await press.pass('2026-06-30', [])
    expect(headline(report)).toBe(`nothing new to send; ${head}`)
    expect(text(report)).toContain(`  Also      ${id}: ${line}`)
    expect(isWrong(report)).toBe(true)
    expect(runAsJson(report, configuration)).toMatchObject({
      delivered: 1,
      others: [{ edition: id, sent: 1, failed: behaviour === 'later' ? 0 : 1 }],
      waits: behaviour === 'later' ? [{ edition: id, channel: 'posts', reason: 'busy' }] : [],
    })
  })

  it('still names what waits when the next pass finds nothing due', async () => {
    await corrected()
    press.posts.next('later')
    await press.pass('2026-06-30', [])
    const again = await press.pass('2026-06-30', [])
    expect(headline(again)).toBe('nothing new to send; of other editions 1 still owed')
    expect(isWrong(again)).toBe(true)
    press.clock.advance(LATER_MS)
  })

  it('has no word for others that ended before', async () => {
    await corrected()
    await press.pass('2026-06-30', [])
    const again = await press.pass('2026-06-30', [])
    expect([headline(again), again.others]).toEqual(['nothing to send', []])
  })

  it('counts what waits for its time alone as in order', async () => {
    press.posts.times = (_, renderings) => renderings.map(() => new Date('2026-06-30T09:15:00.000Z'))
    await press.pass('2026-06-29', items)
    const report = await press.pass('2026-06-30', [])
    expect(headline(report)).toBe('nothing new to send; of other editions 2 to leave later')
    expect(text(report)).toContain('  Also      daily/2026-06-29: 2 leave later: the next at 09:15\n')
    expect(isWrong(report)).toBe(false)
  })

  it('does not say of what is overdue that it leaves at a time that is over', async () => {
    press.posts.times = (_, renderings) => renderings.map(() => new Date('2026-06-29T09:15:00.000Z'))
    await press.pass('2026-06-29', items)
    press.clock.set('2026-06-30T05:00:00.000Z')
    const input = runInput(fakeSource(), [press.mail], { date: '2026-06-30' })
    const report = await run({ clock: press.clock, store: press.store, log: testLog() }, input, () => undefined, never)
    expect(text(report)).toContain('  Also      daily/2026-06-29: 2 due by now, for a running worker or the next run\n')
  })

  it('says what of another is held, and how to let it go', async () => {
    press.posts.next('later', 'later')
    await press.pass('2026-06-29', items)
    await press.store.hold('daily/2026-06-29', 'a doubt')
    const report = await press.pass('2026-06-30', [])
    expect(text(report)).toContain(
      '  Also      daily/2026-06-29: held with 2 still to leave: a doubt. Let it go with groundwire approve daily/2026-06-29\n',
    )
    expect(isWrong(report)).toBe(false)
  })

  it('is not held to account for a channel that it did not carry out', async () => {
    await corrected()
    press.posts.next('later')
    const { others } = await press.pass('2026-06-30', [])
    expect(others.some((other) => isOtherWrong(other, new Set(['mail', 'files'])))).toBe(false)
  })
})

it('of an edition that had left already takes up nothing when only a correction leaves', async () => {
  await corrected()
  const report = await press.pass('2026-06-29', items)
  expect(report.verdict).toBe('unchanged')
  expect(headline(report)).toBe('nothing to do: it has left already; of other editions 2 sent')
})

describe('a dry run', () => {
  const dry = (date: string): Promise<RunReport> =>
    run(
      { clock: press.clock, store: press.store, log: testLog() },
      runInput(fakeSource(...items, news('old', '2026-06-20')), [press.posts], { date, dryRun: true }),
      () => undefined,
      never,
    )

  it('of what would be held lets nobody approve what there is not', async () => {
    await press.pass('2026-06-29', items)
    const report = await dry('2026-06-20')
    expect(headline(report)).toMatch(/^it would be held: .*; dry run: nothing was written$/)
    expect(text(report)).not.toContain('groundwire approve')
  })

  it('of what has left says that nothing was written', async () => {
    await press.pass('2026-06-29', items)
    expect(headline(await dry('2026-06-29'))).toBe('nothing to do: it has left already; dry run: nothing was written')
  })
})

it('the second pass does not take back what the first one found', async () => {
  const old = [...items, news('old', '2026-06-20', { sources: [{ url: 'https://clocks.example/' }] })]
  await press.pass('2026-06-29', items)
  const held = async (): Promise<string> =>
    text(
      await run(
        { clock: press.clock, store: press.store, log: testLog() },
        runInput(fakeSource(...old), [press.posts], { date: '2026-06-20' }),
        () => undefined,
        never,
      ),
    )
  expect(await held()).toContain('Checked   1 warning')
  expect(await held()).not.toContain('no findings')
})
