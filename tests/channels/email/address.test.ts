import { expect, it } from 'vitest'
import { isAddress, mailHost, parseMailbox } from '../../../channels/email/address.ts'
import { senderOf, settingsSchema } from '../../../channels/email/settings.ts'

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

it('gives the host in ASCII', () => {
  expect(mailHost('a@Bücher.example')).toBe('xn--bcher-kva.example')
  expect(mailHost('a@')).toBe('localhost')
})

it('sends as the publication unless told otherwise', () => {
  expect(senderOf({}, 'The Check')).toEqual({ name: 'The Check', address: 'digest@localhost' })
  expect(senderOf({ from: 'Desk <d@b.example>' }, 'The Check')).toEqual({ name: 'Desk', address: 'd@b.example' })
})

it('says what is wrong with a sender', () => {
  const result = settingsSchema.safeParse({ from: 'nobody' })
  expect(result.error?.issues).toMatchObject([
    { path: ['from'], message: expect.stringContaining('must be an address') },
  ])
})
