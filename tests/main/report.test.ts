import { beforeEach, describe, expect, it } from 'vitest'
import { resolve } from 'node:path'
import { deliveryStates, type DeliveryState } from '../../src/domain/delivery.ts'
import type { Finding } from '../../src/domain/finding.ts'
import { describeRun, runAsJson } from '../../src/main/report.ts'
import { sumLine, tallyCounts } from '../../src/main/tally.ts'
import { run, type RunInput, type RunReport } from '../../src/pipeline/run.ts'
import type { LedgerCount, Store } from '../../src/ports.ts'
import { testClock } from '../fixtures/clock.ts'
import { fakeChannel, onePerEdition, rendering, type FakeChannel } from '../fixtures/channel.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { brokenOff, end, fakeSource, lesson, never, news, runInput, type FakeSource } from '../pipeline/fixture.ts'
import { configuration } from './report-configuration.ts'

let store: Store
let email: FakeChannel
let feeds: FakeChannel
let bluesky: FakeChannel

beforeEach(async () => {
  store = await testStore({ subscribers: 2 })
  email = mailBy('the outbox')
  feeds = fakeChannel('feeds', {
    renderings: () => ['rss.xml', 'atom.xml', 'feed.json'].map((name) => rendering(name, name, name)),
    destination: 'public/',
  })
  bluesky = fakeChannel('bluesky', { destination: 'the outbox' })
})

function mailBy(destination: string, disturbs = false): FakeChannel {
  return fakeChannel('email', {
    audience: 'subscribers',
    perAttempt: 100,
    renderings: onePerEdition,
    destination,
    disturbs,
  })
}

async function pass(source: FakeSource, over: Partial<RunInput> = {}, now?: string): Promise<RunReport> {
  const ports = { clock: testClock(now), store, log: testLog() }
  return run(ports, runInput(source, [email, feeds, bluesky], over), () => undefined, never)
}

const text = (report: RunReport): string => describeRun(report, configuration)
const headline = (report: RunReport): string => text(report).split('\n')[1]?.split(' · ').slice(2).join(' · ') ?? ''

const links = ['https://morningcheck.example/learn/sea.html']
const source = (): FakeSource =>
  fakeSource(
    news('tides', '2026-06-29', { links }),
    news('clocks', '2026-06-29', { sources: [{ url: 'https://clocks.example/' }] }),
    news('bare', '2026-06-29', { sources: [] }),
    news('old', '2026-06-28'),
    lesson('sea'),
  )

describe('what a person reads', () => {
  it('of a first run: what was read, made and found, and where it is', async () => {
    expect(text(await pass(source()))).toMatchInlineSnapshot(`
      "
      The Morning Check · daily/2026-06-29 · sent to the outbox

        Read      5 items: 4 news, 1 learn · 1 from before 2026-06-29, kept but never sent
                  /papers/llms-full.txt
        Edition   2 items · 1 lesson as background
                  “All about tides”
                  What is known about tides.
        Checked   1 error, 1 warning
                  error: “All about bare” names no primary source and stays out of the edition.
                  warning: The source of “All about clocks” is the bare home page of clocks.example.
        E-mail    2 sent  .groundwire/outbox/email/daily-2026-06-29/index.html
        Feeds     3 sent  .groundwire/public/rss.xml, atom.xml, feed.json
        Bluesky   2 sent  .groundwire/outbox/bluesky/daily-2026-06-29/index.html

        Look      npm run preview -- --date 2026-06-29

      "
    `)
  })

  it('of a second run: that there is nothing to do', async () => {
    const same = source()
    await pass(same)
    same.tells(end({}, { unchanged: true }))
    expect(text(await pass(same))).toMatchInlineSnapshot(`
      "
      The Morning Check · daily/2026-06-29 · nothing to do: it has left already

        Read      nothing new: the source has not changed
                  /papers/llms-full.txt
        Edition   2 items · 1 lesson as background
                  “All about tides”
                  What is known about tides.
        E-mail    2 sent  .groundwire/outbox/email/daily-2026-06-29/index.html
        Feeds     3 sent  .groundwire/public/rss.xml, atom.xml, feed.json
        Bluesky   2 sent  .groundwire/outbox/bluesky/daily-2026-06-29/index.html

        Look      npm run preview -- --date 2026-06-29

      "
    `)
  })

  it('of a dry run: the plan', async () => {
    expect(text(await pass(source(), { dryRun: true }))).toMatchInlineSnapshot(`
      "
      The Morning Check · daily/2026-06-29 · dry run: this is the plan, nothing was written

        Read      5 items: 4 news, 1 learn · 1 from before 2026-06-29, kept but never sent
                  /papers/llms-full.txt
        Edition   2 items · 1 lesson as background
                  “All about tides”
                  What is known about tides.
        Checked   1 error, 1 warning
                  error: “All about bare” names no primary source and stays out of the edition.
                  warning: The source of “All about clocks” is the bare home page of clocks.example.
        E-mail    1 rendering
        Feeds     3 renderings
        Bluesky   2 renderings

      "
    `)
  })

  it('of a day without news', async () => {
    expect(text(await pass(fakeSource(lesson('sea'))))).toMatchInlineSnapshot(`
      "
      The Morning Check · daily/2026-06-29 · nothing to send

        Read      1 item: 1 learn
                  /papers/llms-full.txt
        Checked   no findings

      "
    `)
  })

  it('says how to go on with the sample', async () => {
    const report = await pass(source())
    expect(describeRun(report, { ...configuration, isSample: true })).toContain(
      'your own: npm run digest -- --source PLACE',
    )
  })

  it('names what came in between', async () => {
    const changing = source()
    await pass(changing)
    changing.says(news('new'), news('tides', '2026-06-29', { title: 'Corrected' }))
    expect(text(await pass(changing))).toContain('2 items: 2 news · 1 new · 1 changed\n')
  })
})

