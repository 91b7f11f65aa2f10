import type { House } from '../../src/channel.ts'
import type { Finding } from '../../src/domain/finding.ts'
import type { DigestView } from './view.ts'

/** Gmail shows about 102 kB of a mail and hides the rest, and with it the foot and its unsubscribe link. */
export const HTML_BYTES_LIMIT = 100_000
const HTML_BYTES_WARNING = 80_000
// RFC 5322, 2.1.1: the length a line should keep to; inbox rows show less.
const SUBJECT_CHARACTERS = 78

interface Checked {
  readonly house: Omit<House, 'secret'>
  readonly view: DigestView
  readonly htmlBytes: number
}

/** What an editor should know of the digest as a mail. */
export function findingsAbout(checked: Checked): Finding[] {
  return [...aboutSubject(checked), ...aboutBody(checked), ...aboutFoot(checked)]
}

function aboutSubject({ view }: Checked): Finding[] {
  const length = Array.from(view.subject).length
  if (length === 0) {
    return [
      finding('error', 'email-subject-empty', 'subject', 'The mail has no subject.', 'Give the edition a subject.'),
    ]
  }
  if (length <= SUBJECT_CHARACTERS) return []
  return [
    finding(
      'warning',
      'email-subject-long',
      'subject',
      `The subject has ${length} characters; inboxes cut it at ${SUBJECT_CHARACTERS} or sooner.`,
      'Shorten the subject, or put what matters at its beginning.',
    ),
  ]
}

function aboutBody({ view, htmlBytes }: Checked): Finding[] {
  if (view.stories.length + view.briefs.length === 0) {
    const advice = 'Add an item, or cancel the edition.'
    return [finding('error', 'email-empty', 'stories', 'The mail has no items.', advice)]
  }
  if (htmlBytes <= HTML_BYTES_WARNING) return []
  const tooMuch = htmlBytes > HTML_BYTES_LIMIT
  return [
    finding(
      tooMuch ? 'error' : 'warning',
      'email-size',
      'html',
      `The HTML has ${kilobytes(htmlBytes)}; Gmail cuts a mail at about 102 kB and hides the unsubscribe link, so ${kilobytes(HTML_BYTES_LIMIT)} is the limit.`,
      'Lower the number of stories with a summary, or shorten the longest summaries.',
    ),
  ]
}

function aboutFoot({ house }: Checked): Finding[] {
  const findings: Finding[] = []
  if (house.publication.address.trim() === '') {
    findings.push(
      finding(
        'warning',
        'email-no-address',
        'address',
        'The mail carries no postal address, which the law asks of bulk mail in many places.',
        'Set the postal address of the publication.',
      ),
    )
  }
  if (!oneClick(house.publicUrl)) {
    findings.push(
      finding(
        'warning',
        'email-unsubscribe-not-https',
        'publicUrl',
        `Mail programs offer one-click unsubscribing only over https (RFC 8058), and the public address is ${house.publicUrl}.`,
        'Serve the public address over https.',
      ),
    )
  }
  return findings
}

/** On this machine alone, where no reader is, anything goes. */
function oneClick(publicUrl: string): boolean {
  if (!URL.canParse(publicUrl)) return false
  const { protocol, hostname } = new URL(publicUrl)
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

function finding(severity: Finding['severity'], code: string, field: string, message: string, advice: string): Finding {
  return { severity, code, message, advice, field, channel: 'email' }
}
