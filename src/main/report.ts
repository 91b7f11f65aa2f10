import { channels } from '../../channels/index.ts'
import { editionItems } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { RunReport } from '../pipeline/run.ts'
import type { Configuration } from './configuration.ts'
import { headline } from './report/headline.ts'
import { otherAsJson, otherLines } from './report/others.ts'
import { announcedInWords, place } from './report/places.ts'
import { type Screen, screenOf } from './screen.ts'
import { plural, tallyCounts } from './tally.ts'
import { vanishedAsJson, vanishedLines } from './vanished.ts'
import { troubleLines, waitAsJson } from './waits.ts'

const SHOWN_FINDINGS = 12

/** What a person reads after `run`: what was read, what was made of it, what to look at, where it is. */
export function describeRun(report: RunReport, configuration: Configuration): string {
  const screen = screenOf(configuration, report.endedAt, report.collected.day)
  const lines = [
    '',
    `${report.house.publication.name} · ${report.id} · ${headline(report, configuration)}`,
    '',
    ...readLines(report, configuration),
    ...editionLines(report),
    ...checkedLines(report),
    ...channelLines(report, configuration),
    ...waitingLines(report, screen),
    ...rows('Also', otherLines(report, configuration, screen)),
    ...rows('Vanished', vanishedLines(report.vanished, configuration, screen)),
    ...nextLines(report, configuration),
    '',
  ]
  return lines.join('\n') + '\n'
}

function readLines({ collected }: RunReport, { source }: Configuration): string[] {
  const sections = [...collected.sections].map(([section, count]) => `${count} ${section}`).join(', ')
  const news =
    collected.added.length === collected.read
      ? []
      : [`${collected.added.length} new`, `${collected.changed.length} changed`]
  const skipped =
    collected.skipped > 0 ? [`${collected.skipped} from before ${collected.firstDay}, kept but never sent`] : []
  const what = collected.unchanged
    ? 'nothing new: the source has not changed'
    : `${plural(collected.read, 'item')}${sections && `: ${sections}`}`
  return [
    row('Read', [what, ...(collected.unchanged ? [] : [...news, ...skipped])].join(' · ')),
    row('', source.location),
  ]
}

function editionLines({ edition }: RunReport): string[] {
  if (!edition) return []
  const { stories, briefs, background, subject, preheader } = edition
  const parts = [
    plural(editionItems(edition).length, 'item'),
    ...(briefs.length > 0 ? [`${stories.length} with summary, ${briefs.length} in brief`] : []),
    ...(background.length > 0 ? [`${plural(background.length, 'lesson')} as background`] : []),
  ]
  return [row('Edition', parts.join(' · ')), row('', `“${subject}”`), row('', preheader)]
}

/** Of an edition that was approved before, only what is wrong with the source now: the rest was shown then, and is on the desk. */
function checkedLines({ verdict, collected, findings, renderings }: RunReport): string[] {
  // What is held was not made anew.
  const isMadeNow = verdict === 'held' ? renderings.length > 0 : !AS_BEFORE.has(verdict)
  const all = isMadeNow ? [...collected.findings, ...findings, ...renderings.flatMap(ofRendering)] : collected.findings
  if (all.length > 0) return findingLines(all)
  // Of a source that has not changed its flaws are not told again.
  return isMadeNow ? [row('Checked', collected.unchanged ? 'nothing new' : 'no findings')] : []
}

const AS_BEFORE: ReadonlySet<RunReport['verdict']> = new Set(['unchanged', 'resumed', 'foreign'])

/** Notes about renderings (a post was shortened) are for the preview, beside what they are about. */
function ofRendering({ channel, item, title, findings }: RunReport['renderings'][number]): Finding[] {
  const about = item === undefined ? channel : `${channel}, “${title}”`
  return findings
    .filter(({ severity }) => severity !== 'note')
    .map((finding) => ({ ...finding, message: `${about}: ${finding.message}` }))
}

function findingLines(findings: readonly Finding[]): string[] {
  const order = ['error', 'warning', 'note']
  // All feeds that carry an item say the same of it.
  const distinct = [...new Map(findings.map((finding) => [finding.severity + finding.message, finding])).values()]
  const sorted = distinct.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  const tally = order
    .map((severity) => [severity, sorted.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => plural(count, severity))
  const shown = sorted.slice(0, SHOWN_FINDINGS).map(({ severity, message }) => row('', `${severity}: ${message}`))
  const more = sorted.length - shown.length
  return [
    row('Checked', tally.join(', ')),
    ...shown,
    ...(more > 0 ? [row('', `and ${more} more; see groundwire preview`)] : []),
  ]
}

function channelLines(report: RunReport, configuration: Configuration): string[] {
  return channels.flatMap(({ id, title }) => {
    const renderings = report.renderings.filter(({ channel }) => channel === id)
    const counts = report.counts.filter(({ channel }) => channel === id)
    const staying = renderings.filter(({ mayLeave }) => !mayLeave).length
    const announced = announcedInWords(renderings)
    const rest = staying > 0 ? `, ${staying} of ${plural(renderings.length, 'rendering')} not to leave` : ''
    if (counts.length > 0)
      return [row(title, `${tallyCounts(counts)}${announced}${rest}${place(id, report, configuration)}`)]
    return renderings.length > 0
      ? [row(title, (rest.slice(2) || plural(renderings.length, 'rendering')) + announced)]
      : []
  })
}

/** A single reason stands in the headline. */
function waitingLines({ waits }: RunReport, screen: Screen): string[] {
  const lines = troubleLines(waits, screen)
  return lines.length > 1 ? rows('Waiting', lines) : []
}

function nextLines({ verdict, id }: RunReport, { isSample, callOptions }: Configuration): string[] {
  if (verdict === 'empty' || verdict === 'planned' || verdict === 'foreign') return []
  const preview = `npm run preview -- --date ${id.split('/').at(-1)}${callOptions}`
  return ['', row('Look', preview), ...(isSample ? [row('', 'your own: npm run digest -- --source PLACE')] : [])]
}

function rows(label: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => row(at === 0 ? label : '', line))
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(9)} ${text}`
}

/** The same for a program; keys are part of the contract of `--json`. */
export function runAsJson(report: RunReport, configuration: Configuration): object {
  const { dataFolder, source } = configuration
  const screen = screenOf(configuration, report.endedAt, report.collected.day)
  const { collected, edition, verdict, id, state, reason, findings, renderings, counts, others, delivered, vanished } =
    report
  const waits = [{ id, waits: report.waits }, ...others].flatMap(({ id: of, waits: own }) =>
    own.map((wait) => ({ edition: of, ...waitAsJson(wait, screen) })),
  )
  return {
    edition: id,
    verdict,
    state: state ?? null,
    reason,
    subject: edition?.subject ?? null,
    items: edition ? editionItems(edition).map(({ url }) => url) : [],
    background: edition?.background.map(({ url }) => url) ?? [],
    source: source.location,
    read: {
      items: collected.read,
      sections: Object.fromEntries(collected.sections),
      added: collected.added.length,
      changed: collected.changed.length,
      skipped: collected.skipped,
      complete: collected.complete,
      unchanged: collected.unchanged,
    },
    findings: [...collected.findings, ...findings],
    renderings: renderings.map(({ channel, id: name, measures, findings: own }) => ({
      channel,
      id: name,
      measures,
      findings: own,
    })),
    deliveries: counts.map(({ channel, state: at, count }) => ({ channel, state: at, count })),
    waits,
    delivered,
    others: others.map((other) => otherAsJson(other, screen)),
    vanished: vanished.map(vanishedAsJson),
    data: dataFolder,
  }
}
