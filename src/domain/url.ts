const TRACKING = /^(utm_\w+|fbclid|gclid|mc_cid|mc_eid|ref_src)$/

/**
 * The one spelling of an address that stands for an item or a source: absolute http(s), host in lower case,
 * default port, fragment, credentials and tracking parameters dropped. The path is left alone, for servers tell
 * `/a` from `/a/`. Relative addresses are resolved against `base`.
 *
 * @returns undefined for anything that is not an http(s) address (`javascript:`, `mailto:`, empty, malformed).
 */
export function canonicalUrl(text: string, base?: string): string | undefined {
  const trimmed = text.trim()
  if (trimmed === '' || !URL.canParse(trimmed, base)) return undefined
  const url = new URL(trimmed, base)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  if (url.hostname === '') return undefined
  url.hash = ''
  url.username = ''
  url.password = ''
  const tracking = Array.from(url.searchParams.keys()).filter((name) => TRACKING.test(name))
  for (const name of tracking) url.searchParams.delete(name)
  return url.href
}

/** The part of an address a reader recognises: the host without `www.` (`arxiv.org`). The address itself if it cannot be read. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, '') : url
}

/** Two spellings of one page: scheme, `www.`, a trailing slash and the order of parameters do not count. For comparing, never for linking. */
export function sameSourceKey(url: string): string {
  const canonical = canonicalUrl(url)
  if (!canonical) return url
  const parsed = new URL(canonical)
  parsed.searchParams.sort()
  return hostOf(canonical) + parsed.pathname.replace(/\/+$/, '') + parsed.search
}
