import * as z from 'zod'
import type { ChannelPorts } from '../channel.ts'
import type { Outcome } from '../domain/delivery.ts'
import { sha256 } from '../domain/hash.ts'

/** How long what a stopped account owes waits before it is looked at again; nothing is asked of the other side then. */
const LOOK_AGAIN_MS = 15 * 60_000

const stopSchema = z.object({ credential: z.string(), reason: z.string(), at: z.iso.datetime() })

/** Whether an account may be used: once its credential was refused it is not shown again until somebody changed it. */
export interface Gate {
  /** What becomes of a delivery while the account is stopped; undefined when it is not. */
  closed(): Promise<Outcome | undefined>
  /** The other side refused the credential: says so once in the log, and stops the account for all workers. */
  stop(reason: string): Promise<Outcome>
  /** The credential was taken: whatever was said of it before is over. */
  opened(): Promise<void>
}

/**
 * @param account unique among channels: `bluesky news.example.com`.
 * @param credential the secret itself; only a hash of it is kept.
 * @param advice what a person is to do, one sentence: `Make a new app password and set BLUESKY_APP_PASSWORD.`
 * @param atOnce a person asked for it now: the credential is tried once more.
 */
export function openGate(
  { clock, notes, log }: Pick<ChannelPorts, 'clock' | 'notes' | 'log'>,
  account: string,
  credential: string,
  advice: string,
  atOnce = false,
): Gate {
  const name = `${account} stopped`
  const own = sha256(`credential ${account} ${credential}`)
  let isTried = atOnce
  const waiting = (reason: string): Outcome => ({
    kind: 'later',
    notBefore: new Date(clock.now().getTime() + LOOK_AGAIN_MS),
    reason: `${account} is stopped: ${reason}. ${advice}`,
  })
  return {
    async closed() {
      const known = await notes.recall(name)
      if (known === undefined || isTried) return undefined
      const stop = stopSchema.parse(JSON.parse(known))
      return stop.credential === own ? waiting(stop.reason) : undefined
    },
    async stop(reason) {
      isTried = false
      const known = await notes.recall(name)
      const isNews = known === undefined || stopSchema.parse(JSON.parse(known)).credential !== own
      const stop = JSON.stringify({ credential: own, reason, at: clock.now().toISOString() })
      if (isNews && (await notes.replace(name, known, stop))) log.error(`${account} is stopped: ${reason}. ${advice}`)
      return waiting(reason)
    },
    async opened() {
      const known = await notes.recall(name)
      if (known !== undefined) await notes.replace(name, known, undefined)
    },
  }
}
