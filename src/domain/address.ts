/** A name to show and the address it stands for. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

// Dot-atom characters and their non-ASCII kin (RFC 5322, 3.4.1; RFC 6531) before the `@`, letters, digits, `.` and `-`
// behind it. Quoted local parts are refused: nobody has one.
const ADDRESS =
  /^(?!\.)(?!.*\.\.)(?!.*\.@)[^\s"(),:;<>@[\]\\\p{C}]+@(?!.*\.\.)[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}.-]*[\p{L}\p{M}\p{N}])?$/u
const NAMED = /^([^<>\p{Cc}]*)<([^<>]*)>$/u

/** True for one plain address of at most 254 characters (RFC 5321, 4.5.3.1.3), without line breaks or anything that a header or a URL could take for more. */
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
  const wire = wireAddress(address)
  return wire?.slice(wire.lastIndexOf('@') + 1).toLowerCase() ?? 'localhost'
}

/** An address as mail servers take it: the part behind the `@` in ASCII (RFC 5891); undefined when that cannot be done. */
export function wireAddress(address: string): string | undefined {
  if (!isAddress(address)) return undefined
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (/^[a-z0-9.-]+$/i.test(domain)) return address
  const url = `http://${domain}`
  return URL.canParse(url) ? `${address.slice(0, at)}@${new URL(url).hostname}` : undefined
}
