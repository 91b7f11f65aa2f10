import type { PublicHouse } from '../../src/channel.ts'
import type { Finding } from '../../src/domain/finding.ts'
import { findingIn } from './finding.ts'
import type { DigestView } from './view.ts'

/** Gmail shows about 102 kB of a mail and hides the rest, and with it the foot and its unsubscribe link. */
export const HTML_BYTES_LIMIT = 100_000
const HTML_BYTES_WARNING = 80_000
// RFC 5322, 2.1.1: the length a line should keep to; inbox rows show less.
const SUBJECT_CHARACTERS = 78

interface Checked {
  readonly house: PublicHouse
  readonly view: DigestView
  readonly htmlBytes: number
  /** Whether the mail goes to readers, not to the outbox. */
  readonly leaves: boolean
}

/** What an editor should know of the digest as a mail. */
export function findingsAbout(checked: Checked): Finding[] {
  return [...aboutSubject(checked), ...aboutBody(checked), ...aboutFoot(checked)]
}

function aboutSubject({ view }: Checked): Finding[] {
  const length = Array.from(view.subject).length
  if (length === 0) {
    return [
      findingIn('subject', 'error', 'email-subject-empty', 'The mail has no subject.', 'Give the edition a subject.'),
    ]
  }
  if (length <= SUBJECT_CHARACTERS) return []
  return [
    findingIn(
      'subject',
      'warning',
      'email-subject-long',
      `The subject has ${length} characters; inboxes cut it at ${SUBJECT_CHARACTERS} or sooner.`,
      'Shorten the subject, or put what matters at its beginning.',
    ),
  ]
}

function aboutBody({ view, htmlBytes }: Checked): Finding[] {
  if (view.stories.length + view.briefs.length === 0) {
    const advice = 'Add an item, or cancel the edition.'
    return [findingIn('stories', 'error', 'email-empty', 'The mail has no items.', advice)]
  }
  if (htmlBytes <= HTML_BYTES_WARNING) return []
  const tooMuch = htmlBytes > HTML_BYTES_LIMIT
  return [
    findingIn(
      'html',
      tooMuch ? 'error' : 'warning',
      'email-size',
      `The HTML has ${kilobytes(htmlBytes)}; Gmail cuts a mail at about 102 kB and hides the unsubscribe link, so ${kilobytes(HTML_BYTES_LIMIT)} is the limit.`,
      'Lower the number of stories with a summary, or shorten the longest summaries.',
    ),
  ]
}

function aboutFoot({ house, leaves }: Checked): Finding[] {
  const findings: Finding[] = []
  if (house.publication.address.trim() === '') {
    findings.push(
      findingIn(
        'address',
        'warning',
        'email-no-address',
        'The mail carries no postal address, which the law asks of bulk mail in many places.',
        'Set the postal address of the publication.',
      ),
    )
  }
  return [...findings, ...aboutUnsubscribing(house.publicUrl, leaves)]
}

/** List-Unsubscribe holds it in `<>` (RFC 2369, 2), where nothing else is allowed. */
const IN_BRACKETS = /^[!-;=?-~]+$/

/** RFC 8058 asks for https. On this machine alone, where no reader is, anything goes. */
function aboutUnsubscribing(publicUrl: string, leaves: boolean): Finding[] {
  if (!IN_BRACKETS.test(publicUrl)) {
    const ascii = URL.canParse(publicUrl) ? new URL(publicUrl).href.replace(/\/+$/, '') : ''
    const form = IN_BRACKETS.test(ascii) ? `, as ${ascii}` : ''
    return [
      findingIn(
        'publicUrl',
        'error',
        'email-unsubscribe-characters',
        `No mail program could unsubscribe a reader: the public address ${publicUrl} has characters that no header can carry.`,
        `Write the public address in ASCII, without spaces, < and >${form}.`,
      ),
    ]
  }
  const { protocol, hostname } = URL.canParse(publicUrl) ? new URL(publicUrl) : { protocol: '', hostname: '' }
  const isLocal = /^(localhost|.*\.localhost|127\..*|0\.0\.0\.0|\[::1?\])$/.test(hostname)
  if (isLocal ? !leaves : protocol === 'https:') return []
  const severity = leaves ? 'error' : 'warning'
  return isLocal
    ? [
        findingIn(
          'publicUrl',
          severity,
          'email-unsubscribe-local',
          `No reader could unsubscribe: the public address is ${publicUrl}, which leads to their own machine.`,
          'Set the public address under which readers reach this publication, with https.',
        ),
      ]
    : [
        findingIn(
          'publicUrl',
          severity,
          'email-unsubscribe-not-https',
          `Mail programs offer one-click unsubscribing only over https (RFC 8058), and the public address is ${publicUrl}.`,
          'Serve the public address over https.',
        ),
      ]
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
