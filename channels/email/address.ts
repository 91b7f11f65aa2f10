/** A name to show and the address it stands for. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

// Dot-atom characters and their non-ASCII kin (RFC 5322, 3.4.1; RFC 6531). Quoted local parts are refused: nobody has one.
const ADDRESS = /^[^\s"(),:;<>@[\]\\\p{Cc}]+@[^\s"(),:;<>@[\]\\\p{Cc}]+$/u
const NAMED = /^([^<>\p{Cc}]*)<([^<>]*)>$/u

/** True for one plain address of at most 254 characters (RFC 5321, 4.5.3.1.3), without line breaks or anything that a header could take for more. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && ADDRESS.test(text)
}

/** Reads `Name <a@b>`, `"Name, Inc." <a@b>` or `a@b`; undefined for anything else. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, name = '', bracketed] = NAMED.exec(text.trim()) ?? []
  const address = (bracketed ?? text).trim()
  if (!isAddress(address)) return undefined
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address }
}

/** The host behind the `@` in its ASCII form; `localhost` where it has none. */
export function mailHost(address: string): string {
  const url = `http://${address.slice(address.lastIndexOf('@') + 1)}`
  return URL.canParse(url) ? new URL(url).hostname : 'localhost'
}
