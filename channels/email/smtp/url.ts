export interface SmtpUrl {
  /** In ASCII (RFC 5891), without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number | undefined
  /** Encrypted from the first byte. */
  readonly secure: boolean
  readonly auth: { readonly user: string; readonly pass: string } | undefined
  /** No word of ours but greetings goes out unencrypted. */
  readonly requireTLS: boolean
  readonly rejectUnauthorized: boolean
  /** How we greet. */
  readonly name: string | undefined
}

const QUERY: Readonly<Record<string, RegExp>> = {
  requireTLS: /^(true|false)$/,
  'tls.rejectUnauthorized': /^(true|false)$/,
  name: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i,
}
const ESCAPES = 'in user name and password, write / ? # @ and : as %2F %3F %23 %40 and %3A'

/**
 * Reads SMTP_URL: `smtps://` encrypts from the first byte, `smtp://` where the server offers it. A password goes out
 * encrypted only, unless the server is this machine or the address ends in `?requireTLS=false`.
 * `?tls.rejectUnauthorized=false` takes a certificate that nobody signed, `?name=mail.example.com` is how we greet.
 *
 * The address is taken apart here and not by nodemailer, which lets its query set anything, a log of all mail to
 * standard output among it.
 *
 * @returns what is wrong with it, as a text, where it cannot be used; never any of its own words, which hold the password.
 */
export function readSmtpUrl(given: string): SmtpUrl | string {
  if (!/^smtps?:\/\/[^/\s]+\/?(\?\S*)?$/i.test(given))
    return 'must be an address such as smtps://user:password@mail.example.com'
  if (!URL.canParse(given)) return `cannot be read: ${ESCAPES}`
  const url = new URL(given)
  if (url.hash !== '') return `must not have a #: ${ESCAPES}`
  const host = asciiHost(url.hostname)
  if (host === undefined) return `names a host that is none: ${ESCAPES}`
  const asked = [...url.searchParams]
  const names = asked.map(([name]) => name)
  const isKnown = asked.every(([name, value]) => Object.hasOwn(QUERY, name) && QUERY[name]?.test(value))
  if (!isKnown || new Set(names).size < names.length)
    return 'may end in ?requireTLS=true or false, tls.rejectUnauthorized=true or false and name=HOST, each once, and in nothing else'
  const requireTLS = url.searchParams.get('requireTLS') ?? String(url.password !== '' && !isThisMachine(host))
  return {
    host,
    port: url.port === '' ? undefined : Number(url.port),
    secure: url.protocol === 'smtps:',
    auth: url.username === '' ? undefined : { user: decoded(url.username), pass: decoded(url.password) },
    requireTLS: requireTLS !== 'false',
    rejectUnauthorized: url.searchParams.get('tls.rejectUnauthorized') !== 'false',
    name: url.searchParams.get('name') ?? undefined,
  }
}

/** Only what cannot lead elsewhere: `127.evil.example` is a name like any other. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(host)
}

/** As browsers read it: `MÜLLER.example` is `xn--mller-kva.example`, `127.1` is `127.0.0.1`. */
function asciiHost(hostname: string): string | undefined {
  const address = `http://${hostname}`
  return URL.canParse(address) ? new URL(address).hostname.replace(/^\[(.*)\]$/, '$1') : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
