import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../src/domain/delivery.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { startFakeSmtp, type FakeSmtp, type Stage, type Trouble, type TroubleChooser } from '../fakes/smtp.ts'
import { seeded } from '../fixtures/random.ts'
import { DAYS, printTable, publicationWith, type Pass, type Publication } from './mailing.ts'

const isLong = process.env['KILLS'] !== undefined
const READERS = isLong ? 5000 : 400
const KILLS = isLong ? 150 : 12
const SEED = Number(process.env['SEED'] ?? 20261013)
/** Passes of an edition that may be made beyond the killed ones until all has come to an end. */
const SPARE = 100
/** Reviews that are settled one by one with the command; the rest by the method that it calls. */
const BY_COMMAND = 3

const results: Record<string, string | number>[] = []
const open: { readonly server: FakeSmtp; readonly publication: Publication }[] = []
afterEach(async () => {
  for (const { server, publication } of open.splice(0)) {
    publication.remove()
    await server.close()
  }
})
afterAll(() => printTable(`Mail by SMTP under kill -9 (seed ${SEED})`, results))

interface World {
  readonly server: FakeSmtp
  readonly publication: Publication
  readonly random: () => number
  /** Called when a connection is opened. */
  greeted: () => void
}

async function begin(): Promise<World> {
  const server = await startFakeSmtp({ keep: false, slowMs: 25 })
  const smtp = { url: server.url, connections: 3, timeoutSeconds: 1 }
  const publication = await publicationWith(READERS, { smtp })
  open.push({ server, publication })
  return { server, publication, random: seeded(SEED), greeted: () => undefined }
}

const DEFERRED = { code: 450, text: '4.2.0 mailbox busy' }
const BUSY = { code: 421, text: '4.7.0 too many connections' }

/** Readers whose address the server never takes, and those whose mail it refuses once it has read it. */
const isRefused = (address: string): boolean => /^reader-\d*7@/.test(address)
const refusals: TroubleChooser = (stage, address = '') => {
  if (!isRefused(address)) return undefined
  if (stage === 'RCPT' && /[02468]7@/.test(address)) return { code: 550, text: '5.1.1 no such user' }
  return stage === 'accepted' ? { code: 554, text: '5.7.1 message refused' } : undefined
}

const chances: Readonly<Record<Stage, readonly (readonly [share: number, trouble: Trouble])[]>> = {
  greeting: [[0.02, 'drop']],
  EHLO: [[0.02, 'drop']],
  MAIL: [
    [0.01, 'drop'],
    [0.01, BUSY],
  ],
  RCPT: [
    [0.06, DEFERRED],
    [0.01, 'drop'],
    [0.003, 'hang'],
  ],
  DATA: [[0.01, 'drop']],
  'mid-data': [[0.02, 'drop']],
  accepted: [
    [0.06, 'drop'],
    [0.02, { code: 451, text: '4.3.0 try again later' }],
    [0.005, 'hang'],
  ],
}

function troubles(world: World): TroubleChooser {
  return (stage, address) => {
    if (stage === 'greeting') world.greeted()
    const refused = refusals(stage, address)
    if (refused) return refused
    let chance = world.random()
    for (const [share, trouble] of chances[stage]) {
      if (chance < share) return trouble
      chance -= share
    }
    return undefined
  }
}

/**
 * The clock of these tests: what waits for five minutes waits no longer. The processes go by the clock of the machine,
 * so that their ledger is set back instead; it is all that knows of these waits once a process has ended.
 */
function fiveMinutesLater({ database }: Publication): void {
  const file = new DatabaseSync(database, { timeout: 10_000 })
  file.exec(`UPDATE attempt_groups SET not_before = '2026-01-01T00:00:00.000Z' WHERE not_before IS NOT NULL`)
  file.close()
}

async function ledgerOf({ database }: Publication, edition: string): Promise<LedgerEntry[]> {
  const store = await openSqlite(database)
  try {
    return await store.ledger({ edition })
  } finally {
    await store.close()
  }
}

/** Half of the kills fall anywhere in a pass, half where it sends, however long its start takes on a busy machine. */
function killAtRandom(world: World, pass: Pass): () => void {
  const { random } = world
  let timer: NodeJS.Timeout | undefined
  const killIn = (ms: number): void => void (timer ??= setTimeout(() => pass.kill('SIGKILL'), ms))
  if (random() < 0.5) killIn(150 + 550 * random())
  else {
    const ms = 400 * random()
    world.greeted = () => killIn(ms)
  }
  return () => {
    clearTimeout(timer)
    world.greeted = () => undefined
  }
}

