import { Agent } from '@atproto/api'
import * as z from 'zod'
import { classify } from './classify.ts'
import { openRepo, type Repo } from './repo.ts'
import { credentialOf, type Desk, type NotRenewed, SharedSession, takeSessionLease } from './session.ts'
import { later, Refused, Settled } from './settled.ts'

const BUSY_WAIT_MS = 5000
const RETRY_WAIT_MS = 30_000
/** Bluesky locks an account out for a day after a number of sign-ins that it does not tell: from 10 to 300. */
const SIGN_IN_WAIT_MS = 60_000
const LONGEST_SIGN_IN_WAIT_MS = 4 * 60 * 60_000
const DAY_MS = 24 * 60 * 60_000
/** Sessions of other workers that are tried before this one waits. */
const TURNS = 3

const signInsSchema = z.object({
  credential: z.string(),
  count: z.int(),
  at: z.iso.datetime(),
  notBefore: z.iso.datetime(),
})

/**
 * Acts as an account: with the session that is there, renewed when it has expired, else with a new one. `act` may be
 * called again where nothing of the call that failed was done.
 *
 * @throws Settled when the session cannot be had for now.
 * @throws Refused when the credential is no good.
 */
export async function signedIn<T>(desk: Desk, act: (repo: Repo, agent: Agent) => Promise<T>): Promise<T> {
  let isNew = false
  for (let turn = 0; turn < TURNS; turn++) {
    const session = await SharedSession.resumed(desk)
    if (!session.session) {
      if (!(await signIn(desk, session))) continue
      isNew = true
    }
    const agent = new Agent((url, init) => session.fetchHandler(url, init))
    const { did = '', handle = '' } = session.session ?? {}
    try {
      return await act(openRepo(agent, { did, handle, host: session.dispatchUrl.host }), agent)
    } catch (error) {
      const trouble = classify(error, desk.ports.clock.now())
      if (trouble.kind === 'stopped') throw new Refused(trouble.reason)
      if (trouble.kind !== 'token') throw error
      if (session.notRenewed?.kind === 'changed') continue
      waitFor(desk, session.notRenewed)
      if (isNew) throw new Refused(`${trouble.reason} right after signing in`)
      await session.forget()
    }
  }
  throw new Settled(later(desk.ports.clock.now(), BUSY_WAIT_MS, 'others renew the session all the time'))
}

/** @throws Settled when the session may still be good. */
function waitFor({ ports: { clock } }: Desk, notRenewed: NotRenewed | undefined): void {
  if (notRenewed?.kind === 'busy')
    throw new Settled(later(clock.now(), BUSY_WAIT_MS, 'another worker is renewing the session'))
  if (notRenewed?.kind !== 'failed') return
  const trouble = classify(notRenewed.error, clock.now())
  if (trouble.kind === 'later') throw new Settled(trouble)
  if (trouble.kind === 'stopped') throw new Refused(trouble.reason)
  const reason = 'reason' in trouble ? trouble.reason : trouble.kind
  throw new Settled(later(clock.now(), RETRY_WAIT_MS, `the session could not be renewed: ${reason}`))
}

/**
 * Each sign-in of a day waits longer for the one before; it is counted, and that is durable, before the call.
 *
 * @returns false when somebody else just did it.
 */
async function signIn(desk: Desk, session: SharedSession): Promise<boolean> {
  const { account, ports } = desk
  const { clock, notes } = ports
  const release = await takeSessionLease(desk)
  if (!release) throw new Settled(later(clock.now(), BUSY_WAIT_MS, 'another worker is signing in'))
  try {
    if (!(await session.isLatest())) return false
    const name = `bluesky ${account.name} sign-ins`
    const known = await notes.recall(name)
    const counted = countedOf(known, desk)
    const now = clock.now()
    const waitMs = Math.min(SIGN_IN_WAIT_MS * 2 ** counted, LONGEST_SIGN_IN_WAIT_MS)
    const credential = credentialOf(account)
    const told = (count: number, notBefore: Date): string =>
      JSON.stringify({ credential, count, at: now.toISOString(), notBefore: notBefore.toISOString() })
    const mine = told(counted + 1, new Date(now.getTime() + waitMs))
    await notes.replace(name, known, mine)
    try {
      await session.signIn()
      return true
    } catch (error) {
      const trouble = classify(error, clock.now())
      if (trouble.kind === 'token' || trouble.kind === 'stopped' || trouble.kind === 'rejected')
        throw new Refused(trouble.reason)
      if (trouble.kind === 'later') {
        await notes.replace(name, mine, told(counted, trouble.notBefore))
        throw new Settled(trouble)
      }
      const reason = 'reason' in trouble ? trouble.reason : trouble.kind
      throw new Settled(later(now, waitMs, `signing in did not come off: ${reason}`))
    }
  } finally {
    await release()
  }
}

/**
 * How often this credential signed in within a day.
 *
 * @throws Settled when it is too soon to do so again.
 */
function countedOf(known: string | undefined, { account, ports: { clock } }: Desk): number {
  const last = known === undefined ? undefined : signInsSchema.parse(JSON.parse(known))
  if (last?.credential !== credentialOf(account)) return 0
  const now = clock.now().getTime()
  const age = now - Date.parse(last.at)
  // A clock that was set back must not keep an account waiting.
  if (age < 0 || age > DAY_MS) return 0
  const notBefore = new Date(last.notBefore)
  if (notBefore.getTime() <= now) return last.count
  throw new Settled({ kind: 'later', notBefore, reason: 'it signed in a moment ago, and Bluesky counts that' })
}
