import type { Finding } from '../../../src/domain/finding.ts'

/** A webhook whose time differs by more is refused on either side. */
const WRONG_SECONDS = 300
const LOOK_SECONDS = 60

/**
 * Compares this machine's clock with the time that another one gave in its answer.
 *
 * @param date `Date` header (RFC 9110, 6.6.1); undefined or unreadable says nothing.
 * @param age `Age` header: seconds that the answer lay in a cache.
 */
export function clockAgainst(who: string, now: Date, date: string | undefined, age?: string): Finding[] {
  const told = Date.parse(date ?? '') + (/^\d{1,9}$/.test(age ?? '') ? Number(age) : 0) * 1000
  if (Number.isNaN(told)) return []
  const seconds = Math.round((now.getTime() - told) / 1000)
  const off = Math.abs(seconds)
  if (off <= LOOK_SECONDS)
    return [{ severity: 'note', code: 'clock-agrees', message: `The clock agrees with that of ${who}.` }]
  const amount =
    off < 180 ? `${off} seconds` : off < 7200 ? `${Math.round(off / 60)} minutes` : `${Math.round(off / 3600)} hours`
  const wrong = off > WRONG_SECONDS
  return [
    {
      severity: wrong ? 'error' : 'warning',
      code: 'clock-off',
      message: `The clock is ${amount} ${seconds > 0 ? 'ahead of' : 'behind'} that of ${who}${wrong ? '; webhooks are refused with such a difference' : ''}.`,
      advice: 'Let the machine set its clock from the network (NTP: timedatectl set-ntp true).',
    },
  ]
}
