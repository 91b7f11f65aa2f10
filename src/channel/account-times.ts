import { postTimes, type Timing } from './timing.ts'

/**
 * When each of these posts may leave: every account has a sequence of its own.
 *
 * @param accounts the account of each post, in the order of posting.
 */
export function accountTimes(
  accounts: readonly string[],
  timing: Timing,
  from: Date,
  zone: string,
): (Date | undefined)[] {
  const left = new Map<string, Date[]>()
  for (const account of new Set(accounts))
    left.set(account, postTimes(accounts.filter((other) => other === account).length, timing, from, zone))
  return accounts.map((account) => left.get(account)?.shift())
}
