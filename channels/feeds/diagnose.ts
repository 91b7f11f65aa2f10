import type { House } from '../../src/channel.ts'
import type { Finding, Severity } from '../../src/domain/finding.ts'
import type { Ports } from '../../src/ports.ts'
import type { FeedsSettings } from './settings.ts'

const TIMEOUT_MS = 10_000
const MAX_BYTES = 64 * 1024
/** Names and addresses that mean something on this machine or in its network alone. */
const LOCAL =
  /^(localhost|[^.:]+|.*\.(localhost|local|internal|home\.arpa)|0\.0\.0\.0|(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+|\[(::1?|f[cd].*|fe[89ab].*|::ffff:.*)\])$/

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
  const { host, hostname } = new URL(hub)
  const findings: Finding[] = []
  if (LOCAL.test(new URL(publicUrl).hostname) && !LOCAL.test(hostname))
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
    const { status, body } = await api.get(request, clock.deadline(TIMEOUT_MS))
    findings.push(status < 500 ? answers(host) : doesNotAnswer(host, `it answered ${status}`))
    await letGo(body)
  } catch (error) {
    findings.push(doesNotAnswer(host, error instanceof Error ? error.message : String(error)))
  }
  return findings
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
