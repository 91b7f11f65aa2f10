import { expect, it } from 'vitest'
import { hmac, hmacMatches, sha256 } from '../../src/domain/hash.ts'

it('sha256 hashes the UTF-8 of a text like its bytes', () => {
  // FIPS 180-2, appendix B.1.
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(sha256('é')).toBe(sha256(new Uint8Array([0xc3, 0xa9])))
})

it('hmac is HMAC-SHA-256 in base64url', () => {
  // RFC 4231, test case 2.
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  expect(hmac('Jefe', 'what do ya want for nothing?')).toBe(Buffer.from(expected, 'hex').toString('base64url'))
})

it('hmacMatches takes the very mac and nothing else', () => {
  const mac = hmac('key', 'message')
  expect(hmacMatches('key', 'message', mac)).toBe(true)
  for (const wrong of ['', mac.slice(0, -1), `${mac}A`, hmac('other', 'message'), hmac('key', 'other'), 'ü'.repeat(43)])
    expect(hmacMatches('key', 'message', wrong)).toBe(false)
})
