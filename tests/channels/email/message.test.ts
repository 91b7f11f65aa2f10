import MailComposer from 'nodemailer/lib/mail-composer'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { contentSchema, type MailContent } from '../../../channels/email/content.ts'
import { messageId, messageMaker } from '../../../channels/email/message.ts'
import { fillTemplate, placeholder, splitTemplate } from '../../../channels/email/template.ts'
import { escapeHtml } from '../../../src/domain/html.ts'
import { hostileText, seeded } from '../../domain/hostile-text.ts'
import { sampleEdition, samplePublication } from '../../fixtures/edition.ts'
import { emailSettings, renderEdition, sampleHouse } from './support.ts'

const slot = placeholder('unsubscribe', 'a'.repeat(64))
const link = 'https://news.example/unsubscribe/r1.abc?x=1&y=2'
const reader = { key: 'email/daily/2026-06-29/r1', address: 'ada+news@example.com', slots: { unsubscribe: link } }

function mail(over: Partial<MailContent> = {}): MailContent {
  return {
    subject: 'Subject',
    preheader: '',
    from: { name: 'The Check', address: 'desk@example.com' },
    date: '2026-06-29T05:00:00.000Z',
    headers: { 'List-Unsubscribe': `<${slot}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    slots: { unsubscribe: slot },
    html: `<p>Text</p><a href="${slot}">Unsubscribe</a>`,
    text: `Text\n\nUnsubscribe:\n${slot}\n`,
    ...over,
  }
}

const source = (content: MailContent): string => Buffer.from(messageMaker(content)(reader)).toString('latin1')
const parse = (content: MailContent) => PostalMime.parse(messageMaker(content)(reader))
/** Line ends, and what follows the last of them, are the encodings' business. */
const lines = (text: string | undefined): string | undefined => text?.replace(/\r?\n/g, '\n').trimEnd()

/** The same mail, composed by nodemailer from the beginning. */
function composed(content: MailContent): Promise<Buffer> {
  const fill = (text: string, value: string) =>
    fillTemplate(splitTemplate(text, content.slots), { unsubscribe: value }).replaceAll('\n', '\r\n')
  return new MailComposer({
    from: { ...content.from },
    to: { name: '', address: reader.address },
    subject: content.subject,
    date: new Date(content.date),
    messageId: messageId(reader.key, content),
    headers: Object.entries(content.headers).map(([key, value]) => ({ key, value: fill(value, link) })),
    text: fill(content.text, link),
    html: fill(content.html, escapeHtml(link)),
  })
    .compile()
    .build()
}

describe('a message', () => {
  it.each([
    ['plain', mail()],
    ['with an umlaut', mail({ subject: 'Grüße', from: { name: 'Jürgen „J“', address: 'j@example.com' } })],
    [
      'in Japanese',
      mail({ subject: '検証済み'.repeat(30), text: `検証\n${slot}`, html: `${'検証 '.repeat(900)}${slot}` }),
    ],
    ['with emoji beside the link', mail({ text: `👩🏽‍🚀${slot}👩🏽‍🚀`, html: `é${slot}é${slot}` })],
    ['with the link alone', mail({ text: slot, html: slot })],
    ['with the link twice in a row', mail({ text: `${slot}${slot}`, html: `a${slot}${slot}b` })],
    ['without the link', mail({ text: 'a=b', html: '<p>=3D</p>' })],
    [
      'with dots, spaces and tabs at line ends',
      mail({ text: `. \n..\t\n.\nFrom here \n ${slot} \n`, html: `.\n${slot} \n.` }),
    ],
    ['with one long line', mail({ html: `${'=é"'.repeat(5000)}${slot}${'word '.repeat(5000)}` })],
  ])('%s reads as the same mail that nodemailer would compose', async (_name, content) => {
    const [ours, theirs] = [await parse(content), await PostalMime.parse(await composed(content))]
    for (const part of ['subject', 'from', 'to', 'date', 'messageId'] as const)
      expect(ours[part], part).toEqual(theirs[part])
    expect(lines(ours.html)).toBe(lines(theirs.html))
    expect(lines(ours.text)).toBe(lines(theirs.text))
    const own = ({ headers }: typeof ours, name: string) => headers.find(({ key }) => key === name)?.value
    for (const name of ['list-unsubscribe', 'list-unsubscribe-post']) expect(own(ours, name)).toBe(own(theirs, name))
  })

  it('reads as what went in, in lines that every server takes, whatever goes in', async () => {
    const random = seeded(20_260_629)
    for (let round = 0; round < 150; round += 1) {
      const text = (): string => hostileText(random, 60).toWellFormed()
      const content = mail({
        subject: text(),
        from: { name: text(), address: 'desk@example.com' },
        text: `${text()}${slot}${text()}`,
        html: `${text()}\n${slot}${text()}${slot}`,
      })
      const bytes = source(content)
      const [head = ''] = bytes.split('\r\n\r\n')
      expect(head.split('\r\n').every((line) => line.length <= 998 && /^[\x20-\x7E]+$/.test(line))).toBe(true)
      const body = bytes.slice(head.length + 4).split('\r\n')
      expect(body.every((line) => line.length <= 76 && !/[^\t\x20-\x7E]|\s$/.test(line))).toBe(true)
      const names = head.split('\r\n').flatMap((line) => /^[\w-]+(?=:)/.exec(line) ?? [])
      expect(names.join(' ')).toBe(
        'To Date Message-ID List-Unsubscribe From Subject List-Unsubscribe-Post MIME-Version Content-Type',
      )
      const { html, text: plain } = await PostalMime.parse(messageMaker(content)(reader))
      expect(lines(html)).toBe(lines(content.html.replaceAll(slot, escapeHtml(link))))
      expect(lines(plain)).toBe(lines(content.text.replaceAll(slot, link)))
    }
  })

  it('is the same to the byte whenever it is made', () => {
    expect(source(mail())).toBe(source(mail()))
  })

  it('keeps an address outside ASCII, its domain in ASCII', async () => {
    const raw = messageMaker(mail())({ ...reader, address: 'jürgen@bücher.example' })
    expect(Buffer.from(raw).toString()).toContain('To: jürgen@xn--bcher-kva.example\r\n')
    expect((await PostalMime.parse(raw)).to?.[0]?.address).toMatch(/^jürgen@/)
  })

  it('folds long headers and never breaks a line in the midst of a word', () => {
    const head = source(mail({ subject: 'word '.repeat(60).trim() })).split('\r\n\r\n')[0] ?? ''
    expect(head).toMatch(/\r\nSubject: word(?: word)+\r\n word/)
    for (const line of head.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
  })

  it('encodes what would be too long, or be taken for encoded already', async () => {
    for (const subject of ['x'.repeat(2000), '=?UTF-8?B?aGFoYQ==?=', 'é'.repeat(500), 'a\r\nBcc: eve@example.com']) {
      const content = mail({ subject })
      for (const line of source(content).split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
      expect(source(content)).not.toMatch(/^Bcc/m)
      expect((await parse(content)).subject?.replace(/\s+/g, ' ')).toBe(subject.replace(/\s+/g, ' '))
    }
  })
})

describe('what is frozen of a hostile publication', () => {
  const name = 'Evil\r\nBcc: eve@example.com\u0000 \ud800"\\ <x@y> 👩🏽‍🚀 =?UTF-8?Q?x?='
  const publication = { ...samplePublication, name, url: 'https://Bücher.example' }

  it('has harmless headers', async () => {
    const settings = emailSettings({ from: 'Dèsk "x" <desk@bücher.example>' })
    const edition = sampleEdition({ subject: `${name}\u202e\u2028`, schedule: 'daily' })
    const rendering = await renderEdition(edition, { house: { ...sampleHouse, publication }, settings })
    const content = contentSchema.parse(JSON.parse(rendering.content))
    for (const value of Object.values(content.headers)) expect(value).toMatch(/^[\x20-\x7E]+$/)
    for (const value of [content.subject, content.from.name]) {
      expect(value).not.toMatch(/\p{Cc}/u)
      expect(value.isWellFormed()).toBe(true)
    }
    const read = await PostalMime.parse(messageMaker(content)(reader))
    const header = (key: string) => read.headers.filter((each) => each.key === key).map(({ value }) => value)
    expect(header('bcc')).toEqual([])
    expect(header('list-id')).toEqual([expect.stringMatching(/<daily\.xn--bcher-kva\.example>$/)])
    expect(header('feedback-id')).toEqual(['daily-2026-06-29:daily:xn-bcher-kva-example:xnbcherkvaexamp'])
    expect(read.from?.name).toBe('Dèsk "x"')
    expect(read.subject).toContain('👩🏽‍🚀')
  })

  it('has headers that name the list also when it has no name and no host', async () => {
    const house = { ...sampleHouse, publication: { ...publication, name: ' ', url: 'nowhere' } }
    const { headers } = contentSchema.parse(JSON.parse((await renderEdition(sampleEdition(), { house })).content))
    expect(headers['List-Id']).toBe('<daily.localhost>')
    expect(headers['Feedback-ID']?.split(':')).toEqual(['daily-2026-06-29', 'daily', 'localhost', 'localhost'])
  })

  it('is not read back with a header that somebody has broken', () => {
    expect(contentSchema.safeParse(mail({ headers: { 'List-Id': '<a>\r\nBcc: x@y.example' } })).success).toBe(false)
    expect(contentSchema.safeParse(mail({ headers: { 'X: y': 'z' } })).success).toBe(false)
    expect(contentSchema.safeParse(mail({ from: { name: '', address: 'a@b\r\nBcc: c@d' } })).success).toBe(false)
  })
})
