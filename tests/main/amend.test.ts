import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { amendCommand } from '../../src/main/amend.ts'
import { controlCommand } from '../../src/main/control.ts'
import { runCommand } from '../../src/main/run.ts'
import type { Amendment } from '../../src/domain/amendment.ts'
import type { Store } from '../../src/ports.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { common, testTerminal, type TestTerminal } from './editor.ts'

const HOME = 'https://morningcheck.example'
const TIDES = `${HOME}/news/tides.html`
const NOTE = 'The record is 180 years long, not 108.'
const never = new AbortController().signal

let folder: string
let data: string
let source: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groundwire-amend-'))
  data = join(folder, 'data')
  source = join(folder, 'news')
  mkdirSync(source)
  writeFileSync(
    join(folder, 'groundwire.config.ts'),
    `export default { publication: { name: 'The Morning Check', url: '${HOME}' } }`,
  )
  write('tides', 'Tides')
  write('bees', 'Bees')
  await run('2026-06-29')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, title: string, date = '2026-06-29'): void {
  const front = `title: ${title}\ndate: ${date}\nsummary: About ${name}.\nurl: ${HOME}/news/${name}.html\nsources: [https://arxiv.org/abs/${name}]`
  writeFileSync(join(source, `${name}.md`), `---\n${front}\n---\nWords about ${name}.\n`)
}

const options = () => ({ ...common(data), source })

function terminal(): TestTerminal {
  return testTerminal(folder)
}

async function run(date: string): Promise<number> {
  const words = { kind: 'run', date, channels: undefined, approve: true, now: true, dryRun: false } as const
  return runCommand({ ...options(), ...words }, terminal(), never)
}

/** An edition that waits for an editor. */
async function draft(date: string): Promise<void> {
  const config = join(folder, 'editor.config.ts')
  writeFileSync(config, `export default { approval: 'editor', publication: { url: '${HOME}' } }`)
  const words = { kind: 'run', config, date, channels: undefined, approve: false, now: false, dryRun: false } as const
  await runCommand({ ...options(), ...words }, terminal(), never)
}

interface Ended {
  readonly code: number
  readonly out: string
}

type Command = Parameters<typeof amendCommand>[0]
type Words<Kind extends Command['kind']> = Partial<Omit<Extract<Command, { kind: Kind }>, 'kind'>>

async function ended(words: Command): Promise<Ended> {
  const shown = terminal()
  const code = await amendCommand(words, shown, never)
  return { code, out: shown.written.join('').replaceAll(folder, 'FOLDER') }
}

const correct = (words: Words<'correct'> = {}): Promise<Ended> =>
  ended({ ...options(), kind: 'correct', item: TIDES, note: NOTE, dryRun: false, ...words })

const retract = (words: Words<'retract'> = {}): Promise<Ended> =>
  ended({ ...options(), kind: 'retract', item: TIDES, reason: 'It was a hoax.', dryRun: false, ...words })

