import { maskAddress } from './subscriber.ts'

// `@` as itself, full-width or small, percent-encoded (more than once, too), as an entity of HTML or an escape of JSON.
const AT = '(?:[@＠﹫]|%(?:25)*40|&#0*64;|&#x0*40;|&commat;|\\\\u0040)'
const QUOTED = '"(?:[^"\\\\\\n]|\\\\.){1,256}"'
const ANY_AT = new RegExp(` ?${AT} ?`, 'giu')
const QUOTED_LOCAL_PART = new RegExp(`${QUOTED}(?=@)`, 'gu')

/**
 * What somebody else wrote (a provider, a mail server), with `…` for every word that has an `@` in it or beside it, in
 * whatever spelling, and for the quoted name before one. Rather a word too many than half an address. Normalised (NFKC).
 */
export function withoutAddresses(text: string): string {
  return text
    .normalize('NFKC')
    .replace(ANY_AT, '@')
    .replace(QUOTED_LOCAL_PART, '…')
    .replace(/\S+/gu, (word) => (word.includes('@') ? '…' : word))
}

// `/?&=#:` may stand in a local part, but in what is logged they end a piece of a URL.
const LOCAL = "[\\p{L}\\p{N}\\p{M}.．﹒＋－＿!$%'*+^_`{|}~-]"
const HOST = '[\\p{L}\\p{N}\\p{M}.．。｡﹒-]*[\\p{L}\\p{N}\\p{M}]'
// `@news@example.social` is an account that everybody may read, also at the beginning of a quoted text.
const QUOTED_LOCAL = `${QUOTED}(?!${AT}${LOCAL}+${AT})`
const ADDRESS = new RegExp(
  `(?<local>${QUOTED_LOCAL}|(?<!${LOCAL}|@)${LOCAL}+)${AT}(?<domain>${HOST}|\\[[\\w.:]+\\])`,
  'giu',
)

/**
 * What we write ourselves, with every address as `maskAddress` shows it, and all around it as it was.
 *
 * @param accounts what looks like an address and is the name of an account, in lower case: left as it is.
 */
export function maskAddresses(text: string, accounts: ReadonlySet<string> = new Set()): string {
  return text.replace(ADDRESS, (whole: string, ...found: unknown[]) => {
    if (accounts.has(whole.toLowerCase())) return whole
    const groups = found.at(-1)
    if (typeof groups !== 'object' || groups === null || !('local' in groups) || !('domain' in groups)) return '…'
    return maskAddress(`${String(groups.local)}@${String(groups.domain)}`)
  })
}
