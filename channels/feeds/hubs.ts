import type { Attempt, ChannelPorts } from '../../src/channel.ts'
import { retryAfter } from '../../src/channel/retry-after.ts'
import type { Outcome } from '../../src/domain/delivery.ts'
import { announcementIn } from '../../src/domain/feed-format.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { withoutAddresses } from '../../src/domain/redact.ts'
import { cleanLine } from '../../src/domain/text.ts'
import type { HttpResponse } from '../../src/ports.ts'
import { openPauses, over, tryAgain, type Pauses } from './hub-pauses.ts'
import { announcementSchema, type Announcement } from './websub.ts'

/** Whoever is told after a hub that hangs waits for so long; a hub takes note of a change at once, and fetches it later. */
const TIMEOUT_MS = 4000
/** What is read of an answer says nothing but why. */
const WORDS_MS = 1000
const MAX_BYTES = 64 * 1024
const NOT_LIVE_WAIT_MS = 60_000
const LONGEST_WORDS = 160
/** Refusals that are over by themselves: too slow, too early, too many. */
const PASSING = new Set([408, 425, 429])

type Ports = Pick<ChannelPorts, 'api' | 'clock' | 'files' | 'notes'>

/** What a call to a hub came to; `later` and `unknown` without the time of the next. */
type Told =
  | { readonly kind: 'sent' }
  | { readonly kind: 'rejected' | 'unknown'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string; readonly until: Date | undefined }

/**
 * Tells hubs of new bytes, only when those are what a hub would fetch. Telling it again is harmless, for it then fetches
 * what it has. A hub that does not answer is left alone for longer and longer, at most an hour, whatever it is still to be
 * told; what it could not be told for a day is given up, for readers find the change when they ask by themselves.
 *
 * @param hubs as they are configured now.
 */
export function openHubs(
  hubs: readonly string[],
  ports: Ports,
  atOnce: boolean,
): (attempt: Attempt, signal: AbortSignal) => Promise<Outcome> {
  const pauses = openPauses(ports, atOnce ? hubs : [])
  return async ({ key, rendering }, signal) => {
    const said = announcementSaid(rendering.content)
    const file = announcementIn(rendering.id)?.path
    if (!said || file === undefined)
      return { kind: 'rejected', reason: 'what it said is no longer kept, for a newer edition has said it' }
    if (!hubs.includes(said.hub))
      return over(ports, rendering.id, { kind: 'rejected', reason: `${hostOf(said.hub)} is no longer configured` })
    const outcome = await announce(file, said, { ports, pauses }, signal)
    const isOver = outcome.kind === 'sent' || outcome.kind === 'rejected'
    return isOver ? over(ports, rendering.id, outcome) : tryAgain(ports, rendering.id, key, outcome)
  }
}

/** Undefined for one that was replaced: its bytes are not kept. */
function announcementSaid(content: string): Announcement | undefined {
  return content === '' ? undefined : announcementSchema.parse(JSON.parse(content))
}

async function announce(
  file: string,
  { hub, topic, sha256: hash }: Announcement,
  { ports, pauses }: { readonly ports: Ports; readonly pauses: Pauses },
  signal: AbortSignal,
): Promise<Outcome> {
  const notLive = await whyNotLive(ports, file, hash)
  const now = ports.clock.now()
  if (notLive !== undefined)
    return { kind: 'later', notBefore: new Date(now.getTime() + NOT_LIVE_WAIT_MS), reason: notLive }
  const pause = await pauses.of(hub)
  if (pause) return { kind: 'later', notBefore: pause.until, reason: pause.reason }
  const told = await tell(ports, hub, topic, signal)
  if (told.kind === 'sent' || told.kind === 'rejected') {
    await pauses.answered(hub)
    return told.kind === 'sent' ? { kind: 'sent', remoteId: `${hostOf(hub)} ${hash}`, url: topic } : told
  }
  const until = await pauses.failed(hub, told.reason, told.kind === 'later' ? told.until : undefined)
  return told.kind === 'later' ? { kind: 'later', notBefore: until, reason: told.reason } : told
}

/** Other bytes are older ones, that a hub must not take for the new, or newer ones, that have an announcement of their own. */
async function whyNotLive({ files }: Ports, file: string, hash: string): Promise<string | undefined> {
  try {
    const bytes = await files.readBytes(`public/${file}`)
    if (bytes && sha256(bytes) === hash) return undefined
    return `the bytes to be announced do not lie in public/${file}: they are still to be written, or were replaced`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function tell({ api, clock }: Ports, hub: string, topic: string, signal: AbortSignal): Promise<Told> {
  const body = new TextEncoder().encode(new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': topic }).toString())
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const stop = new AbortController()
  try {
    const request = { url: hub, headers, body: [body], timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }
    const answer = await api.post(request, AbortSignal.any([signal, stop.signal]))
    clock.deadline(WORDS_MS).addEventListener('abort', () => stop.abort(), { once: true })
    const words = wordsOf(answer)
    // Its words are of no interest, and not waited for; read to their end, they leave the connection for the next call.
    if (isSuccess(answer)) return { kind: 'sent' }
    const said = await words
    return judge(answer, `${hostOf(hub)} answered ${answer.status}${said === '' ? '' : `: ${said}`}`, clock.now())
  } catch (error) {
    if (!isHttpError(error)) return { kind: 'unknown', reason: `the call to ${hostOf(hub)} broke off` }
    if (error.kind === 'unsent') return { kind: 'later', reason: error.message, until: undefined }
    return { kind: 'unknown', reason: error.message }
  }
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300
}

function judge(answer: HttpResponse, reason: string, now: Date): Told {
  const { status } = answer
  if (status >= 500 || PASSING.has(status)) return { kind: 'later', reason, until: retryAfter(answer, now) }
  if (status >= 400) return { kind: 'rejected', reason }
  const advice = 'it leads elsewhere, where announcements are not taken: configure the address that it leads to'
  return { kind: 'rejected', reason: `${reason}: ${advice}` }
}

/** The first line of a plain answer; a page says nothing that is worth a line. What breaks off changes no status. */
async function wordsOf(answer: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of answer.body) pieces.push(piece)
  } catch {
    // What came is enough.
  }
  const text = new TextDecoder().decode(joined(pieces))
  if (/html/i.test(answer.header('content-type') ?? '') || text.trimStart().startsWith('<')) return ''
  const first = text.trim().split('\n')[0] ?? ''
  return withoutAddresses(cleanLine(first.slice(0, 1000)))
    .slice(0, LONGEST_WORDS)
    .toWellFormed()
    .replace(/[.:\s]+$/, '')
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}

function isHttpError(error: unknown): error is Error & { readonly kind: unknown } {
  return error instanceof Error && error.name === 'HttpError' && 'kind' in error
}

function hostOf(hub: string): string {
  return new URL(hub).host
}
