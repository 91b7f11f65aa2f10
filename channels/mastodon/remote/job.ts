import type { ChannelPorts, House } from '../../../src/channel.ts'
import { openGate, type Gate } from '../../../src/channel/stopped.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Clock } from '../../../src/ports.ts'
import type { Account, MastodonSettings } from '../settings.ts'
import { stopIfDenied } from './denied.ts'
import type { Verdict } from './judge.ts'
import type { Reader } from './read.ts'
import { openWriter, type Writer } from './write.ts'

/** What every call needs. */
export interface Context {
  readonly settings: MastodonSettings
  readonly accounts: readonly Account[]
  readonly ports: ChannelPorts
  readonly house: House
  readonly how: { readonly atOnce: boolean }
}

/** One attempt, or one look, for one delivery of one account. */
export interface Job {
  /** Key of the delivery. */
  readonly key: string
  /** Its attempt group: another one once a person has settled it. */
  readonly group: string
  readonly account: Account
  readonly ports: ChannelPorts
  readonly installation: string
  readonly reader: Reader
  readonly gate: Gate
  readonly signal: AbortSignal
  writer(): Promise<Writer>
}

/** A gateway that gave up may have a server behind it that has not: a status may still appear for so long after the call. */
const SETTLE_MS = 60_000
/** How long what could not be reached, or was not understood, is left alone. */
const WAIT_MS = 60_000

export function jobFor(
  account: Account,
  { key, group }: Pick<Job, 'key' | 'group'>,
  { settings, ports, house, how }: Context,
  signal: AbortSignal,
): Job {
  const reader = { url: account.url, accessToken: account.accessToken, timeoutMs: settings.timeoutSeconds * 1000 }
  const advice = `Make a new access token at ${new URL(account.url).host} (Preferences, Development) with read:statuses, profile, write:statuses and write:media, and set MASTODON_ACCESS_TOKEN.`
  return {
    key,
    group,
    account,
    ports,
    installation: house.installation,
    reader,
    gate: openGate(ports, accountName(account), account.accessToken, advice, how.atOnce),
    signal,
    writer: () => openWriter(reader, () => ports.clock.now(), signal),
  }
}

/** As the notes of gate and turn, and people, know it. */
export function accountName({ name }: Account): string {
  return `mastodon ${name}`
}

/** What a verdict means where nothing has been done for the delivery that it was about. */
export async function nothingDone(job: Job, verdict: Verdict): Promise<Outcome> {
  const stopped = await stopIfDenied(job, accountName(job.account), verdict)
  if (stopped) return stopped
  const { ports } = job
  const { reason } = verdict
  return verdict.kind === 'busy' ? { kind: 'later', notBefore: verdict.until, reason } : later(ports, WAIT_MS, reason)
}

/** How long after a call was begun whatever it does has been done: a call whose process ended may have taken all its time. */
export function settleMs({ reader }: Pick<Job, 'reader'>): number {
  return SETTLE_MS + reader.timeoutMs
}

export function later({ clock }: Pick<ChannelPorts, 'clock'>, ms: number, reason: string): Outcome {
  return { kind: 'later', notBefore: new Date(clock.now().getTime() + ms), reason }
}

/**
 * Since an instant that was written down; undefined where it is yet to come, because the clock was set back: then nobody
 * knows.
 */
export function elapsed({ clock }: { readonly clock: Pick<Clock, 'now'> }, since: string): number | undefined {
  const ms = clock.now().getTime() - Date.parse(since)
  return ms < 0 ? undefined : ms
}
