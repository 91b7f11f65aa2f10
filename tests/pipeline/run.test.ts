import { beforeEach, describe, expect, it } from 'vitest'
import { editionItems } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import { poll } from '../../src/pipeline/poll.ts'
import { run, type RunInput, type RunReport } from '../../src/pipeline/run.ts'
import type { Source, Store } from '../../src/ports.ts'
import { testClock } from '../fixtures/clock.ts'
import { fakeChannel, LATER_MS, onePerEdition, type FakeChannel } from '../fixtures/channel.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import {
  brokenOff,
  end,
  fakeSource,
  hasRealData,
  lesson,
  never,
  news,
  realSource,
  runInput,
  settingsFor,
} from './fixture.ts'

const clock = testClock()
let store: Store
let posts: FakeChannel
let mail: FakeChannel

beforeEach(async () => {
  clock.set('2026-06-29T05:00:00.000Z')
  store = await testStore({ subscribers: 2 })
  posts = fakeChannel('posts', { now: () => clock.now() })
  mail = fakeChannel('mail', { audience: 'subscribers', perAttempt: 100, renderings: onePerEdition })
})

async function pass(source: Source, over: Partial<RunInput> = {}): Promise<RunReport> {
  return run({ clock, store, log: testLog() }, runInput(source, [mail, posts], over), () => undefined, never)
}

function real(date: string): Promise<RunReport> {
  const source = realSource()
  const settings = { ...settingsFor(mail, posts), source: source.id, newsSections: ['news'] }
  return pass(source, { date, settings })
}

const worker = (name: string): Partial<RunInput> => ({ worker: { name, isGone: () => false } })

const urls = (report: RunReport): string[] => (report.edition ? editionItems(report.edition).map(({ url }) => url) : [])

const three = [news('tides'), news('clocks'), news('bees')]

/** Everything that would differ if a pass had written something. */
async function everything(): Promise<unknown> {
  const editions = await store.editions(100)
  const whole = await Promise.all(editions.map(({ id }) => store.edition(id)))
  const renderings = await Promise.all(editions.map(({ id }) => store.renderings(id)))
  return [whole, renderings, await store.items({}), await store.source('memory'), await store.ledger({})]
}

describe('a pass', () => {
  it('approves the day’s edition and carries it to every channel', async () => {
    const report = await pass(fakeSource(...three, lesson('sea')))
    expect(report).toMatchObject({
      verdict: 'approved',
      id: 'daily/2026-06-29',
      state: 'sent',
      delivered: 5,
      reason: '',
    })
    expect(report.edition).toMatchObject({ subject: 'All about tides', plannedAt: '2026-06-29T05:00:00.000Z' })
    expect(report.counts).toEqual([
      { edition: 'daily/2026-06-29', channel: 'mail', state: 'sent', count: 2 },
      { edition: 'daily/2026-06-29', channel: 'posts', state: 'sent', count: 3 },
    ])
    expect([...mail.accepted.keys()]).toEqual(['mail/daily/2026-06-29/reader-01', 'mail/daily/2026-06-29/reader-02'])
  })

  it('once more finds nothing to do, sends nothing and writes nothing', async () => {
    const source = fakeSource(...three)
    await pass(source)
    const before = await everything()
    clock.advance(3_600_000)
    const again = await pass(source)
    expect(again).toMatchObject({ verdict: 'unchanged', state: 'sent', delivered: 0 })
    expect(again.edition?.subject).toBe('All about tides')
    expect(again.renderings).toEqual([])
    expect(await everything()).toEqual(before)
    expect(posts.attempts).toHaveLength(3)
  })

  it('leaves what has left as it was, though the items change', async () => {
    const source = fakeSource(...three)
    await pass(source)
    source.says(news('tides', '2026-06-29', { title: 'Corrected' }))
    const again = await pass(source)
    expect(again).toMatchObject({ verdict: 'unchanged', collected: { changed: [news('tides').url] } })
    expect(again.edition?.subject).toBe('All about tides')
    expect(posts.attempts).toHaveLength(3)
  })

  it('with nothing published makes no edition', async () => {
    const report = await pass(fakeSource(lesson('sea')))
    expect(report).toMatchObject({ verdict: 'empty', edition: undefined, state: undefined, delivered: 0 })
    expect(await store.editions(10)).toEqual([])
  })

  it('with nothing but items without source makes no edition, and says why', async () => {
    const report = await pass(fakeSource(news('bare', '2026-06-29', { sources: [] })))
    expect(report.verdict).toBe('empty')
    expect(report.findings.map(({ code }) => code)).toEqual(['no-source'])
  })

  it('takes only the sections that are news', async () => {
    const source = fakeSource(news('tides'), news('jobs', '2026-06-29', { section: 'jobs' }))
    const settings = { ...settingsFor(mail, posts), newsSections: ['news'] }
    expect(urls(await pass(source, { settings }))).toEqual([news('tides').url])
  })

  it('makes the latest day when none is given', async () => {
    const source = fakeSource(news('new', '2026-06-21'), news('old', '2026-06-20'))
    expect(await pass(source, { date: undefined })).toMatchObject({ verdict: 'approved', id: 'daily/2026-06-21' })
  })
})

