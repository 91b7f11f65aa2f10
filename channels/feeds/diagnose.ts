import type { House } from '../../src/channel.ts'
import type { Finding, Severity } from '../../src/domain/finding.ts'
import { cleanLine } from '../../src/domain/text.ts'
import type { HttpResponse, Ports } from '../../src/ports.ts'
import { canFetch } from './reach.ts'
import type { FeedsSettings } from './settings.ts'

const TIMEOUT_MS = 10_000
const MAX_BYTES = 64 * 1024
/** Looks whether the WebSub hubs are there, and whether they could fetch what they are told of; tells them nothing. */
export async function diagnoseFeeds(
  { hubs }: FeedsSettings,
  ports: Pick<Ports, 'api' | 'clock'>,
  { publicUrl }: Pick<House, 'publicUrl'>,
): Promise<Finding[]> {
  if (hubs.length === 0)
    return [finding('note', 'feeds-hub', 'No WebSub hub is configured: feed readers find changes when they next ask.')]
  const each = await Promise.all([...new Set(hubs)].map((hub) => diagnoseHub(hub, ports, publicUrl)))
  return each.flat()
}

async function diagnoseHub(hub: string, { api, clock }: Pick<Ports, 'api' | 'clock'>, publicUrl: string) {
  const { host } = new URL(hub)
  const findings: Finding[] = []
  if (!canFetch(hub, publicUrl))
    findings.push(
      finding(
        'warning',
        'feeds-hub-cannot-fetch',
        `The hub ${host} cannot fetch the feeds: the public address is ${publicUrl}, which only this network knows.`,
        'Set GROUNDWIRE_URL to the address at which everybody finds the feeds, or configure no hubs.',
      ),
    )
  try {
    const request = { url: hub, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }
    const answer = await api.get(request, clock.deadline(TIMEOUT_MS))
    findings.push(judge(host, answer))
    await letGo(answer.body)
  } catch (error) {
    findings.push(doesNotAnswer(host, error instanceof Error ? error.message : String(error)))
  }
  return findings
}

/** Hubs take POST, so that what they say to GET means little: 400 and 405 are as good as a page. */
function judge(host: string, answer: HttpResponse): Finding {
  const { status } = answer
  if (status >= 500) return doesNotAnswer(host, `it answered ${status}`)
  const advice = 'Check its address (channels.feeds.hubs): a hub that has moved is to be named where it is now.'
  if (status === 404 || status === 410)
    return finding('warning', 'feeds-hub', `There is no hub at this address of ${host}: it answered ${status}.`, advice)
  if (status >= 300 && status < 400) {
    const where = placeOf(answer.header('location'), answer.url)
    const message = `The hub ${host} leads elsewhere${where}, where announcements are not taken: it answered ${status}.`
    return finding('warning', 'feeds-hub', message, advice)
  }
  return answers(host)
}

/** Host and path alone, for a query may carry what is nobody's business; '' where there is nothing to be named. */
function placeOf(location: string | undefined, base: string): string {
  if (location === undefined || !URL.canParse(location, base)) return ''
  const { host, pathname } = new URL(location, base)
  return host === '' ? '' : ` (${cleanLine(host + pathname).slice(0, 200)})`
}

/** What it says is of no interest; unread it would keep the connection. */
async function letGo(body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _ of body) break
  } catch {
    // It has let go by itself.
  }
}

function answers(host: string): Finding {
  return finding('note', 'feeds-hub', `The hub ${host} answers. It is told of every feed that changes.`)
}

function doesNotAnswer(host: string, why: string): Finding {
  const advice = 'Check its address (channels.feeds.hubs). Until it answers, readers find changes when they next ask.'
  return finding('warning', 'feeds-hub', `The hub ${host} does not answer: ${why.replace(/[.\s]+$/, '')}.`, advice)
}

function finding(severity: Severity, code: string, message: string, advice?: string): Finding {
  return { severity, code, message, channel: 'feeds', ...(advice !== undefined && { advice }) }
}
