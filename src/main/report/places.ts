import { relative } from 'node:path'
import { channels } from '../../../channels/index.ts'
import type { RunReport } from '../../pipeline/run.ts'
import type { Configuration } from '../configuration.ts'
import { countOf, plural } from '../tally.ts'
import { ownSent } from './others.ts'

const OUTBOX = 'the outbox'
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
  if (destination !== OUTBOX)
    return `  ${folder}/${destination}${channel === 'feeds' ? 'rss.xml, atom.xml, feed.json' : ''}`
  return `  ${folder}/outbox/${channel}/${report.id.replaceAll('/', '-')}/index.html`
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
