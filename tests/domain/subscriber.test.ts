import { expect, it } from 'vitest'
import { readerToken, subscriberId, unsubscribeUrl, verifyReaderToken } from '../../src/domain/reader-token.ts'
import { maskAddress } from '../../src/domain/subscriber.ts'

it('knows a reader by the token it gave, and the token is always the same', () => {
  const token = readerToken('secret', 'unsubscribe', 'reader-1')
  expect(token).toBe(readerToken('secret', 'unsubscribe', 'reader-1'))
  expect(token).toMatch(/^reader-1\.[\w-]{43}$/)
  expect(verifyReaderToken('secret', 'unsubscribe', token)).toBe('reader-1')
  expect(verifyReaderToken('secret', 'unsubscribe', readerToken('secret', 'unsubscribe', 'a.b'))).toBe('a.b')
})

it('takes no token made for something else, by someone else or for another reader', () => {
  const token = readerToken('secret', 'unsubscribe', 'reader-1')
  const [, mac = ''] = token.split('.')
  expect(verifyReaderToken('secret', 'preferences', token)).toBeUndefined()
  expect(verifyReaderToken('other', 'unsubscribe', token)).toBeUndefined()
  expect(verifyReaderToken('secret', 'unsubscribe', `reader-2.${mac}`)).toBeUndefined()
  for (const wrong of ['', '.', 'reader-1', 'reader-1.', `.${mac}`, token.slice(0, -1), `${token}=`, `${token}ü`]) {
    expect(verifyReaderToken('secret', 'unsubscribe', wrong)).toBeUndefined()
  }
})

it('puts the token at the end of the unsubscribe address', () => {
  const house = { publicUrl: 'https://news.example', secret: 'secret' }
  const token = readerToken('secret', 'unsubscribe', 'reader-1')
  expect(unsubscribeUrl(house, 'reader-1')).toBe(`https://news.example/unsubscribe/${token}`)
})

it('masks an address', () => {
  expect(maskAddress('ada@example.com')).toBe('a…@example.com')
  expect(maskAddress('nobody')).toBe('…')
})

it('names a reader the same whatever the case of the address, safely for files and links', () => {
  const id = subscriberId('secret', 'Ada+News@Example.com')
  expect(id).toMatch(/^[\w-]{20}$/)
  expect(subscriberId('secret', ' ada+news@example.COM\n')).toBe(id)
  expect(subscriberId('secret', 'ŻÓŁW@żubr.example')).toBe(subscriberId('secret', 'żółw@ŻUBR.example'))
  expect(subscriberId('secret', 'ada@example.com')).not.toBe(id)
  expect(subscriberId('another secret', 'Ada+News@Example.com')).not.toBe(id)
})
