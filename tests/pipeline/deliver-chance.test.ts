import { expect, it } from 'vitest'
import type { Sender } from '../../src/channel.ts'
import type { Behaviour, FakeChannel } from '../fixtures/channel.ts'
import { seeded } from '../fixtures/random.ts'
import { acting, HOUR_MS, MINUTE_MS, owing, type Owing } from './owing.ts'

/** What can go wrong of which nothing is lost for good. */
const TROUBLE: readonly Behaviour[] = ['send', 'later', 'lose', 'accept-unknown', 'accept-then-throw', 'throw']
const PAUSES_MS = [0, MINUTE_MS, 5 * MINUTE_MS, HOUR_MS]
const TROUBLED_ROUNDS = 20
const ROUNDS = 40

type Pick = <T>(from: readonly [T, ...T[]] | readonly T[]) => T

/** Passes of ever new workers, each of which may be killed in the middle of an attempt; in the end all goes well. */
async function carryThrough(on: Owing, channel: FakeChannel, pick: Pick): Promise<void> {
  const gone: string[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    const worker = `worker-${round}`
    const isTroubled = round <= TROUBLED_ROUNDS
    channel.next(...(isTroubled ? [pick(TROUBLE), pick(TROUBLE)] : []))
    const fate = isTroubled ? pick(['lives', 'lives', 'killed before', 'killed after']) : 'lives'
    await livesOrDies(on, channel, { worker, gone, fate })
    gone.push(worker)
    on.clock.advance(isTroubled ? pick(PAUSES_MS) : 2 * HOUR_MS)
  }
}

async function livesOrDies(
  on: Owing,
  channel: FakeChannel,
  { worker, gone, fate }: { worker: string; gone: readonly string[]; fate: string },
): Promise<void> {
  const killed = Promise.withResolvers<void>()
  const send: Sender['send'] = async (attempt, signal) => {
    if (fate === 'killed after')
      await channel
        .sender()
        .send(attempt, signal)
        .catch(() => [])
    killed.resolve()
    return new Promise(() => undefined)
  }
  const mortal = fate === 'lives' ? channel : acting(channel, { send })
  await Promise.race([on.pass([mortal], { worker, gone }), killed.promise])
}

/** State and number of copies of each delivery when all is over: `sent 1`. */
async function outcome(on: Owing, channel: FakeChannel, seed: number): Promise<Set<string>> {
  const chance = seeded(seed)
  await on.owe(channel)
  await carryThrough(on, channel, (from) => {
    const picked = from[Math.floor(chance() * from.length)]
    if (picked === undefined) throw new Error('nothing to pick from')
    return picked
  })
  const entries = await on.ledger(channel.id)
  return new Set(entries.map(({ key, state }) => `${state} ${channel.accepted.get(key) ?? 0}`))
}

const seeds = Array.from({ length: 40 }, (_, at) => at + 1)

it.each(seeds)('whatever happens, everything arrives once where attempts may be repeated (seed %i)', async (seed) => {
  const [one, other] = [await owing(), await owing()]
  expect(await outcome(one, one.channel('posts'), seed)).toEqual(new Set(['sent 1']))
  expect(await outcome(other, other.mail(), seed)).toEqual(new Set(['sent 1']))
})

it.each(seeds)('whatever happens, nothing arrives twice where one can only look (seed %i)', async (seed) => {
  const on = await owing()
  const found = await outcome(on, on.channel('posts', { replayWindowMs: 0, find: true }), seed)
  expect(['sent 1', 'review 0']).toEqual(expect.arrayContaining([...found]))
})

it.each(seeds)('whatever happens, nothing arrives twice where one cannot tell (seed %i)', async (seed) => {
  const on = await owing()
  const found = await outcome(on, on.channel('posts', { replayWindowMs: 0 }), seed)
  expect(['sent 1', 'review 0', 'review 1']).toEqual(expect.arrayContaining([...found]))
})
