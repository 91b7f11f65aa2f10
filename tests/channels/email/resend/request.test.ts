import { Resend } from 'resend'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MailContent } from '../../../../channels/email/content.ts'
import { batchWriter, formatMailbox, type Mail } from '../../../../channels/email/resend/request.ts'
import { tagsOf } from '../../../../channels/email/resend/tags.ts'
import { fillTemplate, splitTemplate } from '../../../../channels/email/template.ts'
import { escapeHtml } from '../../../../src/domain/html.ts'
import { sha256 } from '../../../../src/domain/hash.ts'
import { unsubscribeUrl } from '../../../../src/domain/reader-token.ts'
import { type FakeResend, type SeenCall, startFakeResend } from '../../../fakes/resend.ts'
import { sampleHouse } from '../support.ts'
import { attemptOf, entries, entry, frozen, link, mailContent, never, openSender } from './support.ts'

let fake: FakeResend
beforeAll(async () => {
  fake = await startFakeResend()
})
afterAll(() => fake.close())

/** Body and headers of a call as they arrived. */
function latest(): { body: string; headers: SeenCall['headers'] } {
  return { body: fake.lastBody().toString('latin1'), headers: fake.calls.at(-1)?.headers ?? {} }
}

function text(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString()
}

function mail(address: string, unsubscribe = 'https://news.example/unsubscribe/t'): Mail {
  return { address, unsubscribe, tags: [{ name: 'edition', value: 'daily' }] }
}

const contents: readonly (readonly [string, MailContent])[] = [
  ['the usual', mailContent()],
  ['without an address for answers and without headers', withoutReplyTo()],
  ['no link in the text', mailContent({ text: 'nothing' })],
  ['a link at the very beginning and end', mailContent({ html: `${link}x${link}${link}`, text: link })],
  ['lone surrogates', mailContent({ html: `\ud800${link}\udc00`, text: `\ud83d${link}` })],
  ['a name that needs quotes', mailContent({ from: { name: 'News, "Inc." \\ Co', address: 'a@bücher.example' } })],
]

function withoutReplyTo(): MailContent {
  const { replyTo, ...content } = mailContent({ headers: {} })
  expect(replyTo).toBeDefined()
  return content
}

