import type { Edition } from '../../src/domain/edition.ts'
import type { Publication } from '../../src/domain/publication.ts'
import { cleanLine, shorten, slug } from '../../src/domain/text.ts'
import { phrase } from './headers.ts'

/** RFC 2919, 3: a list's identifier has at most 255 characters; a DNS label has 63. */
const LABEL_CHARACTERS = 63
const NAME_CHARACTERS = 60

/**
 * By what mail programs know the list and let a reader leave it. All values are printable ASCII.
 *
 * No `Auto-Submitted`: it is for mail that answers or reports by itself (RFC 3834, 5), and an editor lets this one go.
 * What it would keep away, automatic answers, `List-Id` and `Precedence` keep away already (RFC 5230, 4.6), and
 * Exchange, which heeds neither, has a header of its own.
 */
export function identityHeaders(
  edition: Edition,
  { name, url }: Publication,
  unsubscribeUrl: string,
): Readonly<Record<string, string>> {
  const host = asciiHost(url)
  const shown = phrase(shorten(cleanLine(name), NAME_CHARACTERS))
  return {
    // RFC 8058: both, and the address is for POST alone.
    'List-Unsubscribe': `<${unsubscribeUrl}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': `${shown} <${listLabel(edition.schedule)}.${host}>`.trim(),
    'Feedback-ID': feedbackId(edition, host),
    Precedence: 'bulk',
    'X-Auto-Response-Suppress': 'OOF, AutoReply',
  }
}

/** The same for every edition of a schedule. */
function listLabel(schedule: string): string {
  return schedule
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, LABEL_CHARACTERS)
}

/**
 * `edition:schedule:publication:sender`, by which Gmail's Postmaster Tools count complaints: three names of ours from
 * the narrowest to the widest, then the sender, 5 to 15 characters that stay the same.
 */
function feedbackId({ id, schedule }: Edition, host: string): string {
  const sender = host.replace(/[^a-z0-9]/g, '').slice(0, 15)
  return [slug(id, 60), slug(schedule, 40), slug(host, 60), sender.padEnd(5, '0')].join(':')
}

function asciiHost(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  return /^[a-z0-9.-]+$/.test(host) ? host : 'localhost'
}
