import { hmac, hmacMatches, sha256 } from './hash.ts'
import { folded } from './subscriber.ts'

/** What a reader may do with a token: a token for one thing opens nothing else. */
export type TokenPurpose = 'unsubscribe' | 'confirm' | 'preferences'

/**
 * `<id>.<hmac>`, safe in a URL. Nothing about it is stored and nothing is random: the same reader always gets the same
 * token, and whoever has the secret can tell a real one.
 */
export function readerToken(secret: string, purpose: TokenPurpose, id: string): string {
  return `${id}.${hmac(secret, claim(purpose, id))}`
}

/** The subscriber's id, or undefined when the token was not made by `readerToken` with this secret for this purpose. */
export function verifyReaderToken(secret: string, purpose: TokenPurpose, token: string): string | undefined {
  const dot = token.lastIndexOf('.')
  if (dot < 1) return undefined
  const id = token.slice(0, dot)
  return hmacMatches(secret, claim(purpose, id), token.slice(dot + 1)) ? id : undefined
}

/** The reader's own link. GET shows a page with a button; only POST unsubscribes (RFC 8058). */
export function unsubscribeUrl(house: { readonly publicUrl: string; readonly secret: string }, id: string): string {
  return `${house.publicUrl}/unsubscribe/${readerToken(house.secret, 'unsubscribe', id)}`
}

/**
 * A name for an address, the same however it is spelled; safe in file names and web addresses. It stands in logs and
 * links: only whoever has the secret can tell whether it is that of an address they guess.
 */
export function subscriberId(secret: string, address: string): string {
  return sha256(hmac(secret, `subscriber ${folded(address.trim()).toLowerCase()}`)).slice(0, 20)
}

function claim(purpose: TokenPurpose, id: string): string {
  return JSON.stringify(['reader', purpose, id])
}
