import PostalMime from 'postal-mime'
import { describe, expect, it, vi } from 'vitest'
import type { Stage, Trouble } from '../../../fakes/smtp.ts'
import { openPost } from './support.ts'

const inFiveMinutes = new Date('2026-06-29T05:05:00.000Z')
const readers = (count: number) => Array.from({ length: count }, (_, index) => `reader-${index}@example.com`)

describe('a mail that the server takes', () => {
  it('goes to one recipient alone, from the sender, with the Message-ID of its delivery', async () => {
    const { server, post } = await openPost()
    const outcomes = await post(['ada+news@example.com', 'bob@example.com'])
    expect([...server.accepted]).toHaveLength(2)
    expect(server.messages.map(({ from }) => from)).toEqual(
      Array.from({ length: 2 }, () => 'desk@morningcheck.example'),
    )
    for (const { to, raw } of server.messages) {
      const mail = await PostalMime.parse(raw)
      expect(mail.to?.map(({ address }) => address)).toEqual([to])
      const outcome = outcomes[to === 'bob@example.com' ? 1 : 0]
      expect(outcome).toEqual({ kind: 'sent', remoteId: mail.messageId })
    }
  })

  it('shares a few connections with all others', async () => {
    const { server, post, hints } = await openPost({}, { connections: 2 })
    const outcomes = [...(await post(readers(10))), ...(await post(readers(10)))]
    expect(outcomes.every(({ kind }) => kind === 'sent')).toBe(true)
    expect(server.connections).toBeLessThanOrEqual(2)
    expect([...server.accepted.values()]).toEqual(Array.from({ length: 10 }, () => 2))
    expect(hints).toEqual([])
  })

  it('takes another connection when the server has closed the one it kept', async () => {
    const { server, post } = await openPost({}, { connections: 1 })
    await post(['ada@example.com'])
    let dropped = 0
    server.setTrouble((stage) => (stage === 'MAIL' && dropped++ === 0 ? 'drop' : undefined))
    expect(await post(['bob@example.com'])).toMatchObject([{ kind: 'sent' }])
    expect([...server.accepted]).toEqual([
      ['ada@example.com', 1],
      ['bob@example.com', 1],
    ])
  })

  it('is encrypted where the server wants it, and knows its login', async () => {
    const login = { user: 'desk@morningcheck.example', password: 'p@ss/w?rd:%#' }
    const { server, post } = await openPost({ login, secure: true })
    expect(await post(['ada@example.com'])).toMatchObject([
      { kind: 'later', reason: expect.stringMatching(/no encrypted connection .*CERT/) },
    ])
    const trusting = await openPost({ login, secure: true }, { url: `${server.url}/?tls.rejectUnauthorized=false` })
    expect(await trusting.post(['ada@example.com'])).toMatchObject([{ kind: 'sent' }])
    expect(server.accepted.get('ada@example.com')).toBe(1)
  })
})