/** Kills passes at random instants until there were enough; then lets them end. What was left undone is never `sent`. */
async function killUntilEnded(world: World, day: string, most: number): Promise<{ kills: number; passes: number }> {
  const { publication } = world
  let kills = 0
  for (let passes = 1; passes < KILLS + SPARE; passes += 1) {
    const pass = publication.run(day)
    const stop = kills < most ? killAtRandom(world, pass) : () => undefined
    const { killed, err } = await pass.ended
    stop()
    expect(err).not.toMatch(/broke off|TypeError|@reader\.example/)
    kills += killed ? 1 : 0
    const ledger = await ledgerOf(publication, `daily/${day}`)
    const isOpen = ledger.some(({ state }) => state !== 'sent' && state !== 'rejected' && state !== 'review')
    // The last one settles what a killed one had under way.
    if (!killed && ledger.length > 0 && !isOpen) return { kills, passes }
    fiveMinutesLater(publication)
  }
  throw new Error(`daily/${day} has not come to an end after ${KILLS + SPARE} passes`)
}

/** A person asked the server's operator who has the mail: `--sent` for those, `--retry` for the others. */
async function settleByHand({ publication }: World, edition: string, hasIt: (entry: LedgerEntry) => boolean) {
  const reviews = (await ledgerOf(publication, edition)).filter(({ state }) => state === 'review')
  const had = reviews.filter(hasIt)
  for (const { key } of had.slice(0, BY_COMMAND)) {
    const { code, err } = await publication.groundwire('resolve', key, '--sent')
    expect(code, err).toBe(0)
  }
  const store = await openSqlite(publication.database)
  for (const { key } of had.slice(BY_COMMAND))
    expect(await store.resolve({ delivery: key }, 'sent', 'the operator says so', new Date())).toBe(1)
  await store.close()
  const { code, out, err } = await publication.groundwire('resolve', edition, '--retry', '--json')
  expect(code, err).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ settled: reviews.length - had.length })
  return { reviews: reviews.length, had: had.length }
}

/** One edition, killed and brought to its end, then settled by hand. */
async function oneEdition(world: World, day: string, most: number): Promise<{ kills: number; lost: number }> {
  const { server, publication } = world
  const edition = `daily/${day}`
  const before = new Map(server.accepted)
  const copies = ({ address = '' }: LedgerEntry): number =>
    (server.accepted.get(address) ?? 0) - (before.get(address) ?? 0)
  server.setTrouble(troubles(world))
  const { kills, passes } = await killUntilEnded(world, day, most)

  const ledger = await ledgerOf(publication, edition)
  const inState = (state: string): LedgerEntry[] => ledger.filter((entry) => entry.state === state)
  const [sent, rejected, review] = [inState('sent'), inState('rejected'), inState('review')]
  expect(ledger.map(({ address = '' }) => address).toSorted()).toEqual(publication.addresses.toSorted())
  expect(sent.length + rejected.length + review.length).toBe(READERS)
  expect(ledger.filter((entry) => copies(entry) > 1)).toEqual([])
  expect(sent.filter((entry) => copies(entry) !== 1)).toEqual([])
  const cutOff = review.filter(({ reason = '' }) => reason.includes('while the mail was being handed over'))
  expect(rejected.filter((entry) => copies(entry) !== 0 || !isRefused(entry.address ?? ''))).toEqual([])

  server.setTrouble(refusals)
  const { reviews, had } = await settleByHand(world, edition, (entry) => copies(entry) === 1)
  expect((await publication.run(day).ended).code).toBe(1)
  const after = await ledgerOf(publication, edition)
  const ends = after.map((entry) => `${entry.state} ${copies(entry)}`)
  results.push({
    edition,
    readers: READERS,
    kills,
    passes,
    sent: sent.length,
    rejected: rejected.length,
    'in review': reviews,
    'of them accepted': had,
    'answer lost': cutOff.length,
    'after settling': `${ends.filter((end) => end === 'sent 1').length} sent, ${ends.filter((end) => end === 'rejected 0').length} rejected`,
    twice: after.filter((entry) => copies(entry) > 1).length,
    missed: after.filter((entry) => copies(entry) === 0 && !isRefused(entry.address ?? '')).length,
  })
  const wanted = after.map(({ address = '' }) => (isRefused(address) ? 'rejected 0' : 'sent 1'))
  expect(ends).toEqual(wanted)
  const { out } = await publication.groundwire('status', edition, '--json')
  expect(JSON.parse(out)).toMatchObject({ state: 'sent' })
  return { kills, lost: cutOff.filter((entry) => copies(entry) === 1).length }
}

describe('mail by SMTP, with a worker that is killed and a server that fails', () => {
  it(
    'reaches nobody twice, says of everybody who may have been missed, and everybody once a person has settled those',
    async () => {
      const world = await begin()
      let [kills, lost] = [0, 0]
      for (const day of DAYS) {
        const edition = await oneEdition(world, day, KILLS - kills)
        kills += edition.kills
        lost += edition.lost
        if (kills >= KILLS) break
      }
      expect(kills).toBeGreaterThanOrEqual(KILLS)
      // Answers were lost after the last dot also where nothing was killed.
      expect(lost).toBeGreaterThan(0)
    },
    isLong ? 3_000_000 : 120_000,
  )
})