async function withStore<T>(act: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqlite(join(data, 'groundwire.db'))
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

const amendments = (): Promise<Amendment[]> => withStore((store) => store.amendments({}))
const feed = (): string => readFileSync(join(data, 'public/feed.json'), 'utf8')

describe('correct', () => {
  it('shows what leaves, says how, and leaves nothing to do but the next pass', async () => {
    write('tides', 'Tides, put right')
    const { code, out } = await correct()
    const [amendment] = await amendments()
    expect(code).toBe(0)
    expect(out).toContain(`${amendment?.id}  approved\n  “Correction: Tides, put right”`)
    expect(out).toMatch(/^ {2}Feeds {5}\S.* \(RSS\), \S.* \(Atom\), \S.* \(JSON Feed\) and \d+ more$/m)
    expect(out).toMatch(new RegExp(`  Bluesky   .*\\n              Correction: ${NOTE}\\n`))
    expect(out).toContain('It is frozen as it is shown here. The next digest tells of it.')
    expect(out).toContain('without one: groundwire run --date 2026-06-29 --source FOLDER/news --data FOLDER/data')
    expect(feed()).not.toContain(NOTE)
    await run('2026-06-29')
    expect(feed()).toContain(NOTE)
    expect(feed()).toContain('Tides, put right')
  })

  it('takes the address as a person has it, with tracking and a place on the page', async () => {
    await correct({ item: `  ${TIDES}?utm_source=mail#top ` })
    expect((await amendments())[0]?.url).toBe(TIDES)
  })

  it('folds the note to one line, without what commands a terminal', async () => {
    await correct({ note: ' The record\n is\u001B[31m long. ' })
    expect((await amendments())[0]?.note).toBe('The record is[31m long.')
  })

  it('said twice is said once', async () => {
    await correct()
    const { code, out } = await correct()
    expect({ code, said: out.includes('It was said before; nothing changed.') }).toEqual({ code: 0, said: true })
    expect(await amendments()).toHaveLength(1)
  })

  it('of four at once is said once', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => correct()))
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(all.filter(({ out }) => out.includes('It is frozen as it is shown here.'))).toHaveLength(1)
    expect(all.filter(({ out }) => out.includes('It was said before; nothing changed.'))).toHaveLength(3)
    expect(await amendments()).toHaveLength(1)
  })

  it('too long for one channel leaves in none, and says by how much', async () => {
    const { code, out } = await correct({ note: 'What was wrong is put right. '.repeat(20) })
    expect(code).toBe(1)
    expect(out).toMatch(/^correction\/\S+ {2}not said\n/)
    expect(out).toMatch(/ {2}Checked {3}error: .*\d+/)
    expect(out).toContain('Nothing was said, in any channel: an error keeps it from leaving.')
    expect(await amendments()).toEqual([])
  })

  it('only looked at changes nothing', async () => {
    const { code, out } = await correct({ dryRun: true })
    expect(code).toBe(0)
    expect(out).toMatch(/^correction\/\d{4}-\d\d-\d\d-[0-9a-f]{8} {2}dry run\n/)
    expect(out).toContain('Nothing was written, and nothing leaves.')
    expect(await amendments()).toEqual([])
  })

  it('is refused when the source cannot be read, for what the item says now is not known', async () => {
    rmSync(source, { recursive: true })
    await expect(correct()).rejects.toThrow(/^The source could not be read whole, .*; nothing was said\. ./)
    expect(await amendments()).toEqual([])
  })

  it.each([
    ['no address', 'tides', /is not the address of an item; write it whole/],
    ['no item', `${HOME}/news/none.html`, /^no item with the address .* was ever read/],
  ])('ends with wrong use for what is %s', async (_, item, message) => {
    await expect(correct({ item })).rejects.toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }),
    )
  })

  it('of a vanished item is wrong use, and says how to take it back', async () => {
    write('whales', 'Whales')
    await run('2026-06-29')
    rmSync(join(source, 'tides.md'))
    await expect(correct()).rejects.toThrow(
      `To take it back: groundwire retract ${TIDES} --source ${source} --data ${data}`,
    )
  })

  it('of what never left has nothing to do', async () => {
    write('new', 'New', '2026-06-30')
    await run('2026-06-29')
    const { code, out } = await correct({ item: `${HOME}/news/new.html` })
    expect({ code, said: out.includes('No edition carries it and no feed shows it') }).toEqual({ code: 0, said: true })
  })

  it('of an item that a draft has says how to put the draft right, and ends with 1', async () => {
    write('tides', 'Tides')
    write('new', 'New', '2026-06-30')
    await draft('2026-06-30')
    const { code, out } = await correct({ item: `${HOME}/news/new.html` })
    expect(code).toBe(1)
    expect(out).toContain('the item has not left, and daily/2026-06-30 (draft) would carry it as it was.')
    expect(out).toContain(
      'Put it right where it is published, then make the draft anew (groundwire run --date 2026-06-30',
    )
  })

  it('names the source that the item was read from when the call names another', async () => {
    const other = join(folder, 'other')
    mkdirSync(other)
    await expect(correct({ source: other })).rejects.toThrow(`was last read from ${source}; add --source ${source}.`)
  })

  it('makes nothing in a folder where nothing was made', async () => {
    await expect(correct({ data: join(folder, 'none') })).rejects.toThrow(/^nothing has been made in/)
  })

  it('can be held and let go by its name, and says how it leaves without making the edition of today', async () => {
    await correct()
    const edition = (await amendments())[0]?.id ?? ''
    const control = async (kind: 'hold' | 'approve'): Promise<Ended> => {
      const shown = terminal()
      const code = await controlCommand({ ...options(), kind, edition, reason: undefined }, shown)
      return { code, out: shown.written.join('') }
    }
    expect((await control('hold')).code).toBe(0)
    await run('2026-06-29')
    expect(feed()).not.toContain(NOTE)
    expect(await control('approve')).toMatchObject({ code: 0, out: expect.stringContaining('run --date 2026-06-29') })
    await run('2026-06-29')
    expect(feed()).toContain(NOTE)
  })
})

