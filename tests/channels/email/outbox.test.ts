import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { emailChannel } from '../../../channels/email/index.ts'
import type { LedgerEntry, Outcome } from '../../../src/domain/delivery.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import { unsubscribeUrl } from '../../../src/domain/reader-token.ts'
import type { FrozenRendering, OutboxMessage } from '../../../src/ports.ts'
import { testClock } from '../../fixtures/clock.ts'
import { sampleEdition, samplePublication } from '../../fixtures/edition.ts'
import { channelPorts } from '../../fixtures/ports.ts'
import { emailSettings, renderEdition, sampleHouse } from './support.ts'

const now = new Date('2026-06-29T05:00:10.000Z')
const running = new AbortController().signal

function outbox(put?: (message: OutboxMessage) => Promise<string>) {
  const messages: OutboxMessage[] = []
  const ports = channelPorts({
    clock: testClock(now.toISOString()),
    outbox: {
      put: async (message) => {
        const path = (await put?.(message)) ?? `outbox/email/daily-2026-06-29/${message.id}.eml`
        messages.push(message)
        return path
      },
    },
  })
  return { messages, ports }
}

async function frozen(options: Parameters<typeof renderEdition>[1] = {}, edition = sampleEdition()) {
  const rendering = await renderEdition(edition, options)
  return { ...rendering, channel: 'email', hash: sha256(rendering.content) } satisfies FrozenRendering
}

function owed(target: string, address?: string): LedgerEntry {
  return {
    key: `email/daily/2026-06-29/${target}`,
    group: 'email/daily/2026-06-29/0',
    edition: 'daily/2026-06-29',
    channel: 'email',
    rendering: 'digest',
    target,
    ...(address === undefined ? {} : { address }),
    state: 'claimed',
    attempts: 1,
    doubts: 0,
  }
}

async function send(
  deliveries: LedgerEntry[],
  {
    rendering,
    box = outbox(),
    signal = running,
  }: { rendering?: FrozenRendering; box?: ReturnType<typeof outbox>; signal?: AbortSignal } = {},
) {
  const sender = emailChannel.open(emailSettings(), box.ports, sampleHouse)
  const attempt = { key: 'email/daily/2026-06-29/0', rendering: rendering ?? (await frozen()), deliveries, settled: [] }
  const outcomes: Outcome[] = await sender.send(attempt, signal)
  return { outcomes, messages: box.messages }
}

function bytesOf(message: OutboxMessage | undefined): Uint8Array {
  const eml = message?.files['eml']
  if (!(eml instanceof Uint8Array)) throw new Error('no message')
  return eml
}

async function parsed(message: OutboxMessage | undefined) {
  const mail = await PostalMime.parse(bytesOf(message))
  return { ...mail, header: (name: string) => mail.headers.find(({ key }) => key === name)?.value }
}

