import { expect, it } from 'vitest'
import { isAddress, mailHost, parseMailbox, wireAddress } from '../../src/domain/address.ts'
import { senderOf, settingsSchema } from '../../channels/email/settings.ts'
import { emailSettings } from '../channels/email/support.ts'

it.each(['a@b.example', "o'hara+news@sub.b.example", 'jürgen@bücher.example', 'root@localhost'])('takes %s', (text) => {
  expect(isAddress(text)).toBe(true)
})

it.each([
  '',
  'nobody',
  'a@b@c',
  'a@b.example\r\nBcc: c@d.example',
  'a@b.example,c@d.example',
  'a@b.example;c@d.example',
  'Name <a@b.example>',
  'a b@c.example',
  '"a@b"@c.example',
  `${'a'.repeat(250)}@b.example`,
  'a@b.example/c.example',
  'a@bücher.example?x',
  'a@b.example#c',
  'a@b%2eexample',
  'a@b..example',
  'a@.example',
  'a@b.example.',
  'a@-b.example',
  'a\ud800@b.example',
  'a\u202e@b.example',
])('refuses %j', (text) => {
  expect(isAddress(text)).toBe(false)
})

it('reads a name and its address', () => {
  expect(parseMailbox('The Check <a@b.example>')).toEqual({ name: 'The Check', address: 'a@b.example' })
  expect(parseMailbox('"Check, The" <a@b.example>')).toEqual({ name: 'Check, The', address: 'a@b.example' })
  expect(parseMailbox('a@b.example')).toEqual({ name: '', address: 'a@b.example' })
  expect(parseMailbox('The Check\r\nBcc: <a@b.example>')).toBeUndefined()
  expect(parseMailbox('The Check <>')).toBeUndefined()
})

it.each([
  ['ada+news@example.com', 'ada+news@example.com'],
  ['ada@Bücher.example', 'ada@xn--bcher-kva.example'],
  ['jürgen@bücher.example', 'jürgen@xn--bcher-kva.example'],
  ['ada@例え.テスト', 'ada@xn--r8jz45g.xn--zckzah'],
])('gives %s to mail servers as %s', (address, wire) => {
  expect(wireAddress(address)).toBe(wire)
})

it('gives nothing to mail servers that would lead elsewhere', () => {
  expect(wireAddress('ada@example.com/evil')).toBeUndefined()
  expect(wireAddress('ada@ex\u00adample.com')).toBeUndefined()
  expect(wireAddress('nobody')).toBeUndefined()
})

it('gives the host in ASCII', () => {
  expect(mailHost('a@Bücher.example')).toBe('xn--bcher-kva.example')
  expect(mailHost('a@')).toBe('localhost')
})

it('sends as the publication unless told otherwise', () => {
  expect(senderOf(emailSettings(), 'The Check')).toEqual({ name: 'The Check', address: 'digest@localhost' })
  expect(senderOf(emailSettings({ from: 'Desk <d@b.example>' }), 'The Check')).toEqual({
    name: 'Desk',
    address: 'd@b.example',
  })
})

it('says what is wrong with a sender', () => {
  const result = settingsSchema.safeParse({ from: 'nobody' })
  expect(result.error?.issues).toMatchObject([
    { path: ['from'], message: expect.stringContaining('must be an address') },
  ])
})
