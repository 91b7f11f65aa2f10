import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'csv-parse/sync'
import type { LedgerEntry } from '../../src/domain/delivery.ts'
import { statusCommand } from '../../src/main/status.ts'
import { writeJsonList, writeTable } from '../../src/main/lists.ts'
import { csvColumns, entryAsJson, entryAsRow, entryLine, missedLines } from '../../src/main/status/entries.ts'
import { type Screen, shownTime } from '../../src/main/screen.ts'
import type { Terminal } from '../../src/main/terminal.ts'
import { fakeSource, news, settingsFor } from '../pipeline/fixture.ts'
import { common, ID, openEditorsDesk, testTerminal, type Desk } from './editor.ts'

let desk: Desk

beforeEach(async () => {
  desk = await openEditorsDesk()
})
afterEach(() => desk.discard())

type Options = Partial<Pick<Parameters<typeof statusCommand>[0], 'edition' | 'failed' | 'csv' | 'json' | 'data'>>

async function status(options: Options = {}): Promise<string> {
  const terminal = testTerminal(desk.folder)
  const code = await statusCommand(
    { ...common(desk.folder), kind: 'status', edition: undefined, failed: false, csv: false, ...options },
    terminal,
  )
  expect(code).toBe(0)
  return terminal.written.join('')
}

async function bounce(reader: string): Promise<void> {
  await desk.withStore((store) =>
    store.report(
      {
        id: `event ${reader}`,
        kind: 'bounced',
        at: '2026-06-29T05:01:00.000Z',
        delivery: `email/${ID}/${reader}`,
        remoteId: 'r',
        permanent: true,
        reason: 'no such mailbox',
      },
      { softBounceEditions: 3, now: new Date('2026-06-29T05:02:00.000Z') },
    ),
  )
}

describe('the overview', () => {
  it('says so when there is nothing yet, and makes nothing', async () => {
    const data = `${desk.folder}/none`
    expect(await status({ data })).toMatch(/^Nothing has been made in .*none yet\. Begin with groundwire run\.$/m)
    expect(await status({ data, json: true })).toBe('{"editions":[]}\n')
  })

  it('counts editions, readers, and how fast calls may go', async () => {
    await desk.pass()
    const pace = { name: 'resend', perSecond: 2 }
    const now = new Date('2026-06-29T05:00:00.000Z')
    await desk.withStore((store) => store.reserve(pace, { now, spanMs: 1000, horizonMs: 1000 }))
    await desk.withStore((store) => store.adjust(pace, { limitPerSecond: 5 }, now))
    await bounce('reader-02')
    expect(await status()).toMatchInlineSnapshot(`
      "daily/2026-06-29  sent
        “All about tides”
        email     3 sent
        posts     1 sent

      Readers  2 active, 1 suppressed
      Pace     Resend: 2 calls a second (5 allowed)
      "
    `)
    expect(JSON.parse(await status({ json: true }))).toMatchObject({
      editions: [{ id: ID, state: 'sent', deliveries: [{ channel: 'email', state: 'sent', count: 3 }, {}] }],
      readers: { active: 2, unconfirmed: 0, unsubscribed: 0, suppressed: 1 },
      pace: { resend: { perSecond: 2, limitPerSecond: 5 } },
    })
  })

  it('says what leaves later, why things wait, each reason once, and what vanished', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000)
    const times: NonNullable<Desk['posts']['times']> = (_, renderings) => renderings.map(() => tomorrow)
    desk.email.next('later')
    const posts = { ...desk.posts, times }
    const two = fakeSource(news('tides'), news('bees'), news('clocks'))
    await desk.pass({ source: two, settings: settingsFor(desk.email, posts) })
    two.says(news('tides'), news('clocks'))
    await desk.pass({ source: two })
    const shown = (await status()).replaceAll(desk.folder, 'FOLDER')
    expect(shown).toMatch(/^ {2}3 leave later: the next at \d{4}-\d\d-\d\d \d\d:\d\d$/m)
    expect(shown).toMatch(/^Waiting {2}3 for email: busy, next try 2026-06-29 06:05$/m)
    expect(shown).toMatch(
      /^Vanished “All about bees” is no longer listed by its source \(since .*\); it left in daily/m,
    )
    expect(shown).toContain(`groundwire retract ${news('bees').url} --data FOLDER`)
    expect(await status({ edition: ID })).toMatch(/^ {2}3 leave later: the next at .*\n {2}Waiting: 3 for email: busy/m)
    expect(await status({ edition: ID })).toContain(
      `not before ${shownTime({ zone: 'Europe/London', today: ID }, tomorrow)}`,
    )
    expect(await status({ edition: ID })).not.toMatch(/\d\dZ/)
    expect(JSON.parse(await status({ json: true }))).toMatchObject({
      editions: [
        {
          waits: [
            { channel: 'email', byPlan: false, count: 3 },
            { channel: 'posts', byPlan: true, count: 3 },
          ],
        },
      ],
      vanished: [{ url: news('bees').url, edition: ID }],
    })
    expect(JSON.parse(await status({ edition: ID, json: true }))).toMatchObject({
      waits: [{}, { byPlan: true }],
      deliveries: [{ byPlan: true }, { byPlan: true }, { byPlan: true }, { byPlan: false }, {}, {}],
    })
  })

  it('says how readers come when there are none', async () => {
    desk.discard()
    desk = await openEditorsDesk(0)
    expect(await status()).toContain('none yet: groundwire subscribers add, or import')
  })
})