describe('a mail in the outbox', () => {
  it('carries both parts and the headers of its reader', async () => {
    const { outcomes, messages } = await send([owed('reader-1', 'ada@example.com')])
    const mail = await parsed(messages[0])
    const own = unsubscribeUrl(sampleHouse, 'reader-1')
    expect(mail.from).toMatchObject({ name: 'The Morning Check', address: 'digest@localhost' })
    expect(mail.to).toMatchObject([{ address: 'ada@example.com' }])
    expect(mail.subject).toBe('A tide gauge from 1846 still agrees with the satellites')
    expect(mail.date).toBe('2026-06-29T05:00:00.000Z')
    expect(mail.header('list-unsubscribe')).toBe(`<${own}>`)
    expect(mail.header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    expect(mail.header('list-id')).toBe('"The Morning Check" <daily.morningcheck.example>')
    expect(mail.html).toContain(`href="${own}"`)
    expect(mail.text).toContain(`Unsubscribe:\n${own}\n`)
    expect(mail.html).not.toContain('slot-')
    expect(outcomes).toEqual([
      { kind: 'sent', remoteId: mail.messageId, url: 'outbox/email/daily-2026-06-29/reader-1.eml' },
    ])
  })

  it('is multipart/alternative, the text first, in readable lines that every server takes', async () => {
    const { messages } = await send([owed('reader-1', 'ada@example.com')])
    const source = Buffer.from(bytesOf(messages[0])).toString('latin1')
    const order = ['multipart/alternative', 'text/plain; charset=utf-8', 'text/html; charset=utf-8']
    const places = order.map((type) => source.indexOf(type))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(source).toContain('\r\nA tide gauge from 1846 still agrees with the satellites\r\n')
    expect(source.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(Math.max(...source.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
    expect(source).toMatch(/^[\t\r\n -~]*$/)
  })

  it('survives umlauts and emoji in subject, sender and text', async () => {
    const subject = 'Bäume wachsen wieder 🌳 – sagt eine Studie, die jeden einzelnen Baum gezählt hat'
    const publication = { ...samplePublication, name: 'Grün, „geprüft“ & Söhne' }
    const rendering = await frozen({ house: { ...sampleHouse, publication } }, sampleEdition({ subject }))
    const mail = await parsed((await send([owed('r', 'ada@example.com')], { rendering })).messages[0])
    expect(mail.subject).toBe(subject)
    expect(mail.from?.name).toBe(publication.name)
    expect(mail.text).toContain(publication.name)
  })

  it('is base64 where quoted-printable would triple it', async () => {
    const edition = sampleEdition({ intro: 'данные проверены по первоисточнику '.repeat(200) })
    const rendering = await frozen({}, edition)
    const { messages } = await send([owed('r', 'ada@example.com')], { rendering })
    expect(Buffer.from(bytesOf(messages[0])).toString('latin1')).toContain('Content-Transfer-Encoding: base64')
    expect((await parsed(messages[0])).text).toContain('данные проверены')
  })

  it('is the same to the byte when it is made again, and another for another reader', async () => {
    const rendering = await frozen()
    const deliveries = [owed('reader-1', 'ada@example.com'), owed('reader-2', 'bob@example.com')]
    const first = (await send(deliveries, { rendering })).messages.map(bytesOf)
    const again = (await send(deliveries, { rendering })).messages.map(bytesOf)
    expect(again).toEqual(first)
    expect(Buffer.from(first[0] ?? []).equals(Buffer.from(first[1] ?? []))).toBe(false)
  })

  it('cannot be given another header through subject or sender', async () => {
    const edition = sampleEdition({ subject: 'One\r\nBcc: everyone@example.com\r\n\r\nbody' })
    const publication = { ...samplePublication, name: 'Check\r\nBcc: everyone@example.com' }
    const rendering = await frozen({ house: { ...sampleHouse, publication } }, edition)
    const mail = await parsed((await send([owed('r', 'ada@example.com')], { rendering })).messages[0])
    expect(mail.header('bcc')).toBeUndefined()
    expect(mail.to).toHaveLength(1)
  })

  it('shows in its list no more of the address than its owner would know it by', async () => {
    const { messages } = await send([owed('reader-1', 'ada@example.com')])
    expect(messages[0]).toMatchObject({ channel: 'email', edition: 'daily/2026-06-29', detail: 'a…@example.com' })
    expect(JSON.stringify({ ...messages[0], files: {} })).not.toContain('ada@')
  })

  it('lies in a file of its own, whatever the ids look like', async () => {
    const targets = ['reader-1', 'A/b', 'a-b', 'A.b', '../x']
    const { messages } = await send(targets.map((target) => owed(target, 'ada@example.com')))
    const ids = messages.map(({ id }) => id)
    expect(new Set(ids).size).toBe(targets.length)
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]+$/)
  })
})

describe('an attempt', () => {
  it('rejects a bad address for that reader alone', async () => {
    const { outcomes } = await send([
      owed('one', 'ada@example.com'),
      owed('two', 'ada@example.com\r\nBcc: bob@example.com'),
      owed('three', 'nobody'),
      owed('four'),
      owed('five', 'bob@example.com'),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'rejected', 'rejected', 'rejected', 'sent'])
    expect(JSON.stringify(outcomes)).not.toContain('bob@example.com')
  })

  it('owes what could not be written, and tries it a minute later', async () => {
    const box = outbox(async ({ id }) => {
      if (id === 'two') throw new Error('ENOSPC: no space left on device')
      return `outbox/${id}.eml`
    })
    const { outcomes } = await send(
      ['one', 'two', 'three'].map((id) => owed(id, `${id}@example.com`)),
      { box },
    )
    expect(outcomes).toMatchObject([
      { kind: 'sent' },
      { kind: 'later', notBefore: new Date('2026-06-29T05:01:10.000Z'), reason: expect.stringContaining('ENOSPC') },
      { kind: 'sent' },
    ])
  })

  it('writes nothing more once it is asked to stop, and says that it did not', async () => {
    const stop = new AbortController()
    const box = outbox(async ({ id }) => {
      stop.abort()
      return `outbox/${id}.eml`
    })
    const { outcomes, messages } = await send([owed('one', 'a@b.example'), owed('two', 'b@b.example')], {
      box,
      signal: stop.signal,
    })
    expect(outcomes).toMatchObject([{ kind: 'sent' }, { kind: 'later', notBefore: now }])
    expect(messages).toHaveLength(1)
  })

  it('may be repeated for ever', () => {
    const sender = emailChannel.open(emailSettings(), outbox().ports, sampleHouse)
    expect(sender).toMatchObject({ replayWindowMs: Infinity, destination: 'the outbox' })
  })
})