describe('retract', () => {
  it('takes the item out of the feeds, also when its source no longer lists it', async () => {
    rmSync(join(source, 'tides.md'))
    const { code, out } = await retract()
    expect(code).toBe(0)
    expect(out).toContain('“Withdrawn: Tides”')
    await run('2026-06-29')
    expect(feed()).toContain('Bees')
    expect(feed()).not.toContain('Tides')
  })

  it.each(['draft', 'held'] as const)(
    'of an item that only a %s edition has names it, and ends with 1',
    async (state) => {
      write('new', 'New', '2026-06-30')
      await draft('2026-06-30')
      if (state === 'held') await withStore((store) => store.hold('daily/2026-06-30', 'a doubt'))
      const item = `${HOME}/news/new.html`
      const { code, out } = await retract({ item })
      expect(code).toBe(1)
      expect(out).toContain(
        `Nothing was done: the item has not left, and daily/2026-06-30 (${state}) would carry it as it was.`,
      )
      expect(out).toContain('Take the item out where it is published, then ')
      expect(out).toContain('groundwire cancel daily/2026-06-30 --source FOLDER/news --data FOLDER/data')
      expect(out.includes('groundwire run --date')).toBe(state === 'draft')
      expect(JSON.parse((await retract({ item, json: true })).out)).toMatchObject({
        verdict: 'never-left',
        drafts: [{ edition: 'daily/2026-06-30', state }],
      })
      await withStore((store) => store.cancel('daily/2026-06-30', 'wrong', new Date()))
      expect((await retract({ item })).code).toBe(0)
    },
  )

  it('of what the feeds show though no edition carries it takes it out of them, and says how it leaves', async () => {
    write('old', 'Old', '2026-05-10')
    write('new', 'New', '2026-06-30')
    await run('2026-06-30')
    expect(feed()).toContain('"Old"')
    write('waiting', 'Waiting', '2026-07-01')
    await draft('2026-07-01')
    const item = `${HOME}/news/old.html`
    const { code, out } = await retract({ item })
    expect(code).toBe(0)
    expect(out).toContain('nothing of it has left there')
    expect(out).toContain('without one: groundwire run --date 2026-06-30 --source FOLDER/news --data FOLDER/data')
    await run('2026-06-30')
    expect(feed()).not.toContain('"Old"')
  })

  it('of news that no edition has says that no feed shows them either', async () => {
    write('new', 'New', '2026-06-30')
    await draft('2026-06-30')
    await withStore((store) => store.cancel('daily/2026-06-30', 'wrong', new Date()))
    const { code, out } = await retract({ item: `${HOME}/news/new.html` })
    expect(code).toBe(0)
    expect(out).toContain('No edition carries it and no feed shows it: there is nothing to take back.')
  })

  it('reads no source, for there may be none any more', async () => {
    rmSync(source, { recursive: true })
    expect((await retract({ reason: undefined })).code).toBe(0)
  })

  it('said twice is said once, and leaves nothing to correct', async () => {
    await retract()
    expect((await retract({ reason: 'Another.' })).out).toContain('It was taken back before; nothing changed.')
    await expect(correct()).rejects.toThrow(`${TIDES} was retracted; nothing of it is left to correct.`)
  })
})

describe('what a program reads', () => {
  it('is one object with what leaves', async () => {
    const { out } = await correct({ json: true })
    expect(JSON.parse(out)).toMatchObject({
      edition: (await amendments())[0]?.id,
      kind: 'correction',
      item: TIDES,
      note: NOTE,
      verdict: 'approved',
      owed: [],
      renderings: expect.arrayContaining([
        expect.objectContaining({ channel: 'feeds', id: 'feed.json', mayLeave: true }),
      ]),
      deliveries: expect.arrayContaining([{ channel: 'feeds', state: 'planned', count: expect.any(Number) }]),
      message: expect.stringContaining('The next digest tells of it.'),
    })
  })

  it('is one object when there was nothing to do, too', async () => {
    await correct()
    expect(JSON.parse((await correct({ json: true })).out)).toMatchObject({ verdict: 'said', renderings: [] })
  })
})
