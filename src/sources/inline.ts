const LINK = /!?\[([^[\]]{0,1000})\]\([^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?\)/g
const CODE = /(?<!`)`([^`]{1,500})`(?!`)/g
const STARS = /(?<![\p{L}\p{N}*\\])(\*{1,3})(?=[^\s*])([^*]{0,2000}[^\s*\\])\1(?![\p{L}\p{N}*])/gu
const UNDERSCORES = /(?<![\p{L}\p{N}_\\])(_{1,3})(?=[^\s_])([^_]{0,2000}[^\s_\\])\1(?![\p{L}\p{N}_])/gu
const ESCAPE = /\\([!-/:-@[-`{-~])/g

/** The plain text of one line of Markdown: marks of links, code, stress and escapes go, every word stays. */
export function plainInline(markdown: string): string {
  return markdown
    .replace(LINK, '$1')
    .replace(CODE, '$1')
    .replace(STARS, '$2')
    .replace(STARS, '$2')
    .replace(UNDERSCORES, '$2')
    .replace(ESCAPE, '$1')
}