describe('the batch request', () => {
  it.each(contents)('is byte for byte what the SDK sends: %s', async (_name, content) => {
    const chunk = [
      entry('a', 'plain@example.com'),
      entry('b', 'with+tag@example.com'),
      entry('c', 'post@bücher.example'),
    ]
    const attempt = attemptOf(chunk, { rendering: frozen(content), key: `chunk/${sha256(JSON.stringify(content))}` })
    await openSender(fake.url).send(attempt, never)
    const ours = latest()
    const { error } = await new Resend('re_test', { baseUrl: fake.url }).batch.send(
      chunk.map((delivery) =>
        sdkMail(content, delivery.target, delivery.address ?? '', tagsOf(delivery, attempt.key, 'here')),
      ),
      { idempotencyKey: `here/${attempt.key}` },
    )
    const theirs = latest()
    expect(error).toBeNull()
    expect(fake.calls.at(-1)?.replayed, 'the provider takes both for the same call').toBe(true)
    expect(ours.body).toBe(theirs.body)
    for (const name of ['authorization', 'content-type', 'content-length', 'idempotency-key', 'x-batch-validation']) {
      expect(ours.headers[name], name).toBe(theirs.headers[name])
      expect(ours.headers[name], name).toBeDefined()
    }
  })

  it('hands on the same buffers for all readers but for what is their own', () => {
    const page = 'x'.repeat(50_000)
    const write = batchWriter(mailContent({ html: `${page}${link}`, text: 'short' }))
    const large = [write([mail('a@example.com'), mail('b@example.com')]), write([mail('c@example.com')])]
      .flat()
      .filter((part) => part.byteLength > 40_000)
    expect(large).toHaveLength(3)
    expect(new Set(large).size).toBe(1)
  })

  it('writes the link for the place where it stands', () => {
    const write = batchWriter(mailContent())
    const [sent] = JSON.parse(text(write([mail('a@example.com', 'https://x.example/?a=1&b="2"')])))
    expect(sent.html).toContain('href="https://x.example/?a=1&amp;b=&quot;2&quot;"')
    expect(sent.text).toContain('https://x.example/?a=1&b="2"')
    expect(sent.headers['List-Unsubscribe']).toBe('<https://x.example/?a=1&b="2">')
  })

  it('lets no line break or broken name through to the headers', () => {
    const write = batchWriter(
      mailContent({
        subject: 'One\r\nBcc: everyone@example.com',
        from: { name: 'A\nB', address: 'a@example.com' },
        headers: { 'X-Ok': 'a\r\nX-Bad: b', 'X Bad': 'space', 'X-Bad:\n': 'x' },
      }),
    )
    const [sent] = JSON.parse(text(write([mail('a@example.com')])))
    expect(sent.subject).toBe('One Bcc: everyone@example.com')
    expect(sent.from).toBe('A B <a@example.com>')
    expect(sent.headers).toEqual({ 'X-Ok': 'a X-Bad: b' })
  })

  it('carries tags that Resend takes, by which a webhook finds the delivery', () => {
    const key = 'email/daily/2026-06-29/ä?<>=&~subscriber'
    const tags = tagsOf({ edition: 'daily/2026-06-29', key }, 'email/daily/2026-06-29/chunk/7', 'here')
    expect(tags.map(({ name }) => name)).toEqual(['installation', 'edition', 'chunk', 'delivery'])
    for (const { value } of tags) expect(value).toMatch(/^[A-Za-z0-9_-]{1,256}$/)
    expect(Buffer.from(tags[3]?.value ?? '', 'base64url').toString()).toBe(key)
    expect(tags[2]?.value).toBe('email-daily-2026-06-29-chunk-7')
  })

  it('refuses to send what no webhook could be matched to', () => {
    expect(() => tagsOf({ edition: 'e', key: 'k'.repeat(193) }, 'g', 'here')).toThrow(/too long/)
  })

  it('depends on nothing but the mails of the key: not on their order, nor on which are settled', async () => {
    const all = entries(3)
    const [first, ...rest] = all
    if (!first) throw new Error('no entries')
    await openSender(fake.url).send(attemptOf(all), never)
    const whole = latest().body
    await openSender(fake.url).send(attemptOf(rest.toReversed(), { settled: [{ ...first, state: 'sent' }] }), never)
    expect(latest().body).toBe(whole)
  })
})

it.each([
  ['', 'a@example.com', 'a@example.com'],
  ['Ann', 'a@example.com', 'Ann <a@example.com>'],
  ['Morgenblatt für alle', 'a@bücher.example', 'Morgenblatt für alle <a@xn--bcher-kva.example>'],
  ['News, Inc.', 'a@example.com', '"News, Inc." <a@example.com>'],
  ['say "hi" \\', 'a@example.com', '"say \\"hi\\" \\\\" <a@example.com>'],
  ['evil <b@example.com>', 'a@example.com', '"evil <b@example.com>" <a@example.com>'],
])('writes the sender %j so that it is read as one', (name, address, expected) => {
  expect(formatMailbox({ name, address })).toBe(expected)
})

/** The same mail as somebody would give it to the SDK. */
function sdkMail(content: MailContent, target: string, address: string, tags: { name: string; value: string }[]) {
  const own = unsubscribeUrl(sampleHouse, target)
  const fill = (value: string, unsubscribe: string): string =>
    fillTemplate(splitTemplate(value, content.slots), { unsubscribe })
  return {
    from: formatMailbox(content.from),
    to: [address.replace('bücher', 'xn--bcher-kva')],
    subject: content.subject,
    html: fill(content.html, escapeHtml(own)),
    text: fill(content.text, own),
    headers: Object.fromEntries(Object.entries(content.headers).map(([name, value]) => [name, fill(value, own)])),
    tags,
    ...(content.replyTo && { replyTo: formatMailbox(content.replyTo) }),
  }
}
