import { setTimeout as wait } from 'node:timers/promises'
import { byChance, faults, slow, type Fault, type FaultProxy } from '../fixtures/fault-proxy.ts'
import type { PostEnded, PostPass, Posting } from './post-world.ts'

/** Passes that may be made beyond the killed ones until everything has left. */
const SPARE = 60

/** As long as whatever a pass would not wait for. */
const LEAP_MS = 10 * 60_000

const TROUBLE: readonly Fault[] = [
  faults.resetBefore,
  faults.html502Before,
  faults.actThenReset,
  faults.actThenReset,
  faults.actThenCut,
  faults.actThenHtml502,
  faults.actThenHang,
  faults.hangBefore,
  faults.resetThenAct,
  ...[20, 40, 80, 120, 200].map(slow),
]

export interface Killing {
  readonly proxy: FaultProxy
  readonly posting: Posting
  readonly random: () => number
}

/** Lets a share of all requests go wrong. */
export function disturb({ proxy, random }: Killing, share: number): void {
  proxy.setPlan(byChance(random, share, TROUBLE))
}

export interface Killed {
  readonly kills: number
  readonly passes: number
  /** How often there was nothing left to do before there had been enough kills, and more was given. */
  readonly refills: number
}

/**
 * Passes, one after the other, each killed with SIGKILL at a random instant, until there were enough kills, and then
 * until all has left; without `refill`, until all has left. Of five kills one hits the start of the process, the others come after a random number of
 * requests, and a little later.
 *
 * @param options.requests how many requests pass between two kills, on average.
 * @param options.refill gives more to do.
 * @param options.check called after every pass.
 */
export async function killUntilDone(
  world: Killing,
  options: {
    readonly kills: number
    readonly workers?: number
    readonly requests: number
    readonly refill?: (times: number) => Promise<void>
    readonly check?: () => Promise<void>
  },
): Promise<Killed> {
  const { workers = 1 } = options
  let [kills, passes, refills] = [0, 0, 0]
  while (passes < options.kills + SPARE) {
    const children = Array.from({ length: workers }, () => world.posting.pass())
    const isKilling = kills < options.kills
    const ended = await Promise.all(
      children.map((child) => (isKilling ? killSometime(child, world, options.requests * workers) : child.ended)),
    )
    passes += 1
    kills += ended.filter(({ killed }) => killed).length
    expectNoCrash(ended)
    await options.check?.()
    // What it left is due later than it cared to wait.
    if (ended.every(({ code }) => code === 1)) world.posting.leap(LEAP_MS)
    if (!ended.some(({ code }) => code === 0)) continue
    if (kills >= options.kills || !options.refill) break
    await options.refill((refills += 1))
  }
  await world.proxy.settled()
  return { kills, passes, refills }
}

async function killSometime(child: PostPass, { proxy, random }: Killing, requests: number): Promise<PostEnded> {
  const [isEarly, share, delayMs] = [random() < 0.2, random(), random() * 60]
  const enough = proxy.passed.length + Math.ceil(share * 2 * requests)
  const over = child.ended.then(() => true)
  const isOverWithin = (ms: number): Promise<boolean> => Promise.race([over, wait(ms, false)])
  if (isEarly) await isOverWithin(share * 800)
  else while (proxy.passed.length < enough) if (await isOverWithin(2)) break
  if (!isEarly) await isOverWithin(delayMs)
  child.kill()
  return child.ended
}

/** A pass may be killed, or leave something owed; it may not break. */
function expectNoCrash(ended: readonly PostEnded[]): void {
  for (const { code, killed, err } of ended)
    if (!killed && (code === null || code > 1 || /^\s+at /m.test(err))) throw new Error(`a pass broke: ${err}`)
}
