import { withoutAddresses } from '../../../src/domain/redact.ts'
import { cleanLine } from '../../../src/domain/text.ts'

/** What nodemailer tells of a message that was not accepted. */
export interface Failure {
  /**
   * How far it came. `connecting`: no session (name, connection, greeting, encryption, login). `envelope`: up to the
   * reply to DATA. `message`: at least a byte of the message has left.
   */
  readonly reached: 'connecting' | 'envelope' | 'message'
  /** nodemailer's name for it, such as `ECONNECTION`, `EAUTH`, `EENVELOPE`, `EMESSAGE`. */
  readonly code?: string | undefined
  /** The system's name for it, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly cause?: string | undefined
  /** The command that was answered, such as `RCPT TO`; `CONN` for none. */
  readonly command?: string | undefined
  /** The server's answer, several lines perhaps: `550 5.1.1 no such user`. */
  readonly reply?: string | undefined
}

/**
 * What it means for the delivery. `fault` says whose it is, where it is not this reader's: `ours` stops everything until
 * somebody has set it right, `busy` asks for less, `broken` is a conversation that ended in the midst of it.
 */
export interface Verdict {
  readonly kind: 'rejected' | 'later' | 'unknown'
  readonly reason: string
  readonly fault?: 'ours' | 'busy' | 'broken'
}

/** Commands we may not give or the server does not know, and logins: never about a reader (RFC 5321, 4.2.3; RFC 4954, 6). */
const OUR_CODES = new Set([500, 502, 503, 504, 521, 530, 534, 535, 538, 555])
/**
 * RFC 3463, 7372, 7505, and what large providers add: system does not take mail (3.2) or mail of this size (3.4), daily
 * limit (4.5), login and encryption (7.0, 7.8, 7.9, 7.11), DKIM, SPF, DMARC and reverse DNS (7.2x, 7.5xx).
 */
const OUR_STATUS = /^5\.(3\.[24]|4\.5|7\.(0|8|9|11|2\d|5\d\d))$/
const OUR_WORDS = /\brelay/i
const LONGEST_REPLY = 160

/**
 * Judges a failed message. Only an answer of the server to this recipient or this message rejects a reader; what is our
 * own fault or the network's never does. Once a byte of the message has left, only such an answer proves that it was
 * not accepted; all else leaves it unknown.
 *
 * @param hidden words that must not be told: the reader's address, the login.
 */
export function judge(failure: Failure, server: string, hidden: readonly string[]): Verdict {
  const { reached, code, command = '', reply } = failure
  const { status, enhanced, shown } = parsedReply(reply, hidden)
  const isAnswer = status >= 400 && (code === 'EENVELOPE' || code === 'EMESSAGE') && command !== 'MAIL FROM'
  if (reached === 'message' && !isAnswer) return cutOff(failure)
  if (reached === 'connecting') return noSession(failure, server, shown)
  if (status === 421) return { kind: 'later', fault: 'busy', reason: `${server} asks to try later: ${shown}` }
  if (command === 'MAIL FROM')
    return ours(`${server} does not take mail from this sender: ${shown}; check EMAIL_FROM and what SMTP_URL may send`)
  if (!isAnswer) {
    const reason = `the connection to ${server} ended before the mail was handed over (${name(failure)})`
    return { kind: 'later', fault: 'broken', reason }
  }
  if (status < 500) return { kind: 'later', reason: `${server} asks to try later: ${shown}` }
  const isTooLarge = status === 552 && command === 'DATA' && !enhanced.startsWith('5.2.')
  if (OUR_CODES.has(status) || OUR_STATUS.test(enhanced) || OUR_WORDS.test(shown) || isTooLarge)
    return ours(`${server} does not take this mail from us: ${shown}; set it right with the mail server's operator`)
  return {
    kind: 'rejected',
    reason: `${server} refused ${command === 'DATA' ? 'the mail' : 'the address'}: ${shown}`,
  }
}

function cutOff(failure: Failure): Verdict {
  const how = isTimeout(failure) ? 'no answer in time' : `the connection ended (${name(failure)})`
  return {
    kind: 'unknown',
    fault: 'broken',
    reason: `${how} while the mail was being handed over; it may have been accepted`,
  }
}

function noSession(failure: Failure, server: string, shown: string): Verdict {
  const { code, cause } = failure
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return ours(`${server} refused the login: ${shown || name(failure)}; set user name and password in SMTP_URL`)
  if (code === 'ETLS' || /CERT|TLS|SSL/.test(cause ?? ''))
    return ours(
      `no encrypted connection to ${server} (${shown || name(failure)}); check host, port and its certificate`,
    )
  if (shown !== '') return ours(`${server} does not let us in: ${shown}`)
  if (isTimeout(failure)) return ours(`no answer from ${server} in time; check host and port in SMTP_URL`)
  return ours(`cannot connect to ${server} (${name(failure)}); check host and port in SMTP_URL, and that it is running`)
}

function ours(reason: string): Verdict {
  return { kind: 'later', fault: 'ours', reason }
}

function isTimeout({ code }: Failure): boolean {
  return code === 'ETIMEDOUT' || code === 'EABORT'
}

function name({ cause, code }: Failure): string {
  return cause ?? code ?? 'no reason given'
}

/** The reply on one line, without what nobody may read in a log. */
function parsedReply(
  reply: string | undefined,
  hidden: readonly string[],
): { readonly status: number; readonly enhanced: string; readonly shown: string } {
  const line = cleanLine((reply ?? '').slice(0, 2000))
  const [, status = '0', enhanced = ''] = /^(\d{3})(?:[ -](\d\.\d{1,3}\.\d{1,3})\b)?/.exec(line) ?? []
  let shown = withoutAddresses(line)
  for (const word of hidden.filter((each) => each !== '')) {
    const literal = word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    shown = shown.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu'), '…')
  }
  return { status: Number(status), enhanced, shown: shown.slice(0, LONGEST_REPLY) }
}