describe('the days after', () => {
  it('carry each item once: what left is not sent again by an edition that reaches further back', async () => {
    const source = fakeSource(news('mon'))
    await pass(source)
    source.says(news('tue', '2026-06-30'), news('mon-evening'), news('mon'))
    const report = await pass(source, { date: '2026-06-30', fromDay: '2026-06-29' })
    expect(urls(report)).toEqual([news('tue', '2026-06-30').url, news('mon-evening').url])
    expect(posts.accepted.size).toBe(3)
    expect([...posts.accepted.values()]).toEqual([1, 1, 1])
  })

  it('take in what came after its own day had left', async () => {
    const source = fakeSource(news('mon'))
    await pass(source)
    source.says(news('wed', '2026-07-01'), news('late'), news('mon'))
    const report = await pass(source, { date: '2026-07-01' })
    expect(urls(report)).toEqual([news('wed').url, news('late').url])
    expect(report.findings.map(({ code }) => code)).toEqual(['came-late'])
  })

  it('take in an item that lacked its source on its own day', async () => {
    const source = fakeSource(news('mon'), news('bare', '2026-06-29', { sources: [] }))
    await pass(source)
    source.says(news('tue', '2026-06-30'), news('mon'), news('bare'))
    expect(urls(await pass(source, { date: '2026-06-30' }))).toEqual([news('tue').url, news('bare').url])
  })
})

describe('before the first run', () => {
  it('a day is held with the reason, and nothing of it leaves, however often it is asked for', async () => {
    const source = fakeSource(...three, news('old', '2026-06-24'))
    await pass(source)
    for (const date of ['2026-06-24', '2026-06-24']) {
      const report = await pass(source, { date })
      expect(report).toMatchObject({
        verdict: 'held',
        id: 'daily/2026-06-24',
        state: 'held',
        reason: 'its items were published before groundwire first read this source',
        delivered: 0,
      })
      expect(urls(report)).toEqual([news('old').url])
    }
    expect(posts.attempts).toHaveLength(3)
    expect(mail.attempts).toHaveLength(1)
  })

  it('what was published is in no later edition', async () => {
    const source = fakeSource(...three, news('old', '2026-06-28'))
    await pass(source, { fromDay: '2026-06-25' })
    source.says(news('tue', '2026-06-30'), ...three, news('old', '2026-06-28'))
    const report = await pass(source, { date: '2026-06-30', fromDay: '2026-06-25' })
    expect(urls(report)).toEqual([news('tue').url])
  })
})

describe('a dry run', () => {
  it('shows the plan and sends nothing', async () => {
    const report = await pass(fakeSource(...three), { dryRun: true })
    expect(report).toMatchObject({ verdict: 'planned', delivered: 0, counts: [] })
    expect(report.renderings.map(({ channel }) => channel)).toEqual(['mail', 'posts', 'posts', 'posts'])
    expect([...mail.attempts, ...posts.attempts]).toEqual([])
  })

  it('leaves alone what is owed', async () => {
    const source = fakeSource(...three)
    posts.next('later')
    await pass(source)
    clock.advance(LATER_MS)
    expect(await pass(source, { dryRun: true })).toMatchObject({ verdict: 'unchanged', state: 'sending', delivered: 0 })
    expect(posts.attempts).toHaveLength(3)
  })
})

