import type { ChannelPorts, House } from '../../../src/channel.ts'
import type { Gate } from '../../../src/channel/stopped.ts'
import type { LedgerEntry } from '../../../src/domain/delivery.ts'
import type { Account, BlueskySettings } from '../settings.ts'
import type { Repo } from './repo.ts'

/** What every call needs; made once in a process. */
export interface Context {
  readonly settings: BlueskySettings
  readonly accounts: readonly Account[]
  readonly ports: ChannelPorts
  readonly house: House
  readonly how: { readonly atOnce: boolean }
  /** By account. */
  readonly gates: Map<string, Gate>
}

/** One delivery at work, signed in. */
export interface Work {
  readonly context: Context
  readonly account: Account
  readonly delivery: LedgerEntry
  readonly repo: Repo
}

/** Whether an earlier call may have written what this delivery stands for. */
export function isDoubtful({ doubts }: Pick<LedgerEntry, 'doubts'>): boolean {
  return doubts > 0
}
