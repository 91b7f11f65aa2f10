import type { Finding } from '../../domain/finding.ts'
import { publishedDay } from '../../domain/time.ts'
import type { SourceAbout } from '../../ports.ts'
import type { Configuration } from '../configuration.ts'
import type { World } from '../world.ts'
import { clockAgainst } from '../../../channels/email/doctor/clock.ts'

const PROBLEMS_SHOWN = 5

export function finding(severity: Finding['severity'], code: string, message: string, advice?: string): Finding {
  return { severity, code, message, ...(advice === undefined ? {} : { advice }) }
}

/** What of the configuration is missing or unwise; that it can be read is taken for granted. */
export function checkConfiguration({ config, isSample, notices }: Configuration, world: World): Finding[] {
  const { approval, schedule, publication } = config
  const leaves = world.settings.channels.some(({ channel, settings }) => channel.disturbs?.(settings) ?? false)
  const on = world.settings.channels.map(({ channel }) => channel.id).join(', ')
  const what = isSample ? 'Nothing is configured: this is the bundled sample' : 'The configuration is sound'
  return [
    finding('note', 'config', `${what}; on are ${on || 'no channels'}.`),
    ...notices.map((notice) => finding('warning', 'config-unused', notice)),
    aboutSecret(config.secret, leaves),
    aboutAddress(world.houseFor({}).publicUrl, leaves),
    ...(publication.address.trim() === '' ? [noPostalAddress(leaves)] : []),
    approval === 'auto'
      ? finding(
          'note',
          'approval',
          `Editions leave by themselves at ${schedule.at} ${publication.zone}.`,
          'approval: "editor" lets them wait for somebody.',
        )
      : finding('note', 'approval', `Editions are made at ${schedule.at} ${publication.zone} and wait for an editor.`),
    finding('note', 'late', `An edition more than ${schedule.lateHours} h late is held for the editor.`),
  ]
}

function aboutSecret(secret: string | undefined, leaves: boolean): Finding {
  if (secret !== undefined) return finding('note', 'secret', 'The secret of readers’ links is configured.')
  const message =
    'No secret is configured: the links to unsubscribe are made with one that lies in the store alone, and die with that file.'
  const advice = 'Set GROUNDWIRE_SECRET to a long random text and keep a copy; links sent before keep working.'
  return finding(leaves ? 'warning' : 'note', 'secret', message, advice)
}

/** Readers reach it from anywhere, and mail programs unsubscribe over https alone (RFC 8058). */
function aboutAddress(publicUrl: string, leaves: boolean): Finding {
  const { protocol, hostname } = new URL(publicUrl)
  const advice = 'Set GROUNDWIRE_URL to the https address under which readers reach this worker.'
  if (isLocal(hostname)) {
    const message = `The public address is ${publicUrl}, which no reader can reach: nobody could unsubscribe.`
    return finding(leaves ? 'error' : 'note', 'public-address', message, advice)
  }
  if (protocol === 'https:') return finding('note', 'public-address', `The public address is ${publicUrl}.`)
  const message = `The public address ${publicUrl} is not https: mail programs then offer no unsubscribing.`
  return finding(leaves ? 'error' : 'warning', 'public-address', message, advice)
}

function isLocal(hostname: string): boolean {
  return (
    !hostname.includes('.') ||
    /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$|^0\.0\.0\.0$|\.(localhost|local|internal|home\.arpa)$/.test(
      hostname,
    )
  )
}

function noPostalAddress(leaves: boolean): Finding {
  const message = 'No postal address is configured; the law asks for one in bulk mail in many places.'
  return finding(leaves ? 'warning' : 'note', 'postal-address', message, 'Set publication.address.')
}

/** What a source holds, and what it says of its publication. */
interface SourceCheck {
  readonly findings: Finding[]
  readonly about: SourceAbout
}

/** Reads the source whole, as a run would, and keeps nothing of it. */
export async function checkSource(
  { source: { location }, config }: Configuration,
  world: World,
  signal: AbortSignal,
): Promise<SourceCheck> {
  const problems: Finding[] = []
  let about: SourceAbout = {}
  let [items, sourced, newest, complete] = [0, 0, '', false]
  for await (const event of world.source.read({}, signal)) {
    if (event.kind === 'about') about = event.about
    if (event.kind === 'problem') problems.push(event.finding)
    if (event.kind === 'end') complete = event.complete
    if (event.kind !== 'item') continue
    const { sources, published } = event.item
    items += 1
    if (sources.length > 0) sourced += 1
    const day = published === undefined ? '' : publishedDay(published, config.publication.zone)
    if (day > newest) newest = day
  }
  const dated = newest === '' ? 'none has a date' : `the newest is of ${newest}`
  const held = `${items} ${items === 1 ? 'item' : 'items'} in ${location}; ${dated}.`
  const findings = [aboutReading(complete, items, held), ...aboutSources(items, sourced)]
  return { findings: [...findings, ...aboutProblems(problems, complete)], about }
}

function aboutReading(complete: boolean, items: number, held: string): Finding {
  if (complete && items > 0) return finding('note', 'source', held)
  const advice = 'Check the address and what it holds (source.location).'
  return finding('error', 'source', complete ? held : `The source could not be read whole: ${held}`, advice)
}

function aboutSources(items: number, sourced: number): Finding[] {
  if (sourced === items) return []
  const message = `${items - sourced} of ${items} name no primary source; those never leave.`
  const advice = 'Name one for each, or tell where it stands (source.sourcePattern).'
  return [finding(sourced === 0 ? 'error' : 'warning', 'source-primary', message, advice)]
}

/** One bad item keeps no other from leaving: where the source was read whole, nothing of it is wrong as a whole. */
function aboutProblems(problems: readonly Finding[], complete: boolean): Finding[] {
  const shown = problems.slice(0, PROBLEMS_SHOWN)
  const more = problems.length - shown.length
  return [
    ...shown.map((problem) =>
      complete && problem.severity === 'error' ? { ...problem, severity: 'warning' as const } : problem,
    ),
    ...(more > 0
      ? [finding('note', 'source-problems', `${more} more findings; groundwire preview shows them all.`)]
      : []),
  ]
}

/** The clock, and the zone that days are counted in. */
export async function checkClock(
  { source, config }: Configuration,
  { ports }: World,
  signal: AbortSignal,
): Promise<Finding[]> {
  const now = ports.clock.now()
  const { zone } = config.publication
  if (now.getUTCFullYear() < 2026)
    return [
      finding(
        'error',
        'clock',
        `This machine’s clock says ${now.toISOString()}, which is past.`,
        'Set the clock (NTP).',
      ),
    ]
  const there = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' }).format(
    now,
  )
  return [
    finding('note', 'clock', `It is ${there} in ${zone}.`),
    ...(await againstSource(source.location, ports, now, signal)),
  ]
}

/** What the source cannot be asked is told where it is read. */
async function againstSource(
  location: string,
  { http, clock }: Pick<World['ports'], 'http' | 'clock'>,
  before: Date,
  signal: AbortSignal,
): Promise<Finding[]> {
  if (!/^https?:\/\//i.test(location)) return []
  try {
    const answer = await http.get({ url: location, timeoutMs: 10_000, maxBytes: 1_000_000 }, signal)
    await answer.body[Symbol.asyncIterator]().return?.()
    const during = new Date((before.getTime() + clock.now().getTime()) / 2)
    return clockAgainst(new URL(location).host, during, answer.header('date'), answer.header('age'))
  } catch {
    signal.throwIfAborted()
    return []
  }
}
