import { describe, expect, it } from 'vitest'
import { serverOptions } from '../../../../channels/email/smtp/server.ts'
import { type Failure, judge } from '../../../../channels/email/smtp/verdict.ts'
import { settingsSchema } from '../../../../channels/email/settings.ts'
import { emailSettings } from '../support.ts'

const verdict = (failure: Failure, hidden: string[] = []) => judge(failure, 'mail.example', hidden)

describe('a failure', () => {
  it.each<[string, Failure, { kind: string; fault?: string; reason: RegExp }]>([
    [
      'a name that does not resolve',
      { reached: 'connecting', code: 'EDNS', cause: 'ENOTFOUND', command: 'CONN' },
      { kind: 'later', fault: 'ours', reason: /cannot connect to mail\.example \(ENOTFOUND\).*SMTP_URL/ },
    ],
    [
      'no connection in time',
      { reached: 'connecting', code: 'ETIMEDOUT', command: 'CONN' },
      { kind: 'later', fault: 'ours', reason: /no answer from mail\.example in time/ },
    ],
    [
      'encryption that is refused',
      { reached: 'connecting', code: 'ETLS', command: 'STARTTLS', reply: '454 TLS not available' },
      { kind: 'later', fault: 'ours', reason: /no encrypted connection to mail\.example \(454 TLS not available\)/ },
    ],
    [
      'a login that cannot be checked now',
      { reached: 'connecting', code: 'EAUTH', command: 'AUTH PLAIN', reply: '454 4.7.0 try again' },
      { kind: 'later', fault: 'ours', reason: /refused the login: 454/ },
    ],
    [
      'DATA that is deferred',
      { reached: 'envelope', code: 'EENVELOPE', command: 'DATA', reply: '452 4.3.1 no space' },
      { kind: 'later', reason: /try later: 452/ },
    ],
    [
      'DATA that is refused',
      { reached: 'envelope', code: 'EENVELOPE', command: 'DATA', reply: '554 5.5.1 no valid recipients' },
      { kind: 'rejected', reason: /refused the mail: 554/ },
    ],
    [
      'a mailbox that is full',
      { reached: 'envelope', code: 'EENVELOPE', command: 'RCPT TO', reply: '552 5.2.2 mailbox full' },
      { kind: 'rejected', reason: /refused the address: 552/ },
    ],
    [
      'a mail that is not signed as it should be',
      { reached: 'message', code: 'EMESSAGE', command: 'DATA', reply: '550 5.7.515 access denied' },
      { kind: 'later', fault: 'ours', reason: /does not take this mail from us/ },
    ],
    [
      'a refusal without a line end, cut off with the connection in the midst of the message',
      { reached: 'message', code: 'ECONNECTION', command: 'CONN', reply: '550 no' },
      { kind: 'unknown', fault: 'broken', reason: /may have been accepted/ },
    ],
    [
      'an answer that fits nothing, after the message',
      { reached: 'message', code: 'EPROTOCOL', command: 'CONN', reply: '250 fine' },
      { kind: 'unknown', fault: 'broken', reason: /may have been accepted/ },
    ],
    [
      'an answer to the message that is neither yes nor no',
      { reached: 'message', code: 'EMESSAGE', command: 'DATA', reply: '354 more' },
      { kind: 'unknown', fault: 'broken', reason: /may have been accepted/ },
    ],
    ['nothing that is known', { reached: 'message' }, { kind: 'unknown', fault: 'broken', reason: /no reason given/ }],
    [
      'nothing, before the message',
      { reached: 'envelope' },
      { kind: 'later', fault: 'broken', reason: /ended before/ },
    ],
  ])('by %s', (_name, failure, { reason, ...expected }) => {
    const { reason: told, ...found } = verdict(failure)
    expect(found).toEqual(expected)
    expect(told).toMatch(reason)
  })

  it('is told in one short line, without addresses, login or control characters', () => {
    const reply = `550-5.1.1 <Ada.Lovelace@example.com>: no ada.lovelace\n550 5.1.1 here, desk; s3cr.t ops@other.example\u0007 ${'x'.repeat(500)}`
    const hidden = ['ada.lovelace@example.com', 'ada.lovelace', 'desk', 's3cr.t', '']
    const { reason } = verdict({ reached: 'envelope', code: 'EENVELOPE', command: 'RCPT TO', reply }, hidden)
    expect(reason).toMatch(/^mail\.example refused the address: 550-5\.1\.1 … no … 550 5\.1\.1 here, …; … … x+$/)
    expect(reason.length).toBeLessThan(220)
  })
})

