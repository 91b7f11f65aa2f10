import { afterAll, expect, it, onTestFinished } from 'vitest'
import { mastodonFaults as faults, POST, startFakeMastodon, TOKEN, type FakeMastodon } from '../fakes/mastodon.ts'
import type { MastodonRules } from '../fakes/mastodon-state.ts'
import { slow, type Fault } from '../fakes/resend-faults.ts'
import { seeded } from '../fixtures/random.ts'
import { printTable } from './mailing.ts'
import { postingWith, type Posting } from './post-mastodon.ts'
import { fastClock } from './post-mastodon-clock.ts'

const isLong = process.env['KILLS'] !== undefined
const KILLS = isLong ? 100 : 15
const SEED = Number(process.env['SEED'] ?? 20261123)
/** 60 statuses are owed: 45 alone, and 5 threads of 3; some are then corrected, and some taken back. */
const OWED = { posts: 45, threads: 5, pictures: 4, edits: 6, deletes: 4 }
const STATUSES = 60
const SPEED = 300

const TROUBLE: readonly Fault[] = [
  faults.acceptThenReset,
  faults.acceptThenReset,
  faults.loseAnswer,
  faults.resetBefore,
  faults.acceptThenHtml502,
  faults.html502,
  faults.acceptThenHtml200,
  faults.acceptThenNull500,
  faults.html429,
  faults.json(429, 'Too many requests', { 'retry-after': '60' }),
  faults.acceptThenHang,
]

const results: Record<string, string | number>[] = []
afterAll(() => printTable(`Mastodon under kill -9 (seed ${SEED})`, results))

const servers: readonly (readonly [string, Partial<MastodonRules>])[] = [
  ['keys for an hour', {}],
  ['500 on duplicates', { failsOnDuplicates: true }],
  ['no keys', { ignoresKeys: true, hasV2: false }],
  ['no keys, no since_id', { ignoresKeys: true, listsEverything: true, app: undefined }],
]

it.each(isLong ? servers : [servers[1], servers[3]].flatMap((each) => (each ? [each] : [])))(
  '60 statuses are posted, corrected and deleted once each, whoever is killed and whatever answer is lost: %s',
  async (name, rules) => {
    const random = seeded(SEED)
    const clock = { began: Date.now(), at: '2026-06-29T12:00:00.000Z', speed: SPEED }
    const server = await startFakeMastodon({ clock: fastClock(clock), ...rules })
    onTestFinished(() => server.close())
    let toKill = (): void => undefined
    server.setFault(({ what }) => {
      if (!what.endsWith('/statuses') && !what.endsWith('/statuses/:id'))
        return random() < 0.03 ? faults.html502 : undefined
      if (what.startsWith('GET')) return random() < 0.03 ? faults.html502 : undefined
      toKill()
      if (random() < 0.25) return TROUBLE[Math.floor(random() * TROUBLE.length)]
      return random() < 0.5 ? slow(60 * random()) : undefined
    })
    const account = {
      name: 'news@fake.example',
      settings: { url: server.url, accessToken: TOKEN, account: 'news@fake.example' },
    }
    const posting = await postingWith(OWED, account, clock)
    onTestFinished(() => posting.remove())
    const killed = await killUntilDone(posting, random, (kill) => (toKill = kill))
    expect(killed.code).toBe(0)
    await expectEachOnce(server, posting)
    results.push({
      server: name,
      kills: killed.kills,
      passes: killed.passes,
      'requests for a status': server.count(POST),
      statuses: server.statuses.length,
      hours: Math.round((fastClock(clock).now().getTime() - Date.parse(clock.at)) / 360_000) / 10,
    })
    expect(killed.kills).toBeGreaterThanOrEqual(KILLS)
    expect(server.count(POST)).toBeGreaterThan(STATUSES - OWED.deletes)
    expect(server.mostAtOnce).toBe(1)
  },
  isLong ? 1_800_000 : 120_000,
)

/**
 * Kills a third of the passes at their start, the others around one of their first requests for a status, so that there
 * is something left for the next.
 */
async function killUntilDone(
  posting: Posting,
  random: () => number,
  onPost: (kill: () => void) => void,
): Promise<{ readonly kills: number; readonly passes: number; readonly code: number | null }> {
  let [kills, passes] = [0, 0]
  for (;;) {
    const pass = posting.run(`worker-${passes}`)
    passes += 1
    const timers: NodeJS.Timeout[] = []
    const killIn = (ms: number): void => void timers.push(setTimeout(() => pass.kill(), ms))
    if (kills < KILLS) {
      let posts = Math.floor(random() * (isLong ? 2 : 4))
      onPost(() => {
        posts -= 1
        if (posts === 0) killIn(90 * random())
      })
      await pass.ready
      if (random() < 0.33) killIn(60 * random())
      else if (posts === 0) killIn(150 * random())
    } else onPost(() => undefined)
    const ended = await pass.ended
    for (const timer of timers) clearTimeout(timer)
    if (ended.killed) kills += 1
    else {
      return { kills, passes, code: ended.code }
    }
  }
}

async function expectEachOnce(server: FakeMastodon, posting: Posting): Promise<void> {
  const texts = server.statuses.map(({ text }) => text)
  expect(new Set(texts).size).toBe(texts.length)
  expect(texts).toHaveLength(STATUSES - OWED.deletes)
  const isDeleted = (text: string): boolean =>
    Array.from({ length: OWED.deletes }, (_, at) => `post-${OWED.posts - 1 - at}\n`).some((name) => text.includes(name))
  expect(texts.filter(isDeleted)).toEqual([])
  const edited = server.statuses.filter(({ text }) => text.startsWith('Put right. '))
  expect(edited).toHaveLength(OWED.edits)
  // No correction takes a picture off.
  const attached = [...server.media.values()].filter(({ attachedTo }) => attachedTo !== undefined)
  expect(attached.length).toBeGreaterThan(0)
  for (const { id, attachedTo } of attached)
    expect(server.statuses.find((status) => status.id === attachedTo)?.media).toEqual([id])
  const ledger = await posting.ledger()
  // What is taken back before it has left never leaves.
  const isOver = ({ state, reason }: (typeof ledger)[number]): boolean =>
    state === 'sent' || reason === 'it was retracted'
  expect(ledger.filter((entry) => !isOver(entry))).toEqual([])
  const byText = new Map(server.statuses.map((status) => [status.text.split('\n')[0], status]))
  for (let at = 0; at < OWED.threads; at += 1) {
    const [root, b, c] = ['root', 'b', 'c'].map((part) => byText.get(`About thread-${at}-${part}`))
    expect([root?.replyTo, b?.replyTo, c?.replyTo]).toEqual([null, root?.id, b?.id])
  }
}
