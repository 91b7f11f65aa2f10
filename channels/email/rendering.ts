import { render } from '@react-email/render'
import { createElement } from 'react'
import Digest from '../../emails/digest.tsx'
import type { PublicHouse } from '../../src/channel.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { sha256 } from '../../src/domain/hash.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { cleanLine, shorten, utf8Bytes } from '../../src/domain/text.ts'
import { type Mailbox, parseMailbox } from '../../src/domain/address.ts'
import { HTML_BYTES_LIMIT, findingsAbout } from './checks.ts'
import type { MailContent } from './content.ts'
import { identityHeaders } from './identity.ts'
import { type EmailSettings, senderOf, transportOf } from './settings.ts'
import { fillTemplate, placeholder, splitTemplate } from './template.ts'
import { digestText } from './text.ts'
import { type DigestView, digestView } from './view.ts'

// About as long as a reader's own link behind `publicUrl`, so that sizes are those of what leaves.
const TOKEN_LENGTH = 80
const NAME_CHARACTERS = 100

/**
 * One message for all readers of an edition. What differs between them are placeholders, for which `page` and `text`
 * show something harmless: neither carries a link that would unsubscribe anyone.
 */
export async function renderDigest(edition: Edition, house: PublicHouse, settings: EmailSettings): Promise<Rendering> {
  const view = digestView(edition, house)
  const content = await mailContent(edition, house, settings, view)
  const html = splitTemplate(content.html, content.slots)
  const text = splitTemplate(content.text, content.slots)
  const own = { unsubscribe: `${house.publicUrl}/unsubscribe/${'x'.repeat(TOKEN_LENGTH)}` }
  const htmlBytes = utf8Bytes(fillTemplate(html, own))
  const findings = findingsAbout({ house, view, htmlBytes, leaves: transportOf(settings) !== 'outbox' })
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
  house: PublicHouse,
  settings: EmailSettings,
  view: DigestView,
): Promise<MailContent> {
  const digest = sha256(JSON.stringify([edition, house.publication, house.publicUrl]))
  const unsubscribeUrl = placeholder('unsubscribe', digest)
  const replyTo = settings.replyTo === undefined ? undefined : parseMailbox(settings.replyTo)
  return {
    subject: view.subject,
    preheader: view.preheader,
    from: cleaned(senderOf(settings, view.publication.name)),
    ...(replyTo ? { replyTo: cleaned(replyTo) } : {}),
    date: edition.plannedAt,
    headers: identityHeaders(edition, house.publication, unsubscribeUrl),
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

/** Names come from people: one line, no control characters, no longer than an inbox shows. */
function cleaned({ name, address }: Mailbox): Mailbox {
  return { name: shorten(cleanLine(name), NAME_CHARACTERS), address }
}