describe('the headline', () => {
  it.each([
    ['later', 'approved; 2 still owed: busy, next try 05:05; see groundwire status daily/2026-06-29'],
    ['throw', 'approved; 2 still owed: a bug in the channel, next try 05:00; see groundwire status daily/2026-06-29'],
    ['reject', 'sent to the outbox, except for 1; see groundwire status daily/2026-06-29'],
    ['silent', 'sent to the outbox, except for 2; see groundwire status daily/2026-06-29'],
  ] as const)('of a run whose mail comes to %s: %s', async (behaviour, words) => {
    email.next(behaviour)
    expect(headline(await pass(source()))).toBe(words)
  })

  it('still names what could not be delivered when there is nothing more to do', async () => {
    const same = source()
    email.next('reject')
    await pass(same)
    expect(headline(await pass(same))).toBe(
      'nothing to do: it has left already, except for 1; see groundwire status daily/2026-06-29',
    )
  })

  it('counts what is owed when nothing of it is due', async () => {
    const same = source()
    email.next('later')
    await pass(same)
    expect(headline(await pass(same))).toBe(
      'nothing to do now: sending; 2 still owed: busy, next try 05:05; see groundwire status daily/2026-06-29',
    )
  })

  it('of a draft and of a held day says what a person can do', async () => {
    const same = source()
    expect(headline(await pass(same, { approval: 'editor' }))).toBe(
      'a draft; let it go with groundwire approve daily/2026-06-29',
    )
    expect(headline(await pass(same, { date: '2026-06-28' }))).toBe(
      'held: its items were published before groundwire first read this source. ' +
        'Let it go all the same with groundwire approve daily/2026-06-28',
    )
  })

  it('names the provider that took the mail, and how many readers it went to', async () => {
    email = mailBy('Resend')
    store = await testStore({ subscribers: 1204 })
    const report = await pass(source())
    expect(headline(report)).toBe('sent by Resend to 1,204 readers, the rest to the outbox')
    expect(text(report)).toContain('  E-mail    1,204 sent  by Resend\n')
    expect(text(report)).toContain('  Bluesky   2 sent  .groundwire/outbox/bluesky/')
  })

  it('names the networks that posts went to', async () => {
    bluesky = fakeChannel('bluesky', { destination: 'bsky.social' })
    expect(headline(await pass(source()))).toBe('sent to bsky.social, the rest to the outbox')
  })

  it('claims no provider for what left before', async () => {
    const same = source()
    await pass(same)
    email = mailBy('Resend')
    expect(text(await pass(same))).toContain('  E-mail    2 sent\n')
  })

  it('of an edition that became late while it left says what is left and how to let it go', async () => {
    const same = source()
    email = mailBy('Resend', true)
    email.next('later')
    await pass(same)
    const late = await pass(same, {}, '2026-06-29T18:30:00.000Z')
    expect(headline(late)).toBe(
      'held with 2 still to leave: 13 hours late: it was meant to leave at 2026-06-29 07:00 (Europe/Berlin). ' +
        'Let it go all the same with groundwire approve daily/2026-06-29',
    )
    expect(describeRun(late, { ...configuration, callOptions: ' --data x' })).toContain(
      'groundwire approve daily/2026-06-29 --data x\n',
    )
  })

  it('of a cancelled edition says why', async () => {
    const same = source()
    await pass(same, { approval: 'editor' })
    await store.cancel('daily/2026-06-29', 'wrong day', new Date('2026-06-29T05:00:00.000Z'))
    expect(headline(await pass(same))).toBe('nothing to do: it was cancelled (wrong day)')
  })
})

