import type { MailContent } from '../../../channels/email/content.ts'
import type { FrozenRendering } from '../../../src/ports.ts'
import { sha256 } from '../../../src/domain/hash.ts'

const LETTERS = 'Quiet water moves the gauge, and someone writes the number down twice. '

/** A frozen digest whose page has about so many bytes, with the reader's link where a digest has it. */
export function pageOf(bytes: number): FrozenRendering {
  const unsubscribe = `slot-unsubscribe-${sha256('bench')}`
  const filler = `<p style="margin:0 0 16px">${LETTERS}</p>\n`.repeat(Math.ceil(bytes / (LETTERS.length + 34)))
  const content: MailContent = {
    subject: 'The tide tables were wrong by an hour',
    preheader: 'And two more.',
    from: { name: 'Tidewatch', address: 'digest@tidewatch.example' },
    date: '2026-06-29T06:00:00.000Z',
    headers: {
      'List-Unsubscribe': `<${unsubscribe}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Id': '<daily.tidewatch.example>',
    },
    slots: { unsubscribe },
    html: `<!doctype html><html><body>${filler}<a href="${unsubscribe}">Unsubscribe</a></body></html>`,
    text: `${LETTERS.repeat(20)}\nUnsubscribe:\n${unsubscribe}\n`,
  }
  return {
    channel: 'email',
    id: 'digest',
    identity: 'daily/2026-06-29',
    title: content.subject,
    mediaType: 'application/json',
    content: JSON.stringify(content),
    hash: sha256(String(bytes)),
    page: '',
    measures: [],
    findings: [],
    mayLeave: true,
  }
}