describe('one edition', () => {
  it('that went well: the sum, and every line', async () => {
    await desk.pass()
    expect(await status({ edition: ID })).toMatchInlineSnapshot(`
      "daily/2026-06-29  sent
        “All about tides”
        email     3 sent
        posts     1 sent
        4 frozen = 4 sent + 0 rejected + 0 needs review

        sent         posts     https://morningcheck.example/news/tides.html
        sent         email     reader-01  r…@reader.example
        sent         email     reader-02  r…@reader.example
        sent         email     reader-03  r…@reader.example
      "
    `)
  })

  it('that went badly: who did not get it and why, with the key to settle it by, and what to do', async () => {
    desk.email.next('reject')
    desk.posts.next('silent')
    await desk.pass()
    await bounce('reader-03')
    expect((await status({ edition: ID })).replaceAll(desk.folder, 'FOLDER')).toMatchInlineSnapshot(`
      "daily/2026-06-29  sent
        “All about tides”
        email     1 rejected, 2 sent
        posts     1 needs review
        4 frozen = 2 sent + 1 rejected + 1 needs review

        Who did not get it
        needs review posts     https://morningcheck.example/news/tides.html  the channel gave no outcome for this delivery
                     posts/dd2644dca56ae472f5c73bb331099f94
        rejected     email     reader-01  r…@reader.example  no such reader
                     email/daily/2026-06-29/reader-01
        bounced      email     reader-03  r…@reader.example  no such mailbox
                     email/daily/2026-06-29/reader-03

        Needs review: it may have left. Look on the other side, then groundwire resolve KEY --data FOLDER --sent, --retry (who has it gets it twice) or --drop.
        Rejected: it did not leave. When the cause is gone, groundwire resolve KEY --data FOLDER --retry.
        Bounced, failed, suppressed: the provider took it and could not deliver it. Ask the reader for another address.

        needs review posts     https://morningcheck.example/news/tides.html  the channel gave no outcome for this delivery
        rejected     email     reader-01  r…@reader.example  no such reader
        sent         email     reader-02  r…@reader.example
        sent         email     reader-03  r…@reader.example  no such mailbox  bounced
      "
    `)
  })

  it('shows reasons on one line and without addresses, whoever wrote them', async () => {
    await desk.pass({ approval: 'editor' })
    const reason = 'asked by ada@reader.example\n  posts     9 sent\u2028or “b%40reader.example”'
    await desk.withStore((store) => store.hold(ID, reason))
    const shown = 'asked by a…@reader.example posts 9 sent or “b…@reader.example”'
    expect(await status({ edition: ID })).toContain(`${ID}  held: ${shown}\n`)
    expect(JSON.parse(await status({ edition: ID, json: true }))).toMatchObject({ reason: shown })
    const entry = { state: 'rejected', reason } as const
    for await (const one of many(1, entry)) {
      expect(entryLine(one, screen)).toContain(shown)
      expect(missedLines(one, screen)).toContain(shown)
      expect(entryAsJson(one, screen)).toMatchObject({ reason: shown })
    }
  })

  it('that is held says how to let it go', async () => {
    desk.posts.next('later')
    await desk.pass()
    await desk.withStore((store) => store.hold(ID, 'a doubt'))
    const text = await status({ edition: ID })
    expect(text).toContain(`${ID}  held: a doubt\n`)
    expect(text).toContain('4 frozen = 3 sent + 0 rejected + 0 needs review + 1 still open\n')
    expect(text).toContain(`To let it go: groundwire approve ${ID} --data ${desk.folder}\n`)
  })

  it('that is held says nothing of times at which it would have left, also in the overview', async () => {
    const times: NonNullable<Desk['posts']['times']> = (_, renderings) =>
      renderings.map(() => new Date(Date.now() + 1000))
    desk.email.next('later')
    await desk.pass({ settings: settingsFor(desk.email, { ...desk.posts, times }) })
    await desk.withStore((store) => store.hold(ID, 'a doubt'))
    for (const shown of [await status(), await status({ edition: ID })]) {
      expect(shown).not.toMatch(/leaves? later|^ *Waiting|not before|next try/m)
      expect(shown).toContain('  4 still to leave, and none before it is let go.\n')
      expect(shown).toContain(`  To let it go: groundwire approve ${ID} --data ${desk.folder}\n`)
    }
  })

  it('that is overdue is not said to leave at a time that is over', async () => {
    const times: NonNullable<Desk['posts']['times']> = (_, renderings, from) =>
      renderings.map(() => new Date(from.getTime() + 60_000))
    await desk.pass({ settings: settingsFor(desk.email, { ...desk.posts, times }) })
    const shown = await status()
    expect(shown).toContain('  1 due by now, for a running worker or the next run\n')
    expect(shown).not.toContain('leaves later')
  })

  it('names accounts that look like addresses, and no reader', async () => {
    const reason = 'mastodon news@mastodon.example is stopped: ada@mastodon.example was refused'
    for await (const one of many(1, { state: 'rejected', reason })) {
      const shown = 'mastodon news@mastodon.example is stopped: a…@mastodon.example was refused'
      for (const line of [entryLine(one, screen), missedLines(one, screen)]) expect(line).toContain(shown)
      expect(entryAsJson(one, screen)).toMatchObject({ reason: shown })
    }
  })

  it('that waits says why, and until when', async () => {
    desk.posts.next('later')
    await desk.pass()
    expect(await status({ edition: ID })).toMatch(
      /^ {2}Waiting: 1 for posts: busy, next try 2026-06-29 \d\d:\d\d\n {2}Or at once: groundwire run --now --data .*, which sends all that waits, also what is spaced or in quiet hours\.$/m,
    )
  })

  it('that was cancelled lists whom it did not reach', async () => {
    desk.email.next('later')
    await desk.pass()
    await desk.withStore((store) => store.cancel(ID, 'wrong', new Date('2026-06-29T05:00:00.000Z')))
    const text = await status({ edition: ID })
    expect(text).toContain('4 frozen = 1 sent + 0 rejected + 0 needs review + 3 cancelled\n')
    expect(text.match(/^ {2}cancelled .*reader-0\d {2}r…@reader\.example/gm)).toHaveLength(6)
    expect(text).toContain('Cancelled: the edition ended, or its reader left, before it was sent')
  })

  it('that is large is not listed whole, and says how it can be', async () => {
    desk.discard()
    desk = await openEditorsDesk(60)
    desk.email.next('silent')
    await desk.pass()
    const text = await status({ edition: ID })
    expect(text.match(/^ {2}needs review/gm)).toHaveLength(50)
    expect(text).toContain(`and 10 more: groundwire status ${ID} --data ${desk.folder} --failed\n`)
    expect(text).toContain(`All 61: groundwire status ${ID} --data ${desk.folder} --json, or --csv\n`)
    expect(text).not.toContain('sent         posts')
    expect((await status({ edition: ID, failed: true })).match(/^ {2}needs review/gm)).toHaveLength(60)
  })

  it('that does not exist is answered with those that do', async () => {
    await desk.pass()
    await expect(status({ edition: 'daily/1999-01-01' })).rejects.toThrow(
      `there is no edition daily/1999-01-01; there are ${ID}. groundwire status lists them.`,
    )
  })

  it('that is an address by mistake is not repeated', async () => {
    await desk.pass()
    await expect(status({ edition: 'ada@reader.example' })).rejects.toThrow(
      'there is no edition a…@reader.example; there',
    )
  })
})