describe('what SMTP_URL says', () => {
  const options = (url: string) =>
    serverOptions(emailSettings({ from: 'desk@example.com', smtp: { url, timeoutSeconds: 20 } }))

  it('is host, port, encryption and login, and how long to wait', () => {
    expect(options('smtps://desk%40example.com:p%40ss%3A%2F%25@mail.example:4650')).toMatchObject({
      host: 'mail.example',
      port: 4650,
      secure: true,
      auth: { user: 'desk@example.com', pass: 'p@ss:/%' },
      connectionTimeout: 20_000,
      greetingTimeout: 20_000,
      socketTimeout: 20_000,
    })
    expect(options('smtp://[::1]')).toMatchObject({ host: '::1', secure: false })
    expect(options('smtp://u:100%@mail.example').auth).toEqual({ user: 'u', pass: '100%' })
  })

  it.each([
    ['smtp://u:p@mail.example', true],
    ['smtp://u:p@mail.example?requireTLS=true', true],
    ['smtp://mail.example?requireTLS=true', true],
    ['smtp://u:p@mail.example?requireTLS=false', false],
    ['smtp://mail.example', false],
    ['smtp://u:p@localhost', false],
    ['smtp://u:p@LOCALHOST', false],
    ['smtp://u:p@127.0.0.2', false],
    ['smtp://u:p@127.1', false],
    ['smtp://u:p@[::1]', false],
    ['smtp://u:p@[0:0::1]', false],
    ['smtp://u:p@127.evil.example', true],
    ['smtp://u:p@127.0.0.1.evil.example', true],
    ['smtp://u:p@localhost.evil.example', true],
    ['smtp://u:p@[::2]', true],
    ['smtp://u:p@0.0.0.0', true],
  ])('sends a password encrypted only, but for this machine and on request: %s', (url, requireTLS) => {
    expect(options(url).requireTLS).toBe(requireTLS)
  })

  it.each([
    'smtp://u:s3cr@mail.example?requireTLS=1',
    'smtp://u:s3cr@mail.example?requireTLS=yes',
    'smtp://u:s3cr@mail.example?requireTLS=True',
    'smtp://u:s3cr@mail.example?requireTLS=False',
    'smtp://u:s3cr@mail.example?requireTLS',
    'smtp://u:s3cr@mail.example?requiretls=false',
    'smtp://u:s3cr@mail.example?requireTLS=false&requireTLS=true',
    'smtp://u:s3cr@mail.example?tls.rejectUnauthorized=0',
    'smtp://u:s3cr@mail.example?name=me%0D%0AMAIL',
    'smtp://u:s3cr@mail.example?logger=true&debug=true',
    'smtp://u:s3cr@mail.example?proxy=http://evil.example',
    'smtp://u:s3cr@mail.example?__proto__=x',
    'smtp://u:s3cr@mail.example#x',
    'smtp://u:s3cr@mail%2Fevil.example',
    'smtp://u:s3cr@a..%40b',
    'smtp://u:s3cr?et@mail.example',
    'http://u:s3cr@mail.example',
  ])('may say nothing else, and is not told then: %s', (url) => {
    const settings = { from: 'desk@example.com', smtp: { url } }
    const read = settingsSchema.safeParse(settings)
    expect(read.error?.issues.map(({ path }) => path.join('.'))).toEqual(['smtp.url'])
    expect(read.error?.message).not.toMatch(/s3cr|evil/)
    expect(() => serverOptions({ smtp: { url, connections: 1, timeoutSeconds: 1 } })).toThrow(/^SMTP_URL (?!.*s3cr)/)
  })

  it('may name a host in any alphabet', () => {
    expect(options('smtp://u:p@mail.Bücher.example').host).toBe('mail.xn--bcher-kva.example')
    expect(options('smtp://u:p@MAIL.example').host).toBe('mail.example')
  })

  it('trusts no certificate that nobody signed unless told', () => {
    expect(options('smtp://mail.example').tls).toEqual({ rejectUnauthorized: true })
    const given = options('smtp://mail.example?tls.rejectUnauthorized=false&name=me.example')
    expect(given).toMatchObject({ tls: { rejectUnauthorized: false }, name: 'me.example', logger: false, debug: false })
  })
})
