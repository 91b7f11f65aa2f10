import { relative } from 'node:path'
import { channels } from '../../../channels/index.ts'
import { announcementIn, feedFormats, FEEDS_FOLDER } from '../../domain/feed-format.ts'
import type { RunReport } from '../../pipeline/run.ts'
import type { Configuration } from '../configuration.ts'
import { countOf, figure, plural } from '../tally.ts'
import { ownSent } from './others.ts'

const OUTBOX = 'the outbox'
const SHOWN_FILES = 3
/** Destinations on this machine, where nobody but the operator sees what was sent. */
const LOCAL: ReadonlySet<string> = new Set([OUTBOX, 'public/'])

/** Where the deliveries of a channel can be seen: a file to open, or who has them. Begins with two spaces; '' when this pass cannot tell. */
export function place(channel: string, report: RunReport, { dataFolder }: Configuration): string {
  const destination = report.destinations.get(channel)
  if (destination === undefined) return ''
  // What an earlier pass sent may have gone another way.
  if (!LOCAL.has(destination)) return ownSent(report) > 0 ? `  ${isMail(channel) ? 'by' : 'to'} ${destination}` : ''
  const near = relative('', dataFolder)
  const folder = near.startsWith('..') ? dataFolder : near || '.'
  if (destination !== OUTBOX) return `  ${folder}/${destination}${channel === 'feeds' ? filesInWords(report) : ''}`
  return `  ${folder}/outbox/${channel}/${report.id.replaceAll('/', '-')}/index.html`
}

/** `rss.xml, atom.xml, feed.json and 24 more; start at feeds/index.html`: there are dozens, and one page lists them. */
function filesInWords({ renderings, counts }: RunReport): string {
  const made = renderings.filter(({ channel, id, mayLeave }) => channel === 'feeds' && mayLeave && !announcementIn(id))
  // Of an edition that was approved before, the ledger alone tells how many there are.
  const isKnown = made.length > 0
  const names = isKnown ? made.map(({ id }) => id) : feedFormats.map(({ file }) => file)
  const frozen = counts.filter(({ channel }) => channel === 'feeds').reduce((sum, { count }) => sum + count, 0)
  const more = Math.max(isKnown ? names.length : frozen, SHOWN_FILES) - SHOWN_FILES
  const shown = names.slice(0, SHOWN_FILES).join(', ')
  return more === 0
    ? shown
    : `${shown} and ${isKnown ? `${figure(more)} ` : ''}more; start at ${FEEDS_FOLDER}/index.html`
}

/** ` (4 of these announcements to hubs)`; '' when there is none, or this pass made none. */
export function announcedInWords(renderings: RunReport['renderings']): string {
  const told = renderings.filter(({ channel, id }) => channel === 'feeds' && announcementIn(id)).length
  return told === 0 ? '' : ` (${figure(told)} of these announcements to hubs)`
}

/** `to the outbox`, or `by Resend to 1,204 readers, the rest to the outbox`. */
export function placesInWords({ destinations, counts }: RunReport): string {
  const away = [...destinations].filter(([, destination]) => !LOCAL.has(destination))
  if (away.length === 0) return 'to the outbox'
  const words = away.map(([channel, destination]) => {
    const sent = countOf(
      counts.filter((count) => count.channel === channel),
      'sent',
    )
    return isMail(channel) ? `by ${destination} to ${plural(sent, 'reader')}` : `to ${destination}`
  })
  return [...words, ...([...destinations.values()].includes(OUTBOX) ? ['the rest to the outbox'] : [])].join(', ')
}

function isMail(channel: string): boolean {
  return channels.some(({ id, audience }) => id === channel && audience === 'subscribers')
}
