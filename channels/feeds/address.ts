/**
 * An absolute http(s) address that holds only what RFC 3986 allows where it stands: `URL` leaves a few characters as they
 * are (`|`, `^`, `{`, `[`, a `%` that encodes nothing), which feed validators refuse. Unlike `canonicalUrl` it keeps the
 * fragment, for it is what a reader follows, and an empty query, which is another address than none.
 *
 * @returns undefined for anything that is not an http(s) address.
 */
export function webAddress(text: string, base?: string): string | undefined {
  const url = URL.parse(text.trim(), base)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  const fragment = url.hash && `#${encoded(url.hash.slice(1))}`
  const query = url.search || (/^[^#]*\?/.test(url.href) ? '?' : '')
  return `${url.protocol}//${url.host}${encoded(url.pathname + query)}${fragment}`
}

function encoded(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})|[^\w\-.~:/?@!$&'()*+,;=%]/gi, encodeURIComponent)
}
