const DAY = /^(\d{4})-(\d{2})-(\d{2})$/
const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?(Z|z|[+-]\d{2}:?\d{2})?$/
const RFC_822 =
  /^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?\s+(\d{4})\s+\d{2}:\d{2}(?::\d{2})?\s*(\S.*)?$/
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * The day (`2026-06-29`) or the instant (RFC 3339, UTC) that a source wrote as a day, as RFC 3339 or as RFC 822.
 * A time without a zone counts as UTC: the clock of this machine must not matter.
 *
 * @returns undefined for anything else and for days that no calendar has (`2026-02-31`), which `Date` would move.
 */
export function publishedFrom(text: string): string | undefined {
  const date = text.trim()
  if (DAY.test(date)) return isDay(date) ? date : undefined
  const [, day, zone] = INSTANT.exec(date) ?? []
  if (day !== undefined) return isDay(day) ? instant(zone === undefined ? `${date}Z` : date) : undefined
  const [, number, month, year, clockZone] = RFC_822.exec(date) ?? []
  if (number === undefined || month === undefined || year === undefined) return undefined
  const monthNumber = String(MONTHS.indexOf(month.toLowerCase()) + 1)
  if (!isDay(`${year}-${monthNumber.padStart(2, '0')}-${number.padStart(2, '0')}`)) return undefined
  return instant(clockZone === undefined ? `${date} UTC` : date)
}

function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

function instant(text: string): string | undefined {
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