describe('an editor', () => {
  it('finds a draft that waits, made anew from the source until it is approved', async () => {
    const source = fakeSource(...three)
    expect(await pass(source, { approval: 'editor' })).toMatchObject({ verdict: 'draft', state: 'draft', delivered: 0 })
    source.says(news('first'), ...three)
    const draft = await pass(source, { approval: 'editor' })
    expect(draft.edition?.subject).toBe('All about first')
    expect([...mail.attempts, ...posts.attempts]).toEqual([])
    const approved = await pass(source, { approval: 'auto' })
    expect(approved).toMatchObject({ verdict: 'approved', state: 'sent', delivered: 6 })
    expect(approved.edition).toEqual(draft.edition)
  })

  it('who approves a draft lets go what was seen, whatever was published or covered since', async () => {
    const source = fakeSource(news('late', '2026-06-28'), ...three)
    clock.set('2026-06-28T05:00:00.000Z')
    await pass(source, { date: '2026-06-28', approval: 'editor', settings: settingsFor(mail) })
    clock.set('2026-06-29T05:00:00.000Z')
    const { edition } = await pass(source, { approval: 'editor', fromDay: '2026-06-28' })
    source.says(news('newer'), news('late', '2026-06-28'), ...three)
    const approved = await pass(source, { draft: 'as-seen' })
    expect(approved).toMatchObject({ verdict: 'approved', state: 'sent', edition })
    expect(urls(approved)).toHaveLength(4)
  })

  it('who holds an edition has it left alone', async () => {
    const source = fakeSource(...three)
    const { edition } = await pass(source, { approval: 'editor' })
    if (!edition) throw new Error('no edition')
    await store.keep(edition, 'held', [], 'the lead is doubtful')
    expect(await pass(source)).toMatchObject({ verdict: 'held', reason: 'the lead is doubtful', delivered: 0 })
    expect(posts.attempts).toEqual([])
  })
})

describe('what is owed', () => {
  it('is made up for by the next pass, which says so', async () => {
    const source = fakeSource(...three)
    posts.next('later')
    expect(await pass(source)).toMatchObject({ verdict: 'approved', state: 'sending' })
    clock.advance(LATER_MS)
    expect(await pass(source)).toMatchObject({ verdict: 'resumed', state: 'sent', delivered: 1 })
    expect(await pass(source)).toMatchObject({ verdict: 'unchanged', state: 'sent', delivered: 0 })
    expect([...posts.accepted.values()]).toEqual([1, 1, 1])
  })

  it('is not called carried out when it has to wait again', async () => {
    const source = fakeSource(...three)
    posts.next('later', 'send', 'send', 'later')
    await pass(source)
    clock.advance(LATER_MS)
    expect(await pass(source)).toMatchObject({ verdict: 'unchanged', state: 'sending', delivered: 0 })
  })

  it('leaves though the source cannot be read', async () => {
    const source = fakeSource(...three)
    posts.next('later')
    await pass(source)
    clock.advance(LATER_MS)
    source.tells(...brokenOff)
    const report = await pass(source)
    expect(report).toMatchObject({ verdict: 'resumed', state: 'sent', delivered: 1, collected: { complete: false } })
    expect(report.collected.findings.map(({ code }) => code)).toEqual(['source-broken'])
  })

  it('of an earlier edition leaves with a pass for another day', async () => {
    const source = fakeSource(...three)
    posts.next('later')
    await pass(source)
    clock.advance(LATER_MS)
    source.says(news('tue', '2026-06-30'), ...three)
    await pass(source, { date: '2026-06-30' })
    expect((await store.edition('daily/2026-06-29'))?.state).toBe('sent')
    expect([...posts.accepted.values()]).toEqual([1, 1, 1, 1])
  })

  it('of one channel does not keep the others from leaving', async () => {
    posts.next('throw', 'throw', 'throw')
    const report = await pass(fakeSource(...three))
    expect(report).toMatchObject({ verdict: 'approved', state: 'sending' })
    expect([...mail.accepted.values()]).toEqual([1, 1])
  })
})

describe('two runs at once', () => {
  it('deliver everything once', async () => {
    posts = fakeChannel('posts', { replayWindowMs: 0 })
    const reports = await Promise.all(['a', 'b', 'c'].map((name) => pass(fakeSource(...three), worker(name))))
    expect(reports.filter(({ verdict }) => verdict === 'approved')).toHaveLength(1)
    expect([...posts.accepted.values()]).toEqual([1, 1, 1])
    expect([...mail.accepted.values()]).toEqual([1, 1])
    expect(await store.counts()).toEqual([
      { edition: 'daily/2026-06-29', channel: 'mail', state: 'sent', count: 2 },
      { edition: 'daily/2026-06-29', channel: 'posts', state: 'sent', count: 3 },
    ])
  })

  it('of two first runs the guard holds: what one of them skipped the other does not send', async () => {
    const items: readonly Item[] = [news('today'), news('old', '2026-06-27')]
    await Promise.all([
      pass(fakeSource(...items), worker('a')),
      pass(fakeSource(...items), { ...worker('b'), fromDay: '2026-06-27' }),
    ])
    expect(posts.accepted.size).toBe(1)
  })
})

