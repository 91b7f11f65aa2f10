import { beforeEach, describe, expect, it } from 'vitest'
import type { Configuration } from '../../src/main/configuration.ts'
import { describeRun, runAsJson } from '../../src/main/report.ts'
import { run, type RunInput, type RunReport } from '../../src/pipeline/run.ts'
import type { Store } from '../../src/ports.ts'
import { testClock } from '../fixtures/clock.ts'
import { fakeChannel, type FakeChannel } from '../fixtures/channel.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { brokenOff, fakeSource, never, news, runInput, type FakeSource } from '../pipeline/fixture.ts'
import { configuration } from './report-configuration.ts'

let store: Store
let bluesky: FakeChannel

beforeEach(async () => {
  store = await testStore()
  bluesky = fakeChannel('bluesky', { destination: 'the outbox' })
})

async function pass(source: FakeSource, over: Partial<RunInput> = {}, now?: string): Promise<RunReport> {
  const ports = { clock: testClock(now), store, log: testLog() }
  return run(ports, runInput(source, [bluesky], over), () => undefined, never)
}

const text = (report: RunReport): string => describeRun(report, configuration)
const headline = (report: RunReport): string => text(report).split('\n')[1]?.split(' · ').slice(2).join(' · ') ?? ''

describe('posts that leave later', () => {
  const spacedBy = (minutes: number, over: Partial<FakeChannel> = {}): FakeChannel => ({
    ...fakeChannel('bluesky', { destination: 'bsky.social' }),
    times: (_, renderings, from) => renderings.map((_post, at) => new Date(from.getTime() + at * minutes * 60_000)),
    ...over,
  })
  const gapOf = (gapMinutes: number, quiet?: { readonly from: string; readonly to: string }): Configuration => ({
    ...configuration,
    config: {
      ...configuration.config,
      publication: { ...configuration.config.publication, zone: 'Europe/Berlin' },
      channels: new Map([['bluesky', { gapMinutes, ...(quiet && { quiet }) }]]),
    },
  })
  const of = (report: RunReport, minutes: number): string =>
    describeRun(report, gapOf(minutes)).split('\n')[1]?.split(' · ').slice(2).join(' · ') ?? ''
  const three = (): FakeSource => fakeSource(news('a'), news('b'), news('c'))

  it('are said to wait for quiet hours to end, where that is what they do', async () => {
    bluesky = spacedBy(10)
    const report = await pass(three())
    const [, line] = describeRun(report, gapOf(10, { from: '22:00', to: '07:10' })).split('\n')
    expect(line).toContain('2 leave later: the next at 07:10 (quiet hours)')
  })

  it('say why in the words of their channel, where it has some', async () => {
    const notBefore = new Date('2026-06-29T22:00:00.000Z')
    bluesky = spacedBy(0, {
      sender: () => ({
        replayWindowMs: Infinity,
        destination: 'bsky.social',
        send: async () => [{ kind: 'later', byPlan: true, notBefore, reason: '24 posts a day at most' }],
      }),
    })
    expect(of(await pass(three()), 10)).toBe(
      'approved; 3 leave later: the next at 2026-06-30 00:00 (24 posts a day at most)',
    )
  })

  it.each([
    [10, 'approved; 2 leave later: the next at 07:10 (gap of 10 minutes)'],
    [1, 'approved; 2 leave later: the next at 07:01 (gap of 1 minute)'],
    [1440, 'approved; 2 leave later: the next at 2026-06-30 07:00 (gap of 1440 minutes)'],
  ])(
    'are counted with the time of the next, by the clocks of the publication: every %d minutes',
    async (minutes, words) => {
      bluesky = spacedBy(minutes)
      expect(of(await pass(three()), minutes)).toBe(words)
    },
  )

  it('are told of without a gap where there is none to tell of', async () => {
    bluesky = spacedBy(10)
    expect(headline(await pass(three()))).toBe('approved; 2 leave later: the next at 05:10')
    bluesky = spacedBy(10)
    const same = three()
    await pass(same)
    expect(of(await pass(same, {}, '2026-06-29T05:10:00.000Z'), 10)).toBe(
      'taken up where the last run stopped; 1 leaves later: at 07:20',
    )
    expect(of(await pass(same, {}, '2026-06-29T05:11:00.000Z'), 10)).toBe(
      'nothing to do now: sending; 1 leaves later: at 07:20',
    )
  })

  it('come before what is wrong, which is said once for each reason', async () => {
    const stop = (account: string): string => `${account} is stopped: it was refused. Set another password.`
    const outcomes = [stop('one'), stop('two'), stop('two')]
    const notBefore = new Date('2026-06-29T05:15:00.000Z')
    bluesky = spacedBy(0, {
      times: (_, renderings, from) =>
        renderings.map((_post, at) => (at < 3 ? from : new Date(from.getTime() + 9 * 60_000))),
      sender: () => ({
        replayWindowMs: Infinity,
        destination: 'bsky.social',
        send: async () => [{ kind: 'later', notBefore, reason: outcomes.shift() ?? 'busy' }],
      }),
    })
    const report = await pass(fakeSource(news('a'), news('b'), news('c'), news('d')))
    expect(of(report, 9)).toBe(
      'approved; 1 leaves later: at 07:09; 3 still owed; see groundwire status daily/2026-06-29',
    )
    expect(text(report)).toContain(
      [
        '  Waiting   1 for bluesky: one is stopped: it was refused. Set another password, next try 05:15',
        '            2 for bluesky: two is stopped: it was refused. Set another password, next try 05:15',
      ].join('\n'),
    )
    expect(runAsJson(report, configuration)).toMatchObject({
      waits: [
        { channel: 'bluesky', reason: stop('one'), byPlan: false, count: 1 },
        { channel: 'bluesky', reason: stop('two'), byPlan: false, count: 2 },
        { channel: 'bluesky', byPlan: true, count: 1, notBefore: '2026-06-29T05:09:00.000Z' },
      ],
    })
  })

  it('with one reason for all that waits have it in the headline alone', async () => {
    const reason = 'bluesky a.example is stopped: it was refused. Set another password.'
    const notBefore = new Date('2026-06-29T05:15:00.000Z')
    bluesky = spacedBy(0, {
      sender: () => ({
        replayWindowMs: Infinity,
        destination: 'bsky.social',
        send: async () => [{ kind: 'later', notBefore, reason }],
      }),
    })
    const report = await pass(three())
    expect(text(report).match(/is stopped/g)).toHaveLength(1)
    expect(headline(report)).toBe(
      'approved; 3 still owed: bluesky a.example is stopped: it was refused. Set another password, next try 05:15; see groundwire status daily/2026-06-29',
    )
  })
})

