import { afterAll, afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { loadConfiguration } from '../../src/main/configuration.ts'
import { packageRoot } from '../../src/main/package.ts'
import { runInput } from '../../src/main/run.ts'
import { openWorld } from '../../src/main/world.ts'
import { carryOut } from '../../src/pipeline/carry-out.ts'
import { letGo } from '../../src/pipeline/let-go.ts'
import type { StoredEdition } from '../../src/ports.ts'
import { slow, startFakeResend, type FakeResend } from '../fakes/resend.ts'
import { common, testTerminal } from '../main/editor.ts'
import { DAYS, printTable, publicationWith, type Ended, type Publication } from './mailing.ts'

const READERS = 300
const HANDLES = 10
const CALLS_EACH = 5
const CHILDREN = 3

const results: Record<string, string | number>[] = []
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})
afterAll(() => printTable(`${HANDLES * CALLS_EACH} approvals at once, and of ${2 * CHILDREN} processes`, results))

async function begin(): Promise<{ readonly provider: FakeResend; readonly publication: Publication }> {
  // An answer takes a while, so that many are under way together.
  const provider = await startFakeResend({ fault: () => slow(15) })
  open.push(provider)
  const resend = { apiKey: 're_test', baseUrl: provider.url, callsPerSecond: 200, maxPayloadMegabytes: 0.1 }
  const publication = await publicationWith(READERS, { resend }, { approval: 'editor' })
  open.push({ close: async () => publication.remove() })
  return { provider, publication }
}

type Desk = Awaited<ReturnType<typeof openHandle>>

/** The world of a process of its own, as far as one process can have several: a store handle, senders, a worker's name. */
async function openHandle({ folder }: Publication, at: number, date: string) {
  const terminal = testTerminal(folder)
  const configuration = await loadConfiguration({ ...common('data'), data: undefined }, terminal, packageRoot)
  const world = await openWorld(configuration, terminal)
  open.push(world)
  const input = runInput(configuration, world, { date, approval: 'given', draft: 'as-seen', dryRun: false })
  const house = world.houseFor({})
  return {
    store: world.ports.store,
    letGo: async (stored: StoredEdition) => (await letGo(world.ports, stored, house, world.settings)).done,
    carryOut: () =>
      carryOut(
        world.ports,
        { ...input, worker: { ...world.worker, name: `desk-${at} ${world.worker.name}` } },
        house,
        () => undefined,
        new AbortController().signal,
      ),
    said: terminal.said,
  }
}

async function times<T>(count: number, act: (at: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => act(at)))
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)))
const approveWords = z.object({ done: z.boolean(), message: z.string() })
const runWords = z.object({ verdict: z.string() })

/** What a process did: froze the edition itself, or found it frozen. */
function wordOf({ code, out, err }: Ended, kind: 'approve' | 'run'): string {
  expect(code, err).toBe(0)
  if (kind === 'run') return runWords.parse(JSON.parse(out)).verdict
  const { done, message } = approveWords.parse(JSON.parse(out))
  expect(done).toBe(true)
  return message.includes('It is frozen') ? 'approved' : 'already'
}

/**
 * Everybody approves, and carries out whatever is owed as soon as it is approved.
 *
 * @param aheadMs how much earlier the processes begin, whose start takes them a while; negative: later.
 */
async function everybody(publication: Publication, desks: readonly Desk[], date: string, aheadMs: number) {
  const edition = `daily/${date}`
  const stored = await desks[0]?.store.edition(edition)
  if (!stored) throw new Error(`there is no ${edition}`)
  const [[approves, runs], within] = await Promise.all([
    after(-aheadMs).then(() =>
      Promise.all([
        times(CHILDREN, () => publication.groundwire('approve', edition, '--json')),
        times(CHILDREN, () => publication.run(date).ended),
      ]),
    ),
    after(aheadMs).then(() =>
      times(HANDLES, async (at) => {
        const words = await times(CALLS_EACH, async () => desks[at]?.letGo(stored))
        const done = await desks[at]?.carryOut()
        return { words, delivered: done?.delivered ?? 0 }
      }),
    ),
  ])
  const said = [
    ...within.flatMap(({ words }) => words.map((word) => ({ who: 'this process', word }))),
    ...approves.map((ended) => ({ who: 'approve', word: wordOf(ended, 'approve') })),
    ...runs.map((ended) => ({ who: 'run --approve', word: wordOf(ended, 'run') })),
  ]
  return { said, sentHere: within.reduce((sum, { delivered }) => sum + delivered, 0) }
}

describe('many approvals of one edition at once', () => {
  it.each([
    [DAYS[0], -600],
    [DAYS[1], 100],
    [DAYS[2], 400],
  ] as const)(
    'freeze it once and send it once (%s, processes %i ms ahead)',
    async (date, aheadMs) => {
      const { provider, publication } = await begin()
      const drafted = await publication.groundwire('run', '--date', date, '--json')
      expect(runWords.parse(JSON.parse(drafted.out)).verdict).toBe('draft')
      expect(provider.calls).toHaveLength(0)
      const desks = await times(HANDLES, (at) => openHandle(publication, at, date))

      const { said, sentHere } = await everybody(publication, desks, date, aheadMs)
      const approved = said.filter(({ word }) => word === 'approved')
      expect(approved).toHaveLength(1)
      expect(said.filter(({ word = '' }) => !['approved', 'already', 'resumed', 'unchanged'].includes(word))).toEqual(
        [],
      )

      const [desk] = desks
      const edition = `daily/${date}`
      const ledger = (await desk?.store.ledger({ edition })) ?? []
      const counts = publication.addresses.map((address) => provider.accepted.get(address) ?? 0)
      const keys = new Set(provider.calls.map(({ key }) => key))
      results.push({
        edition,
        'approved by': approved.map(({ who }) => who).join(),
        'found it done': said.length - approved.length,
        frozen: ledger.length,
        calls: provider.calls.length,
        keys: keys.size,
        'sent here': sentHere,
        'by the processes': ledger.length - sentHere,
        twice: counts.filter((count) => count > 1).length,
        missed: counts.filter((count) => count === 0).length,
      })
      expect(counts.filter((count) => count !== 1)).toEqual([])
      expect(provider.accepted.size).toBe(READERS)
      expect(ledger.map(({ address = '' }) => address).toSorted()).toEqual(publication.addresses.toSorted())
      expect(ledger.filter(({ state, attempts }) => state !== 'sent' || attempts !== 1)).toEqual([])
      expect(await desk?.store.renderings(edition)).toHaveLength(1)
      expect((await desk?.store.edition(edition))?.state).toBe('sent')
      // Every chunk was called once, under a key of its own.
      expect(keys.size).toBe(new Set(ledger.map(({ group }) => group)).size)
      expect(provider.calls).toHaveLength(keys.size)
      expect(desks.flatMap((each) => each.said)).toEqual([])
    },
    60_000,
  )
})
