/**
 * An absolute http(s) address that holds only the characters of RFC 3986: `URL` leaves a few others (`|`, `^`, `{`) as
 * they are, which feed validators refuse. Unlike `canonicalUrl` it keeps the fragment, for it is what a reader follows.
 *
 * @returns undefined for anything that is not an http(s) address.
 */
export function webAddress(text: string, base?: string): string | undefined {
  const url = URL.parse(text.trim(), base)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  url.username = ''
  url.password = ''
  return url.href.replace(/[^\w\-.~:/?#[\]@!$&'()*+,;=%]/g, encodeURIComponent)
}
