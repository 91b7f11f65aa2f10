import type { Body } from '../../../src/domain/item.ts'
import { cleanText } from '../../../src/domain/text.ts'

/** In UTF-16 units. What comes later is left out: nobody reads this text, it is searched and its words are counted. */
const MAX_BODY_LENGTH = 200_000

const SILENT = /^(script|style|template|noscript|iframe|svg|head|title)$/
const BLOCK =
  /^(address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|td|th|tr|ul)$/
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
}

/**
 * A body's words without its markup, one line for each block. Never for showing: it reads the usual marks of Markdown
 * and HTML, not their grammars. Takes time in proportion to the text, whatever the text.
 */
export function plainBody({ format, text }: Body): string {
  const head = text.slice(0, MAX_BODY_LENGTH)
  const words = withoutTags(format === 'markdown' ? withoutMarks(head) : head)
  return cleanText(withoutEntities(words))
    .split('\n')
    .map((line) => line.replace(/\s+/gu, ' ').trim())
    .filter((line) => line !== '')
    .join('\n')
}

/** No pattern here may begin to match at many places and run far from each: that takes quadratic time. */
function withoutMarks(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s{0,3}(?:`{3,}|~{3,}|\[[^\]]+\]:\s)/.test(line) && !/^[\s|:*_=-]+$/.test(line))
    .map((line) => line.replace(/^(?:\s*(?:>|#{1,6}\s|[-+*]\s|\d{1,9}[.)]\s))+/, ''))
    .join('\n')
    .replace(/!?\[([^[\]]*)\](?:\([^()[\]]*(?:\([^()[\]]*\)[^()[\]]*)?\)|\[[^[\]]*\])/g, '$1')
    .replace(/<(https?:[^<>\s]*)>/g, '$1')
    .replace(/(?<![\w\\])[*_~]{1,3}(?=\S)|(?<=[^\s\\])[*_~]{1,3}(?!\w)|`+/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

/** Drops script and the like with what it holds. */
function withoutTags(text: string): string {
  let silent = ''
  return text
    .split(/(<[/!]?[a-z][^<>]*>|<!--[^<>]*-->)/i)
    .map((part, index) => {
      const [, end, tag = ''] = index % 2 === 1 ? (/^<(\/?)([a-z][a-z0-9]*)/i.exec(part) ?? []) : []
      const name = tag.toLowerCase()
      if (silent !== '') {
        if (end === '/' && name === silent) silent = ''
        return ''
      }
      if (index % 2 === 0) return part
      if (end === '' && SILENT.test(name) && !part.endsWith('/>')) silent = name
      return BLOCK.test(name) ? '\n' : ''
    })
    .join('')
}

function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (entity, decimal, hex, name) => {
    if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? entity
    const point = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal)
    return point <= 0x10ffff ? String.fromCodePoint(point) : entity
  })
}
