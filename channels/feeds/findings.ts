import type { Finding } from '../../src/domain/finding.ts'
import type { Item } from '../../src/domain/item.ts'
import { cleanLine } from '../../src/domain/text.ts'

/** `why` ends the sentence "… is left out of the feeds:". The feeds go on without the item. */
export function leftOut(item: Item, field: string, why: string): Finding {
  return {
    severity: 'error',
    code: 'feed-entry-left-out',
    item: item.url,
    field,
    message: `${quoted(item.title)} is left out of the feeds: ${why}`,
    advice: 'Correct it in the source; the feeds take it up at the next edition.',
  }
}

/** Sections of the configuration that no item has. */
export function unknownSections(sections: readonly string[]): Finding {
  const names = sections.map(quoted).join(', ')
  return {
    severity: 'warning',
    code: 'feed-section-unknown',
    field: 'sections',
    message: `No item is of the section ${names}, which channels.feeds.sections asks for: the feeds carry nothing of it.`,
    advice: 'Write it as the source does, or take it out of the configuration.',
  }
}

export function repeated(item: Item): Finding {
  const message = `${quoted(item.title)} has the address of a newer item, ${item.url}; the feeds carry that one.`
  return { severity: 'warning', code: 'feed-entry-repeated', item: item.url, field: 'url', message }
}

export function untitled(item: Item): Finding {
  const message = `The item at ${item.url} has no title; the feeds show its address instead.`
  return { severity: 'warning', code: 'feed-entry-untitled', item: item.url, field: 'title', message }
}

export function bodyLeftOut(item: Item, why: string): Finding {
  return {
    severity: 'warning',
    code: 'feed-body-left-out',
    item: item.url,
    field: 'body',
    message: `The body of ${quoted(item.title)} ${why}; the feeds carry its summary instead.`,
    advice: 'Shorten or simplify it in the source.',
  }
}

/** `removed`: what a reader does not get, in words, without repeats. */
export function bodyCleaned(item: Item, removed: ReadonlySet<string>): Finding {
  const shown = [...removed].slice(0, 5).join(', ')
  const more = removed.size > 5 ? `, and ${removed.size - 5} more` : ''
  const message = `Taken out of the body of ${quoted(item.title)} in the feeds: ${shown}${more}.`
  return { severity: 'note', code: 'feed-body-cleaned', item: item.url, field: 'body', message }
}

/** Any text as part of a message: on one line, in quotes, at most 80 UTF-16 units of it. */
export function quoted(text: string): string {
  const line = cleanLine(text)
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 79).toWellFormed()}…` : line)
}