describe('for programs and tables', () => {
  it('one object has every delivery with the same keys, and masks addresses', async () => {
    desk.email.next('reject')
    await desk.pass()
    await bounce('reader-02')
    const out = await status({ edition: ID, json: true })
    const parsed: unknown = JSON.parse(out)
    expect(parsed).toMatchObject({
      id: ID,
      state: 'sent',
      counts: [{ channel: 'email', state: 'rejected', count: 1 }, {}, {}],
      deliveries: [
        { channel: 'posts', address: null },
        { key: `email/${ID}/reader-01`, address: 'r…@reader.example', state: 'rejected', reason: 'no such reader' },
        { target: 'reader-02', state: 'sent', receipt: 'bounced', receiptAt: '2026-06-29T05:01:00.000Z' },
        { target: 'reader-03', state: 'sent', receipt: null, attempts: 1, remoteId: `remote email/${ID}/reader-03` },
      ],
    })
    expect(out).not.toMatch(/reader-0\d@/)
  })

  it('--failed leaves only those who do not have it, of one edition or of all', async () => {
    desk.email.next('reject')
    await desk.pass()
    await bounce('reader-02')
    for (const edition of [ID, undefined]) {
      const { deliveries } = JSON.parse(await status({ edition, failed: true, json: true }))
      expect(deliveries.map(({ target }: LedgerEntry) => target)).toEqual(['reader-01', 'reader-02'])
    }
    expect(await status({ failed: true })).toMatchInlineSnapshot(`
      "daily/2026-06-29
        rejected     email     reader-01  r…@reader.example  no such reader
                     email/daily/2026-06-29/reader-01
        bounced      email     reader-02  r…@reader.example  no such mailbox
                     email/daily/2026-06-29/reader-02
      "
    `)
  })

  it('--failed says so when nothing failed', async () => {
    await desk.pass()
    expect(await status({ edition: ID, failed: true })).toBe('Nothing failed.\n')
  })

  it('a table has whole addresses, and a header also when it is empty', async () => {
    desk.email.next('reject')
    await desk.pass()
    const rows = parse(await status({ edition: ID, csv: true }), { columns: true })
    expect(rows).toHaveLength(4)
    expect(rows[1]).toEqual({
      edition: ID,
      channel: 'email',
      target: 'reader-01',
      address: 'reader-01@reader.example',
      state: 'rejected',
      reason: 'no such reader',
      receipt: '',
      receipt_at: '',
      attempts: '1',
      settled_at: '2026-06-29T05:00:00.000Z',
      key: `email/${ID}/reader-01`,
    })
    expect(await status({ edition: ID, csv: true, failed: true })).toMatch(/^edition,.*,key\n"daily.*"reader-01@.*\n$/)
  })

  it('a table of nothing has its header', async () => {
    expect(await status({ csv: true })).toBe(
      'edition,channel,target,address,state,reason,receipt,receipt_at,attempts,settled_at,key\n',
    )
  })

  it('a table disarms what a spreadsheet would take for a formula', async () => {
    const terminal = testTerminal('/')
    await writeCsv(many(1, { reason: '=HYPERLINK("https://evil.example")', address: '+me@reader.example' }), terminal)
    const [row] = parse(terminal.written.join(''), { columns: true })
    expect(row).toMatchObject({ reason: `'=HYPERLINK("https://evil.example")`, address: `'+me@reader.example` })
  })

  it.each([
    ['one object', async (terminal: Terminal) => void (await writeJson({ id: ID }, many(20_000), terminal))],
    ['a table', async (terminal: Terminal) => writeCsv(many(20_000), terminal)],
  ])('%s of any length is written in pieces', async (_, write) => {
    const terminal = testTerminal('/')
    await write(terminal)
    const lengths = terminal.written.map((piece) => piece.length)
    const total = lengths.reduce((sum, length) => sum + length, 0)
    expect(Math.max(...lengths)).toBeLessThan(total / 30)
  })

  it('one object of several pieces is well formed', async () => {
    const terminal = testTerminal('/')
    expect(await writeJson({ id: ID }, many(1201), terminal)).toBe(0)
    expect(JSON.parse(terminal.written.join(''))).toMatchObject({ id: ID, deliveries: { length: 1201 } })
  })
})

const screen: Screen = {
  zone: 'UTC',
  today: '2026-06-29',
  now: new Date(0),
  accounts: new Set(['news@mastodon.example']),
}
const writeCsv = (entries: AsyncIterable<LedgerEntry>, terminal: Terminal): Promise<void> =>
  writeTable(terminal, csvColumns, entries, entryAsRow)
const writeJson = (head: object, entries: AsyncIterable<LedgerEntry>, terminal: Terminal): Promise<number> =>
  writeJsonList(terminal, head, 'deliveries', entries, (entry) => entryAsJson(entry, screen))

async function* many(count: number, over: Partial<LedgerEntry> = {}): AsyncGenerator<LedgerEntry> {
  for (let at = 0; at < count; at++)
    yield {
      key: `email/${ID}/reader-${at}`,
      group: 'g',
      edition: ID,
      channel: 'email',
      rendering: 'digest',
      target: `reader-${at}`,
      address: `reader-${at}@reader.example`,
      state: 'sent',
      attempts: 1,
      doubts: 0,
      ...over,
    }
}
