import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Lower-case hexadecimal SHA-256 of the UTF-8 text or the bytes. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** base64url HMAC-SHA-256, for tokens that a reader carries and we recognise without storing them. */
export function hmac(secret: string, message: string): string {
  return createHmac('sha256', secret).update(message).digest('base64url')
}

/** Whether `mac` is `hmac(secret, message)`. How long it takes says nothing about how much of it is right. */
export function hmacMatches(secret: string, message: string, mac: string): boolean {
  const right = Buffer.from(hmac(secret, message))
  const given = Buffer.from(mac)
  return right.length === given.length && timingSafeEqual(right, given)
}