describe('what goes wrong', () => {
  const busy = { code: 451, text: '4.7.1 try again later' }
  const gone = { code: 550, text: '5.1.1 <ada@example.com>: user ada unknown' }
  const rows: [Stage, Trouble, string, RegExp, 'pause' | 'slower' | 'goes on'][] = [
    ['greeting', 'drop', 'later', /cannot connect to 127\.0\.0\.1/, 'pause'],
    ['greeting', { code: 554, text: '5.7.1 no' }, 'later', /does not let us in: 554/, 'pause'],
    ['EHLO', 'drop', 'later', /cannot connect/, 'pause'],
    ['MAIL', 'drop', 'later', /ended before the mail was handed over/, 'goes on'],
    ['MAIL', { code: 421, text: 'too many' }, 'later', /asks to try later: 421 too many/, 'slower'],
    ['MAIL', { code: 550, text: '5.7.1 not yours' }, 'later', /from this sender: 550 .*check EMAIL_FROM/, 'pause'],
    ['MAIL', busy, 'later', /from this sender: 451/, 'pause'],
    ['RCPT', 'drop', 'later', /ended before/, 'goes on'],
    ['RCPT', busy, 'later', /try later: 451 4\.7\.1/, 'goes on'],
    ['RCPT', { code: 421, text: 'closing' }, 'later', /try later: 421/, 'slower'],
    ['RCPT', gone, 'rejected', /refused the address: 550 5\.1\.1 … user … unknown$/, 'goes on'],
    ['RCPT', { code: 530, text: '5.7.0 log in first' }, 'later', /from us: 530/, 'pause'],
    ['RCPT', { code: 554, text: '5.7.1 Relay access denied' }, 'later', /from us: 554/, 'pause'],
    ['RCPT', { code: 503, text: 'bad sequence' }, 'later', /from us: 503/, 'pause'],
    ['DATA', 'drop', 'later', /ended before/, 'goes on'],
    ['mid-data', 'drop', 'unknown', /it may have been accepted/, 'goes on'],
    ['accepted', 'drop', 'unknown', /it may have been accepted/, 'goes on'],
    ['accepted', busy, 'later', /try later: 451/, 'goes on'],
    ['accepted', { code: 421, text: 'shutting down' }, 'later', /try later: 421/, 'slower'],
    ['accepted', { code: 554, text: '5.6.0 not that' }, 'rejected', /refused the mail: 554 5\.6\.0/, 'goes on'],
    ['accepted', { code: 552, text: 'too large' }, 'later', /from us: 552/, 'pause'],
    ['accepted', { code: 550, text: '5.4.5 daily limit' }, 'later', /from us: 550 5\.4\.5/, 'pause'],
  ]
  it.each(rows)('at %s, %j, is %s', async (at, trouble, kind, reason, then) => {
    const { server, post, hints } = await openPost({ trouble: (stage) => (stage === at ? trouble : undefined) })
    const outcomes = await post(['ada@example.com'])
    const notBefore = kind === 'later' ? { notBefore: inFiveMinutes } : {}
    expect(outcomes).toEqual([{ kind, reason: expect.stringMatching(reason), ...notBefore }])
    expect(hints).toEqual(
      { pause: [{ pauseUntil: inFiveMinutes }], slower: [{ throttled: true }], 'goes on': [] }[then],
    )
    // Nobody is told later or never who has it already, and what may have arrived is not tried again by itself.
    expect(server.accepted.size).toBe(at === 'accepted' && kind === 'unknown' ? 1 : 0)
    expect(server.tried.get('ada@example.com') ?? 0).toBeLessThanOrEqual(1)
    expect(JSON.stringify(outcomes)).not.toMatch(/ada@|\bada\b/)
  })

  it('touches no other reader when it is one reader', async () => {
    const trouble = (stage: Stage, address?: string) =>
      stage === 'RCPT' && address === 'reader-3@example.com'
        ? { code: 550, text: 'no' }
        : stage === 'accepted' && address === 'reader-7@example.com'
          ? 'drop'
          : undefined
    const { server, post } = await openPost({ trouble })
    const kinds = (await post([...readers(10), 'nobody'])).map(({ kind }) => kind)
    const expected = readers(10).map((_, index) => (index === 3 ? 'rejected' : index === 7 ? 'unknown' : 'sent'))
    expect(kinds).toEqual([...expected, 'rejected'])
    expect([...server.accepted.values()]).toEqual(Array.from({ length: 9 }, () => 1))
  })

  it('is nobody’s rejection when the login is refused, and tells no password', async () => {
    const { server } = await openPost({ login: { user: 'desk', password: 'right' } })
    const { sender, post, hints } = await openPost({}, { url: `smtp://desk:wr0ng@127.0.0.1:${server.port}` })
    const outcomes = await post(readers(10))
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'later'))
    expect(outcomes[0]).toMatchObject({ reason: expect.stringMatching(/refused the login: 535 .*SMTP_URL/) })
    expect(hints[0]).toEqual({ pauseUntil: inFiveMinutes })
    expect(JSON.stringify([outcomes, sender.destination])).not.toContain('wr0ng')
  })

  it('is nobody’s rejection when there is no server, and is tried for a few mails only', async () => {
    const { server, post, hints } = await openPost({}, { connections: 2 })
    await server.close()
    const outcomes = await post(readers(10))
    for (const outcome of outcomes) {
      const reason = expect.stringMatching(/cannot connect to 127\.0\.0\.1 \(ECONNREFUSED\)/)
      expect(outcome).toMatchObject({ kind: 'later', notBefore: inFiveMinutes, reason })
    }
    expect(outcomes.filter((outcome) => 'reason' in outcome && outcome.reason.startsWith('not begun'))).toHaveLength(8)
    expect(hints.every(({ pauseUntil }) => pauseUntil?.getTime() === inFiveMinutes.getTime())).toBe(true)
  })

  it('is in doubt when the server takes the mail and never answers', async () => {
    const { server, post, clock } = await openPost({ trouble: (stage) => (stage === 'accepted' ? 'hang' : undefined) })
    const outcomes = post(['ada@example.com'])
    await vi.waitFor(() => expect(server.accepted.size).toBe(1))
    clock.advance(60_000)
    expect(await outcomes).toMatchObject([{ kind: 'unknown', reason: expect.stringContaining('no answer in time') }])
  })

  it('is for later when the server never answers before the mail', async () => {
    const { server, post, clock } = await openPost({ trouble: (stage) => (stage === 'RCPT' ? 'hang' : undefined) })
    const outcomes = post(['ada@example.com'])
    await vi.waitFor(() => expect(server.tried.size).toBe(1))
    clock.advance(60_000)
    expect(await outcomes).toMatchObject([{ kind: 'later' }])
  })

  it('stops all when mails end in doubt one after the other', async () => {
    const { server, post, hints } = await openPost(
      { trouble: (stage) => (stage === 'accepted' ? 'drop' : undefined) },
      { connections: 1 },
    )
    const kinds = (await post(readers(10))).map(({ kind }) => kind)
    expect(kinds.join(' ')).toBe('unknown unknown unknown unknown unknown unknown later later later later')
    expect(hints).toEqual([{ pauseUntil: inFiveMinutes }])
    server.setTrouble(undefined)
    const again = (await post(readers(10))).map(({ kind }) => kind)
    expect(again.every((kind) => kind === 'sent')).toBe(true)
  })
})

