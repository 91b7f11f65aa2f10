/** The calendar day (`2026-06-29`) of an instant in an IANA zone. */
export function dayIn(zone: string, instant: Date): string {
  const parts = zonedParts(zone, instant)
  return `${parts.year}-${parts.month}-${parts.day}`
}

/** The day an item belongs to: a bare day is already in the publication's zone. */
export function publishedDay(published: string, zone: string): string {
  return published.length === 10 ? published : dayIn(zone, new Date(published))
}

/**
 * The instant at which clocks in `zone` show `time` (`06:30`) on `day`. A time that a clock change skips gives the
 * instant just as far after the gap; of a time that happens twice, the first.
 */
export function instantAt(day: string, time: string, zone: string): Date {
  const wall = Date.parse(`${day}T${time}:00.000Z`)
  const early = wall - offsetMs(zone, new Date(wall - 86_400_000))
  const late = wall - offsetMs(zone, new Date(wall + 86_400_000))
  const exact = [early, late].filter((candidate) => candidate + offsetMs(zone, new Date(candidate)) === wall)
  return new Date(exact.length > 0 ? Math.min(...exact) : early)
}

/** `Monday, 29 June 2026` in the reader's language; no zone is involved, a day is a day. */
export function longDay(day: string, language: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`))
}

/** `29 June 2026`: the same without the weekday. */
export function plainDay(day: string, language: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`))
}

/** `June 2026`, of `2026-06`. */
export function monthName(month: string, language: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${month}-01T00:00:00Z`))
}

/** The day `count` days after (before, if negative). */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10)
}

/** How far the zone's clocks are ahead of UTC at an instant. */
function offsetMs(zone: string, instant: Date): number {
  const { year, month, day, hour, minute, second } = zonedParts(zone, instant)
  const shown = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return shown - Math.floor(instant.getTime() / 1000) * 1000
}

interface ZonedParts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
}

function zonedParts(zone: string, instant: Date): ZonedParts {
  const parts = new Map(
    formatterFor(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return {
    year: part('year').padStart(4, '0'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterFor(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formatters.set(zone, made)
  return made
}
