import { render } from '@react-email/render'
import { createElement } from 'react'
import Digest from '../../emails/digest.tsx'
import type { House } from '../../src/channel.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { sha256 } from '../../src/domain/hash.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { utf8Bytes } from '../../src/domain/text.ts'
import { parseMailbox } from './address.ts'
import { HTML_BYTES_LIMIT, findingsAbout } from './checks.ts'
import type { MailContent } from './content.ts'
import { type EmailSettings, senderOf } from './settings.ts'
import { fillTemplate, placeholder, splitTemplate } from './template.ts'
import { digestText } from './text.ts'
import { type DigestView, digestView } from './view.ts'

// About as long as a reader's own link behind `publicUrl`, so that sizes are those of what leaves.
const TOKEN_LENGTH = 80

/**
 * One message for all readers of an edition. What differs between them are placeholders, for which `page` and `text`
 * show something harmless: neither carries a link that would unsubscribe anyone.
 */
export async function renderDigest(
  edition: Edition,
  house: Omit<House, 'secret'>,
  settings: EmailSettings,
): Promise<Rendering> {
  const view = digestView(edition, house)
  const content = await mailContent(edition, house, settings, view)
  const html = splitTemplate(content.html, content.slots)
  const text = splitTemplate(content.text, content.slots)
  const own = { unsubscribe: `${house.publicUrl}/unsubscribe/${'x'.repeat(TOKEN_LENGTH)}` }
  const htmlBytes = utf8Bytes(fillTemplate(html, own))
  const findings = findingsAbout({ house, view, htmlBytes })
  return {
    id: 'digest',
    identity: edition.id,
    title: content.subject,
    mediaType: 'application/json',
    content: JSON.stringify(content),
    page: fillTemplate(splitTemplate(await pageHtml(view, content), content.slots), { unsubscribe: '#preview' }),
    text: fillTemplate(text, { unsubscribe: "(each reader's own link)" }),
    measures: [
      { name: 'HTML bytes', value: htmlBytes, limit: HTML_BYTES_LIMIT },
      { name: 'text bytes', value: utf8Bytes(fillTemplate(text, own)) },
    ],
    findings,
    mayLeave: !findings.some((finding) => finding.severity === 'error'),
  }
}

async function mailContent(
  edition: Edition,
  house: Omit<House, 'secret'>,
  settings: EmailSettings,
  view: DigestView,
): Promise<MailContent> {
  const digest = sha256(JSON.stringify([edition, house.publication, house.publicUrl]))
  const unsubscribeUrl = placeholder('unsubscribe', digest)
  const replyTo = settings.replyTo === undefined ? undefined : parseMailbox(settings.replyTo)
  return {
    subject: view.subject,
    preheader: view.preheader,
    from: senderOf(settings, view.publication.name),
    ...(replyTo ? { replyTo } : {}),
    date: edition.plannedAt,
    headers: {
      // RFC 8058: both, and the address is for POST alone.
      'List-Unsubscribe': `<${unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Id': listId(edition.schedule, house.publication.url),
    },
    slots: { unsubscribe: unsubscribeUrl },
    html: await render(createElement(Digest, { ...view, unsubscribeUrl, images: 'shown' })),
    text: digestText(view, unsubscribeUrl),
  }
}

/** The mail with nothing to load. */
async function pageHtml(view: DigestView, content: MailContent): Promise<string> {
  if (!view.stories[0]?.image) return content.html
  return render(createElement(Digest, { ...view, unsubscribeUrl: content.slots.unsubscribe, images: 'described' }))
}

/** RFC 2919: `<daily.example.com>`, the same for every edition of a schedule. */
function listId(schedule: string, publicationUrl: string): string {
  const label = schedule.toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  const host = URL.canParse(publicationUrl) ? new URL(publicationUrl).hostname : ''
  return `<${label}.${/^[a-z0-9.-]+$/.test(host) ? host : 'localhost'}>`
}
