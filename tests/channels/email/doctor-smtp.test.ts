import { createServer, type Server } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { diagnoseSmtp } from '../../../channels/email/doctor/smtp.ts'
import { sendTestMail } from '../../../channels/email/doctor/test-mail.ts'
import { diagnoseEmail } from '../../../channels/email/doctor.ts'
import { settingsSchema } from '../../../channels/email/settings.ts'
import type { OutboxMessage } from '../../../src/ports.ts'
import { createApi } from '../../../src/world/api.ts'
import { testClock } from '../../fixtures/clock.ts'
import { listen, said, scriptedDns } from './doctor-support.ts'
import { sampleHouse } from './support.ts'

const PASSWORD = 'hidden-password'
const api = createApi({ userAgent: 'groundwire/test' })
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function smtp(options: SMTPServerOptions = {}) {
  const mails: string[] = []
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    onAuth: ({ password }, _session, done) =>
      password === PASSWORD ? done(null, { user: 'x' }) : done(new Error(`no user digest@a.example`)),
    onData(stream, _session, done) {
      let text = ''
      stream.on('data', (piece) => (text += String(piece)))
      stream.on('end', () => {
        mails.push(text)
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  closing.push(() => server.close())
  return { port: await listen(server.server), mails }
}

const nowhere = { put: async () => expect.fail('nothing goes to the outbox') }

/** Says these words to whoever connects, and nothing more. */
async function mute(words: string, end = false): Promise<{ port: number; connected: Promise<void> }> {
  const { promise: connected, resolve } = Promise.withResolvers<void>()
  const server: Server = createServer((socket) => {
    closing.push(() => socket.destroy())
    socket.on('error', () => undefined)
    socket.write(words)
    if (end) socket.end()
    resolve()
  })
  closing.push(() => server.close())
  return { port: await listen(server), connected }
}

function settingsFor(port: number, { login = '', query = '?tls.rejectUnauthorized=false', host = '127.0.0.1' } = {}) {
  const url = `smtp://${login}${host}:${port}/${query}`
  return settingsSchema.parse({ from: 'Morning <digest@a.example>', smtp: { url } })
}

async function diagnose(settings: ReturnType<typeof settingsFor>) {
  const findings = await diagnoseSmtp(settings, testClock())
  expect(JSON.stringify(findings)).not.toMatch(/hidden|digest@/)
  return findings
}

describe('an SMTP server', () => {
  it('that greets, upgrades to TLS and takes the login is well', async () => {
    const { port, mails } = await smtp({ size: 20_000_000 })
    const findings = await diagnose(settingsFor(port, { login: `digest%40a.example:${PASSWORD}@` }))
    expect(said(findings)).toEqual(['note smtp-ok', 'note smtp-size', 'note smtp-bounces'])
    expect(findings[0]?.message).toContain('over TLS; the login is taken')
    expect(findings[1]?.message).toContain('20000 kB')
    expect(mails).toEqual([])
  })

  it('may want no login', async () => {
    const { port } = await smtp({ disabledCommands: ['STARTTLS'] })
    const [found] = await diagnose(settingsFor(port))
    expect(found?.message).toContain('without TLS; no login is configured')
  })

  it('is not told the password where it would travel in the clear', async () => {
    const logins: unknown[] = []
    const { port } = await smtp({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (login, _session, done) => {
        logins.push(login)
        done(null, { user: 'x' })
      },
    })
    // Leads to this machine too, but is not one of its names.
    const host = '0.0.0.0'
    expect(said(await diagnose(settingsFor(port, { login: `x:${PASSWORD}@`, host })))).toContain('error smtp-tls')
    expect(logins).toEqual([])
    expect(said(await diagnose(settingsFor(port, { host })))).toContain('warning smtp-tls')
    const ports = { clock: testClock(), api, outbox: nowhere }
    const found = await sendTestMail(
      settingsFor(port, { login: `x:${PASSWORD}@`, host }),
      ports,
      sampleHouse,
      'reader@example.org',
    )
    expect([found.code, logins]).toEqual(['test-failed', []])
  })

  it('is told the password in the clear where SMTP_URL allows it, with a warning', async () => {
    const { port, mails } = await smtp({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    const settings = settingsFor(port, { login: `x:${PASSWORD}@`, host: '0.0.0.0', query: '?requireTLS=false' })
    const findings = await diagnose(settings)
    expect(said(findings)).toEqual(['note smtp-ok', 'warning smtp-tls', 'note smtp-bounces'])
    expect(findings[1]?.message).toContain('password and mails travel in the clear, as SMTP_URL allows')
    const ports = { clock: testClock(), api, outbox: nowhere }
    expect((await sendTestMail(settings, ports, sampleHouse, 'reader@example.org')).code).toBe('test-sent')
    expect(mails).toHaveLength(1)
  })

  it('that refuses the password is told from one that cannot be reached', async () => {
    const { port } = await smtp()
    const wrong = await diagnose(settingsFor(port, { login: 'digest%40a.example:hidden@' }))
    expect(said(wrong)).toEqual(['error smtp-login'])
    expect(wrong[0]?.message).toContain('EAUTH 535')
    const nobody = await mute('')
    for (const close of closing.splice(0)) close()
    expect(said(await diagnose(settingsFor(nobody.port)))).toEqual(['error smtp-unreachable'])
  })

  it('whose certificate is not trusted is not used', async () => {
    const { port } = await smtp()
    const findings = await diagnose(settingsFor(port, { login: `x:${PASSWORD}@`, query: '' }))
    expect(said(findings)).toEqual(['error smtp-tls'])
    expect(findings[0]?.message).toContain('certificate')
  })

  it('asked with TLS on a port without it says which port is which', async () => {
    const { port } = await smtp()
    const settings = settingsSchema.parse({ from: 'x@a.example', smtp: { url: `smtps://127.0.0.1:${port}` } })
    const [found, ...more] = await diagnose(settings)
    expect([found?.code, more]).toEqual(['smtp-tls', []])
    expect(found?.advice).toContain('465 is smtps://')
  })

  it.each([
    ['hangs up on us', '554 go away\r\n', true],
    ['is no SMTP server', 'HTTP/1.1 400 Bad Request\r\n\r\n', true],
    ['ends without a word', '', true],
  ])('that %s cannot be used', async (_, words, end) => {
    const { port } = await mute(words, end)
    expect(said(await diagnose(settingsFor(port)))).toEqual(['error smtp-unreachable'])
  })

  it('that never answers is left after the configured time', async () => {
    const { port, connected } = await mute('')
    const clock = testClock()
    const found = diagnoseSmtp(settingsFor(port), clock)
    await connected
    clock.advance(60_000)
    expect((await found)[0]?.message).toContain('did not answer within 60 s')
  })

  it('with a small limit cannot take a digest', async () => {
    const { port } = await smtp({ size: 100_000 })
    expect(said(await diagnose(settingsFor(port)))).toContain('warning smtp-size')
  })

  it('gets its DNS looked at for the From domain, as far as the selector is known', async () => {
    const { port } = await smtp()
    const dns = scriptedDns({
      txt: { '_dmarc.a.example': ['v=DMARC1; p=none; rua=mailto:x@a.example'], 'a.example': ['v=spf1 mx -all'] },
    })
    const findings = await diagnoseEmail(settingsFor(port), { clock: testClock(), api, dns }, sampleHouse)
    expect(said(findings)).toEqual(
      expect.arrayContaining(['note spf-ok', 'warning dmarc-spf-only', 'warning mx-missing']),
    )
    const settings = { ...settingsFor(port), dkimSelector: 'mail2026' }
    await diagnoseEmail(settings, { clock: testClock(), api, dns }, sampleHouse)
    expect(dns.asked).toContain('mail2026._domainkey.a.example')
  })
})

describe('a test mail', () => {
  it('by SMTP is one mail', async () => {
    const { port, mails } = await smtp()
    const ports = { clock: testClock(), api, outbox: nowhere }
    const found = await sendTestMail(settingsFor(port), ports, sampleHouse, 'reader@example.org')
    expect(found).toMatchObject({ severity: 'note', code: 'test-sent' })
    expect(found.message).toContain('r…@example.org')
    expect(mails).toHaveLength(1)
    expect(mails[0]).toContain('From: Morning <digest@a.example>')
    expect(mails[0]).toContain('Date: Mon, 29 Jun 2026 05:00:00 +0000')
  })

  it('that the server refuses says the code, not the words', async () => {
    const { port } = await smtp({
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error('reader@example.org is unknown'), { responseCode: 550 })),
    })
    const ports = { clock: testClock(), api, outbox: nowhere }
    const found = await sendTestMail(settingsFor(port), ports, sampleHouse, 'reader@example.org')
    expect(found).toMatchObject({ severity: 'error', code: 'test-failed' })
    expect(found.message).toContain('550')
    expect(JSON.stringify(found)).not.toContain('reader@')
  })

  it('without credentials is a file in the outbox', async () => {
    const put: OutboxMessage[] = []
    const outbox = {
      put: async (message: OutboxMessage) => {
        put.push(message)
        return 'outbox/email/doctor/x.eml'
      },
    }
    const found = await sendTestMail(
      settingsSchema.parse({}),
      { clock: testClock(), api, outbox },
      sampleHouse,
      'reader@example.org',
    )
    expect(found.message).toContain('outbox/email/doctor/x.eml')
    expect(String(put[0]?.files['eml'])).toContain('To: reader@example.org')
    expect(put[0]?.id).toMatch(/^[a-z0-9-]+$/)
    expect(put[0]?.detail).toBe('r…@example.org')
  })
})