describe('items that vanished', () => {
  it('are named with the edition they left in and what can be done, until they are back', async () => {
    const changing = fakeSource(news('a'), news('b'), news('c'))
    await pass(changing)
    changing.says(news('a'), news('c'))
    const report = await pass(changing, {}, '2026-06-29T06:00:00.000Z')
    expect(describeRun(report, { ...configuration, callOptions: ' --data x' })).toContain(
      [
        '  Vanished  “All about b” is no longer listed by its source (since 06:00); it left in daily/2026-06-29.',
        '              To take it back: groundwire retract https://morningcheck.example/news/b.html --data x',
      ].join('\n'),
    )
    expect(runAsJson(report, configuration)).toMatchObject({
      vanished: [
        {
          url: news('b').url,
          title: 'All about b',
          edition: 'daily/2026-06-29',
          missingSince: '2026-06-29T06:00:00.000Z',
        },
      ],
    })
    changing.tells(...brokenOff)
    expect((await pass(changing)).vanished).toHaveLength(1)
    changing.says(news('a'), news('b'), news('c'))
    expect(text(await pass(changing))).not.toContain('Vanished')
  })

  it('before an edition carried them are nobody’s concern, and are not composed', async () => {
    const changing = fakeSource(news('a'), news('b'), news('c'))
    await pass(changing, { approval: 'editor' })
    changing.says(news('a'), news('c'))
    const report = await pass(changing)
    expect(report.vanished).toEqual([])
    expect(report.edition?.stories.map(({ title }) => title)).toEqual(['All about a', 'All about c'])
  })

  it('that are many are counted', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `n${at}`)
    const changing = fakeSource(...names.map((name) => news(name)), news('last'))
    await pass(changing)
    changing.says(news('last'))
    const shown = text(await pass(changing))
    expect(shown.match(/is no longer listed/g)).toHaveLength(5)
    expect(shown).toContain('and 3 more, in groundwire status --json\n')
  })
})
