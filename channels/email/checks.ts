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

function aboutFoot({ house, leaves }: Checked): Finding[] {
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
  return [...findings, ...aboutUnsubscribing(house.publicUrl, leaves)]
}

/** RFC 8058 asks for https. On this machine alone, where no reader is, anything goes. */
function aboutUnsubscribing(publicUrl: string, leaves: boolean): Finding[] {
  const { protocol, hostname } = URL.canParse(publicUrl) ? new URL(publicUrl) : { protocol: '', hostname: '' }
  const isLocal = /^(localhost|.*\.localhost|127\..*|0\.0\.0\.0|\[::1?\])$/.test(hostname)
  if (isLocal ? !leaves : protocol === 'https:') return []
  const severity = leaves ? 'error' : 'warning'
  return isLocal
    ? [
        finding(
          severity,
          'email-unsubscribe-local',
          'publicUrl',
          `No reader could unsubscribe: the public address is ${publicUrl}, which leads to their own machine.`,
          'Set the public address under which readers reach this publication, with https.',
        ),
      ]
    : [
        finding(
          severity,
          'email-unsubscribe-not-https',
          'publicUrl',
          `Mail programs offer one-click unsubscribing only over https (RFC 8058), and the public address is ${publicUrl}.`,
          'Serve the public address over https.',
        ),
      ]
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

function finding(severity: Finding['severity'], code: string, field: string, message: string, advice: string): Finding {
  return { severity, code, message, advice, field, channel: 'email' }
}