describe('an SMTP attempt', () => {
  it('begins no mail after it was asked to stop, and finishes those under way', async () => {
    const stop = new AbortController()
    const { server, post, clock } = await openPost(
      {
        trouble: (stage) => {
          if (stage === 'RCPT') stop.abort()
          return undefined
        },
      },
      { connections: 2 },
    )
    const outcomes = await post(readers(10), stop.signal)
    const kinds = outcomes.map(({ kind }) => kind)
    expect(kinds.slice(0, 2)).toEqual(['sent', 'sent'])
    expect(new Set(kinds.slice(2))).toEqual(new Set(['later']))
    expect(outcomes[9]).toMatchObject({ notBefore: clock.now() })
    expect(server.accepted.size).toBe(2)
  })

  it('begins no mail that could not come to its end within the time of an attempt', async () => {
    const { post, clock, server } = await openPost(
      {
        trouble: (stage, address) => {
          if (stage === 'RCPT' && address === 'reader-2@example.com') clock.advance(226_000)
          return undefined
        },
      },
      { connections: 1 },
    )
    const kinds = (await post(readers(5))).map(({ kind }) => kind)
    expect(kinds.slice(0, 2)).toEqual(['sent', 'sent'])
    expect(kinds.slice(3)).toEqual(['later', 'later'])
    expect(server.tried.size).toBe(3)
  })

  it('cannot be repeated or looked up, keeps the pool busy and its pace in tens of mails', async () => {
    const { sender } = await openPost({}, { connections: 20, mailsPerSecond: 50 })
    expect(sender).toMatchObject({ replayWindowMs: 0, lanes: 3, pace: { name: 'smtp', perSecond: 5 } })
    expect('find' in sender).toBe(false)
    expect((await openPost()).sender).toMatchObject({ lanes: 2 })
    expect((await openPost()).sender.pace).toBeUndefined()
  })
})

describe('addresses outside ASCII', () => {
  it('have their domain in ASCII', async () => {
    const { server, post } = await openPost({ utf8: false })
    expect(await post(['ada@bücher.example'])).toMatchObject([{ kind: 'sent' }])
    expect(server.envelopes).toContain('RCPT TO:<ada@xn--bcher-kva.example>')
    expect(String(server.messages[0]?.raw)).toContain('To: ada@xn--bcher-kva.example\r\n')
  })

  it('keep their local part where the server takes it', async () => {
    const { server, post } = await openPost()
    expect(await post(['jürgen@bücher.example'])).toMatchObject([{ kind: 'sent' }])
    expect(server.messages[0]?.to).toMatch(/^jürgen@/)
    expect((await PostalMime.parse(server.messages[0]?.raw ?? '')).to?.[0]?.address).toMatch(/^jürgen@/)
  })

  it('are refused with their reason where it does not', async () => {
    const { server, post } = await openPost({ utf8: false })
    expect(await post(['jürgen@example.com', 'ada@example.com'])).toMatchObject([
      { kind: 'rejected', reason: expect.stringContaining('SMTPUTF8') },
      { kind: 'sent' },
    ])
    expect([...server.tried.keys()]).toEqual(['ada@example.com'])
  })

  it('send from a sender whose domain is not ASCII', async () => {
    const { server, post } = await openPost({ utf8: false }, { from: 'Grüne Post <desk@bücher.example>' })
    expect(await post(['ada@example.com'])).toMatchObject([
      { kind: 'sent', remoteId: expect.stringMatching(/@xn--bcher-kva\.example>$/) },
    ])
    expect(server.envelopes).toContain('MAIL FROM:<desk@xn--bcher-kva.example>')
    const { from } = await PostalMime.parse(server.messages[0]?.raw ?? '')
    expect(from?.name).toBe('Grüne Post')
    expect(String(server.messages[0]?.raw)).toContain('<desk@xn--bcher-kva.example>')
  })
})