describe('findings', () => {
  it('come with the worst first, from source, edition and renderings alike', async () => {
    const note: Finding = { severity: 'note', code: 'n', message: 'Only a note.' }
    const warning: Finding = { severity: 'warning', code: 'w', message: 'It is long.' }
    bluesky = fakeChannel('bluesky', {
      renderings: () => [rendering('1', 'a', 'Tides', { findings: [note, warning] })],
    })
    const broken = source()
    broken.tells({ kind: 'item', item: news('tides') }, ...brokenOff)
    const lines = text(await pass(broken)).split('\n')
    const at = lines.findIndex((line) => line.startsWith('  Checked'))
    expect(lines.slice(at, at + 4)).toEqual([
      '  Checked   1 error, 1 warning',
      '            error: The source broke off.',
      '            warning: bluesky: It is long.',
      expect.stringMatching(/^ {2}E-mail/),
    ])
  })

  it('that are many are cut short, errors kept', async () => {
    const items = Array.from({ length: 20 }, (_, at) => news(`n${at}`, '2026-06-29', { summary: '' }))
    const report = await pass(fakeSource(...items, news('bare', '2026-06-29', { sources: [] })))
    const shown = text(report)
    expect(shown).toContain('Checked   1 error, 20 warnings\n')
    expect(shown).toContain('error: “All about bare” names no primary source')
    expect(shown).toContain('and 9 more; see groundwire preview\n')
  })
})

it('never names a reader', async () => {
  email.next('reject')
  const report = await pass(source())
  expect(text(report) + JSON.stringify(runAsJson(report, configuration))).not.toContain('reader.example')
})

describe('counts in words', () => {
  const of = (...counts: readonly (readonly [DeliveryState, number])[]): LedgerCount[] =>
    counts.map(([state, count]) => ({ edition: 'daily/2026-06-29', channel: 'email', state, count }))

  it('are tallied by state', () => {
    expect(tallyCounts(of(['sent', 3], ['waiting', 1], ['review', 1204], ['sent', 4]))).toBe(
      '7 sent, 1 waiting, 1,204 needs review',
    )
  })

  it('add up: everybody who was frozen is in the sum once', () => {
    expect(sumLine([])).toBe('')
    expect(sumLine(of(['sent', 1000], ['sent', 204]))).toBe('1,204 frozen = 1,204 sent + 0 rejected + 0 needs review')
    const every = deliveryStates.map((state) => [state, 2] as const)
    expect(sumLine(of(...every))).toBe(
      '18 frozen = 2 sent + 2 rejected + 2 needs review + 2 overtaken + 2 cancelled + 8 still open',
    )
  })
})

describe('what a program reads', () => {
  it('has the same keys, whatever became of the run', async () => {
    const ran = runAsJson(await pass(source()), configuration)
    expect(Object.keys(ran)).toEqual([
      'edition',
      'verdict',
      'state',
      'reason',
      'subject',
      'items',
      'background',
      'source',
      'read',
      'findings',
      'renderings',
      'deliveries',
      'waits',
      'delivered',
      'others',
      'vanished',
      'data',
    ])
    store = await testStore()
    const empty = runAsJson(await pass(fakeSource()), configuration)
    expect(Object.keys(empty)).toEqual(Object.keys(ran))
  })

  it('says what was read, made and delivered', async () => {
    const report = await pass(source())
    expect(JSON.parse(JSON.stringify(runAsJson(report, configuration)))).toMatchObject({
      edition: 'daily/2026-06-29',
      verdict: 'approved',
      state: 'sent',
      reason: '',
      subject: 'All about tides',
      items: [news('tides').url, news('clocks').url],
      background: [lesson('sea').url],
      source: '/papers/llms-full.txt',
      read: {
        items: 5,
        sections: { news: 4, learn: 1 },
        added: 5,
        changed: 0,
        skipped: 1,
        complete: true,
        unchanged: false,
      },
      deliveries: [
        { channel: 'bluesky', state: 'sent', count: 2 },
        { channel: 'email', state: 'sent', count: 2 },
        { channel: 'feeds', state: 'sent', count: 3 },
      ],
      delivered: 7,
      data: resolve('.groundwire'),
    })
  })

  it('has null where there is nothing', async () => {
    expect(runAsJson(await pass(fakeSource()), configuration)).toMatchObject({
      verdict: 'empty',
      state: null,
      subject: null,
      items: [],
      deliveries: [],
    })
  })
})