describe('poll', () => {
  it('reads the source and makes up for what is owed, without making an edition', async () => {
    const source = fakeSource(...three)
    posts.next('later')
    await pass(source)
    clock.advance(LATER_MS)
    source.says(news('new'), news('tides', '2026-06-29', { title: 'Corrected' }))
    const polled = await poll({ clock, store, log: testLog() }, runInput(source, [mail, posts]), never)
    expect(polled).toEqual({ added: 1, changed: 1, delivered: 1, problems: [] })
    expect((await store.edition('daily/2026-06-29'))?.state).toBe('sent')
    expect(await store.editions(10)).toHaveLength(1)
  })

  it('does nothing when nothing changed and nothing is owed', async () => {
    const source = fakeSource(...three)
    await pass(source)
    source.tells(end({}, { unchanged: true }))
    const polled = await poll({ clock, store, log: testLog() }, runInput(source, [mail, posts]), never)
    expect(polled).toEqual({ added: 0, changed: 0, delivered: 0, problems: [] })
  })
})

describe.skipIf(!hasRealData)('the real publication', () => {
  it('has 8 items on 2026-06-29, all as stories', async () => {
    const report = await real('2026-06-29')
    expect(report.collected).toMatchObject({ read: 147, complete: true })
    expect(Object.fromEntries(report.collected.sections)).toEqual({ news: 118, learn: 29 })
    expect(report.edition?.stories).toHaveLength(8)
    expect(report.edition?.briefs).toEqual([])
    expect(report.findings).toEqual([])
    expect(posts.accepted.size).toBe(8)
    expect(urls(report).every((url) => url.startsWith('https://groundtruth.day/'))).toBe(true)
  })

  it('has 20 items on 2026-06-24: ten stories, ten briefs, background with papers, and six pairs', async () => {
    const report = await real('2026-06-24')
    expect(report.edition?.stories).toHaveLength(10)
    expect(report.edition?.briefs).toHaveLength(10)
    expect(report.edition?.background.length).toBeLessThanOrEqual(3)
    expect(report.edition?.background.every(({ sources }) => sources.length > 0)).toBe(true)
    expect(report.findings.filter(({ code }) => code === 'source-shared')).toHaveLength(6)
    const twins = report.findings.flatMap(({ code, item }) => (code === 'source-shared' ? [item] : []))
    for (const part of ['ubers-yearly-budget', 'nearly-all-the-nsas', 'their-own-logins', 'reproduce-real-science'])
      expect(twins.some((url) => url?.includes(part))).toBe(true)
  })
})

describe('nobody missed', () => {
  it('what is published after each morning’s pass goes into the next morning’s edition', async () => {
    const source = fakeSource()
    const published: Item[] = []
    const sent: string[][] = []
    for (const day of ['2026-06-26', '2026-06-27', '2026-06-28', '2026-06-29']) {
      clock.set(`${day}T05:00:00.000Z`)
      sent.push(urls(await pass(source, { date: day })))
      published.push(news(`noon${day.slice(-2)}`, day))
      source.says(...published)
    }
    const of = (day: string): string[] => [news(`noon${day}`).url]
    expect(sent).toEqual([[], of('26'), of('27'), of('28')])
  })

  it('an archive of old days is no news, though it was never sent', async () => {
    clock.set('2026-11-23T05:00:00.000Z')
    const archive = fakeSource(...three, news('between', '2026-06-27'), news('early', '2026-06-24'))
    expect(urls(await pass(archive, { date: '2026-06-24' }))).toEqual([news('early').url])
    expect(urls(await pass(archive))).toEqual(three.map(({ url }) => url))
  })

  it('a slip in the year of the date does not make today the past', async () => {
    await pass(fakeSource(...three), { date: '2036-06-29', dryRun: true })
    expect((await store.source('memory'))?.firstDay).toBe('2026-06-29')
  })
})

describe('another edition', () => {
  it('that took an item in the meantime has it, and nobody gets it twice', async () => {
    const source = fakeSource(news('shared', '2026-06-28'), ...three)
    clock.set('2026-06-28T05:00:00.000Z')
    await pass(fakeSource(news('first', '2026-06-28')), { date: '2026-06-28', settings: settingsFor(mail) })
    clock.set('2026-06-29T05:00:00.000Z')
    const [a, b] = await Promise.all([
      pass(source, worker('a')),
      pass(source, { ...worker('b'), date: '2026-06-30', fromDay: '2026-06-29' }),
    ])
    expect([...urls(a), ...urls(b)].toSorted()).toEqual([...new Set([...urls(a), ...urls(b)])].toSorted())
  })

  it('of the same day from another source is left alone and named', async () => {
    await pass(fakeSource(...three))
    const other: Source = { ...fakeSource(news('theirs')), id: 'elsewhere' }
    const report = await pass(other, { settings: { ...settingsFor(mail, posts), source: 'elsewhere' } })
    expect(report).toMatchObject({ verdict: 'foreign', delivered: 0 })
    expect(report.edition?.source).toBe('memory')
  })
})
