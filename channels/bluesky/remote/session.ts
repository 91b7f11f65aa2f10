import { type AtpPersistSessionHandler, CredentialSession } from '@atproto/api'
import * as z from 'zod'
import type { ChannelPorts } from '../../../src/channel.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Account } from '../settings.ts'
import { fetchOver } from './fetch.ts'
import { takeLease } from './lease.ts'

/** Of what the library knows, what it takes to go on; the owner's address is not kept. */
const sessionSchema = z.object({
  accessJwt: z.string(),
  refreshJwt: z.string(),
  did: z.string(),
  handle: z.string(),
  active: z.boolean(),
})
const storedSchema = z.object({ credential: z.string(), pds: z.string().optional(), session: sessionSchema })

/** Who signs in, and by what. */
export interface Desk {
  readonly account: Account
  readonly ports: Pick<ChannelPorts, 'clock' | 'api' | 'notes'>
  readonly timeoutSeconds: number
  /** Unique among those at work at the same time. */
  readonly holder: string
  readonly signal: AbortSignal
}

/** A session is of one credential at one service: whoever changes either begins anew. */
export function credentialOf({ service, identifier, appPassword }: Account): string {
  return sha256(JSON.stringify(['bluesky session', service, identifier, appPassword]))
}

/** One worker at a time signs in or renews; it takes three calls at most. */
export function takeSessionLease({ account, ports, holder, timeoutSeconds }: Desk) {
  return takeLease(ports, `bluesky ${account.name} lease`, holder, (3 * timeoutSeconds + 10) * 1000)
}

/** Why an expired session was not renewed. */
export type NotRenewed =
  | { readonly kind: 'busy' | 'changed' | 'over' }
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * A session that all workers of a store share: kept as a note, resumed without a call, renewed by one worker at a time.
 * New tokens are durable before a record is written with them.
 */
export class SharedSession extends CredentialSession {
  /** Of the last renewal that did not come off. */
  notRenewed: NotRenewed | undefined
  readonly #desk: Desk
  readonly #note: string
  /** The note as this session believes it to be. */
  #known: string | undefined
  #saving: Promise<void> = Promise.resolve()

  protected override readonly persistSession: AtpPersistSessionHandler = (event) => {
    if (event === 'create' || event === 'update') this.#save()
    else if (event === 'expired') this.#saving = this.forget()
    // Whoever waits for it next is told.
    this.#saving.catch(() => undefined)
  }

  constructor(desk: Desk, known: string | undefined) {
    const { account, ports, timeoutSeconds, signal } = desk
    super(new URL(account.service), fetchOver(ports.api, timeoutSeconds * 1000, signal, account.appPassword))
    this.#desk = desk
    this.#note = `bluesky ${desk.account.name} session`
    this.#known = known
  }

  /** As the last worker left it; without a session when there is none, or another credential made it. */
  static async resumed(desk: Desk): Promise<SharedSession> {
    const known = await desk.ports.notes.recall(`bluesky ${desk.account.name} session`)
    const shared = new SharedSession(desk, known)
    const stored = known === undefined ? undefined : storedSchema.safeParse(JSON.parse(known)).data
    if (stored?.credential !== credentialOf(desk.account)) return shared
    shared.session = stored.session
    if (stored.pds !== undefined) shared.pdsUrl = new URL(stored.pds)
    return shared
  }

  /** To be called with the lease. */
  async signIn(): Promise<void> {
    const { identifier, appPassword } = this.#desk.account
    await this.login({ identifier, password: appPassword })
    await this.#saving
  }

  /** The library calls it when a token has expired, and goes on with the old answer when it rejects. */
  override async refreshSession(): ReturnType<CredentialSession['refreshSession']> {
    this.notRenewed = undefined
    const release = await takeSessionLease(this.#desk)
    try {
      if (!release) throw this.#failed({ kind: 'busy' })
      if (!(await this.isLatest())) throw this.#failed({ kind: 'changed' })
      const renewed = await super.refreshSession()
      await this.#saving
      return renewed
    } catch (error) {
      await this.#saving
      this.notRenewed ??= this.session ? { kind: 'failed', error } : { kind: 'over' }
      throw error
    } finally {
      await release?.()
    }
  }

  /** Whether no other worker has made or renewed a session since this one was resumed. */
  async isLatest(): Promise<boolean> {
    return (await this.#desk.ports.notes.recall(this.#note)) === this.#known
  }

  /** Nobody resumes it any more. */
  async forget(): Promise<void> {
    const known = this.#known
    this.#known = undefined
    if (known !== undefined) await this.#desk.ports.notes.replace(this.#note, known, undefined)
  }

  #save(): void {
    const before = this.#known
    const session = sessionSchema.parse(this.session)
    const pds = this.pdsUrl?.href
    const credential = credentialOf(this.#desk.account)
    this.#known = JSON.stringify({ credential, ...(pds !== undefined && { pds }), session })
    this.#saving = this.#store(before, this.#known, session.did)
  }

  /** And, for pages that name what is in the repository, whose it is. */
  async #store(before: string | undefined, known: string, did: string): Promise<void> {
    const { account, ports } = this.#desk
    await ports.notes.replace(this.#note, before, known)
    const name = `bluesky ${account.name} did`
    await ports.notes.replace(name, await ports.notes.recall(name), did)
  }

  #failed(reason: NotRenewed): Error {
    this.notRenewed = reason
    return new Error('the session was not renewed')
  }
}
