import { relative } from 'node:path'
import { channels } from '../../channels/index.ts'
import { editionItems } from '../domain/edition.ts'
import { finalStates } from '../domain/delivery.ts'
import type { Finding } from '../domain/finding.ts'
import type { RunReport } from '../pipeline/run.ts'
import type { LedgerCount } from '../ports.ts'
import type { Configuration } from './configuration.ts'

const SHOWN_FINDINGS = 12

/** What a person reads after `run`: what was read, what was made of it, what to look at, where it is. */
export function describeRun(report: RunReport, configuration: Configuration): string {
  const lines = [
    '',
    `${report.house.publication.name} · ${report.id} · ${headline(report, configuration)}`,
    '',
    ...readLines(report, configuration),
    ...editionLines(report),
    ...checkedLines(report),
    ...channelLines(report, configuration),
    ...nextLines(report, configuration),
    '',
  ]
  return lines.join('\n') + '\n'
}

function headline(report: RunReport, { dataFolder, callOptions }: Configuration): string {
  const { verdict, reason, state, id, counts, edition } = report
  const date = id.split('/').at(-1)
  switch (verdict) {
    case 'approved':
      return state === 'sent' ? `sent to the outbox${exceptions(counts, id)}` : `approved; ${remainder(counts)}`
    case 'resumed':
      return 'taken up where the last run stopped'
    case 'unchanged':
      return state === 'sent'
        ? `nothing to do: it has left already${exceptions(counts, id)}`
        : `nothing to do now: ${state}; ${remainder(counts)}`
    case 'empty':
      return 'nothing to send'
    case 'draft':
      return `a draft; let it go with npm run digest -- --date ${date}${callOptions} --approve`
    case 'held':
      return `held: ${reason}. To send such a day, begin with another data folder than ${dataFolder}`
    case 'foreign':
      return `nothing was made: ${dataFolder} has an edition of this day from ${edition?.source}; use --data for another folder`
    case 'planned':
      return 'dry run: this is the plan, nothing was written'
  }
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
  if (verdict !== 'unchanged' && verdict !== 'resumed' && verdict !== 'foreign')
    return findingLines([...collected.findings, ...findings, ...renderings.flatMap(ofRendering)])
  return collected.findings.length > 0 ? findingLines(collected.findings) : []
}

/** Notes about renderings (a post was shortened) are for the preview, beside what they are about. */
function ofRendering({ channel, item, title, findings }: RunReport['renderings'][number]): Finding[] {
  const about = item === undefined ? channel : `${channel}, “${title}”`
  return findings
    .filter(({ severity }) => severity !== 'note')
    .map((finding) => ({ ...finding, message: `${about}: ${finding.message}` }))
}

function findingLines(findings: readonly Finding[]): string[] {
  const order = ['error', 'warning', 'note']
  // The feeds say the same of an item in all three formats.
  const distinct = [...new Map(findings.map((finding) => [finding.severity + finding.message, finding])).values()]
  const sorted = distinct.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  if (sorted.length === 0) return [row('Checked', 'no findings')]
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
    if (counts.length > 0) return [row(title, `${tallyCounts(counts)}  ${wherever(id, report.id, configuration)}`)]
    return renderings.length > 0 ? [row(title, plural(renderings.length, 'rendering'))] : []
  })
}

/** `2 sent` or `7 sent, 1 waiting`. */
export function tallyCounts(counts: readonly LedgerCount[]): string {
  return counts.map(({ count, state }) => `${count} ${state}`).join(', ')
}

function wherever(channel: string, edition: string, { dataFolder }: Configuration): string {
  const near = relative('', dataFolder)
  const folder = near.startsWith('..') ? dataFolder : near || '.'
  if (channel === 'feeds') return `${folder}/public/rss.xml, atom.xml, feed.json`
  return `${folder}/outbox/${channel}/${edition.replaceAll('/', '-')}/index.html`
}

function nextLines({ verdict, id }: RunReport, { isSample, callOptions }: Configuration): string[] {
  if (verdict === 'empty' || verdict === 'planned' || verdict === 'foreign') return []
  const preview = `npm run preview -- --date ${id.split('/').at(-1)}${callOptions}`
  return ['', row('Look', preview), ...(isSample ? [row('', 'your own: npm run digest -- --source PLACE')] : [])]
}

/** What will not leave by itself any more. */
function exceptions(counts: readonly LedgerCount[], id: string): string {
  const failed = counts
    .filter(({ state }) => state === 'rejected' || state === 'review')
    .reduce((sum, { count }) => sum + count, 0)
  return failed > 0 ? `, except for ${failed}; see groundwire status ${id}` : ''
}

/** What is left to do, and who does it. */
function remainder(counts: readonly LedgerCount[]): string {
  const left = counts.filter(({ state }) => !finalStates.includes(state))
  const total = left.reduce((sum, { count }) => sum + count, 0)
  return left.length > 0 && left.every(({ state }) => state === 'claimed')
    ? 'another run is finishing it'
    : `${total} still owed; see groundwire status`
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(9)} ${text}`
}

/** The same for a program; keys are part of the contract of `--json`. */
export function runAsJson(report: RunReport, { dataFolder, source }: Configuration): object {
  const { collected, edition, verdict, id, state, reason, findings, renderings, counts, delivered } = report
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
    delivered,
    data: dataFolder,
  }
}
