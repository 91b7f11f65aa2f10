import type { DeliveryState, LedgerEntry } from '../../domain/delivery.ts'
import type { EditionState } from '../../domain/edition.ts'
import { missedKinds } from '../../domain/report.ts'
import { maskAddress } from '../../domain/subscriber.ts'
import type { LedgerCount, LedgerQuery, Store } from '../../ports.ts'
import { type Screen, shownReason, shownTime } from '../screen.ts'
import { plural, stateName } from '../tally.ts'

/** States in which a delivery has ended without having arrived, or without anybody knowing. */
const missedStates: readonly DeliveryState[] = ['review', 'rejected', 'cancelled']

/** What did not arrive, of one edition or of all: known at once, or told later by a provider that had taken it. */
export function missed(store: Store, edition: string | undefined): AsyncIterable<LedgerEntry> {
  return store.walk({ ...(edition !== undefined && { edition }), states: missedStates, receipts: missedKinds })
}

export function everything(store: Store, edition: string | undefined): AsyncIterable<LedgerEntry> {
  const query: LedgerQuery = edition === undefined ? {} : { edition }
  return store.walk(query)
}

/** Why somebody does not have it: the state, or what was told of a message that had been taken. */
export function missedName({ state, receipt }: LedgerEntry): string {
  return missedStates.includes(state) || receipt === undefined ? stateName(state) : receipt
}

/** One line a delivery. Addresses are masked: a terminal might be logged. Of an edition that is held no time is told. */
export function entryLine(entry: LedgerEntry, screen: Screen, edition?: EditionState): string {
  const { channel, target, address, state, attempts, reason, url, notBefore, receipt } = entry
  const more = [
    address === undefined ? undefined : maskAddress(address),
    url,
    reason === undefined ? undefined : shownReason(screen, reason),
    receipt,
    state === 'waiting' && notBefore && edition !== 'held'
      ? `${entry.byPlan ? 'not before' : 'next try'} ${shownTime(screen, notBefore)}`
      : undefined,
    attempts > 1 ? `${attempts} attempts` : undefined,
  ]
  return `  ${stateName(state).padEnd(12)} ${channel.padEnd(9)} ${target}${spaced(more)}`
}

/** `sent feeds 27 documents`: deliveries of one channel in one state, together. */
export function foldedLine({ channel, state, count }: LedgerCount): string {
  return `  ${stateName(state).padEnd(12)} ${channel.padEnd(9)} ${plural(count, 'document')}`
}

/** Who did not get it and why, and on a line of its own the key by which it can be resolved. */
export function missedLines(entry: LedgerEntry, screen: Screen): string {
  const { channel, target, address, reason, key } = entry
  const more = [
    address === undefined ? undefined : maskAddress(address),
    reason === undefined ? undefined : shownReason(screen, reason),
  ]
  return `  ${missedName(entry).padEnd(12)} ${channel.padEnd(9)} ${target}${spaced(more)}\n${' '.repeat(15)}${key}`
}

function spaced(parts: readonly (string | undefined)[]): string {
  return parts.map((part) => (part ? `  ${part}` : '')).join('')
}

/** For a program; every key is always there, instants are RFC 3339 in UTC, and the address is masked. */
export function entryAsJson(entry: LedgerEntry, screen: Screen): object {
  const { key, edition, channel, target, address, state, attempts } = entry
  return {
    key,
    edition,
    channel,
    target,
    address: address === undefined ? null : maskAddress(address),
    state,
    reason: entry.reason === undefined ? null : shownReason(screen, entry.reason),
    receipt: entry.receipt ?? null,
    receiptAt: entry.receiptAt ?? null,
    attempts,
    remoteId: entry.remoteId ?? null,
    url: entry.url ?? null,
    notBefore: entry.notBefore ?? null,
    byPlan: entry.byPlan ?? false,
    settledAt: entry.settledAt ?? null,
  }
}

export const csvColumns = [
  'edition',
  'channel',
  'target',
  'address',
  'state',
  'reason',
  'receipt',
  'receipt_at',
  'attempts',
  'settled_at',
  'key',
] as const

/** For an editor's table: here alone the address is whole, because whoever asks for it means to write to it. */
export function entryAsRow(entry: LedgerEntry): Record<(typeof csvColumns)[number], string | number> {
  const { edition, channel, target, address, state, reason, receipt, receiptAt, attempts, settledAt, key } = entry
  return {
    edition,
    channel,
    target,
    address: address ?? '',
    state,
    reason: reason ?? '',
    receipt: receipt ?? '',
    receipt_at: receiptAt ?? '',
    attempts,
    settled_at: settledAt ?? '',
    key,
  }
}
