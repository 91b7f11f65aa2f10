import { shellWord } from '../domain/shell.ts'
import { shorten } from '../domain/text.ts'
import type { StoredItem } from '../ports.ts'
import type { Configuration } from './configuration.ts'
import { type Screen, shownTime } from './screen.ts'
import { shownText } from './shown.ts'
import { figure } from './tally.ts'

const SHOWN = 5
const TITLE_GRAPHEMES = 90

/** What an editor should know of each, and what they can do. */
export function vanishedLines(
  items: readonly StoredItem[],
  { callOptions }: Pick<Configuration, 'callOptions'>,
  screen: Screen,
): string[] {
  const lines = items.slice(0, SHOWN).flatMap(({ item, edition = '', missingSince }) => {
    if (missingSince === undefined) return []
    const title = shownText(shorten(item.title, TITLE_GRAPHEMES))
    return [
      `“${title}” is no longer listed by its source (since ${shownTime(screen, missingSince)}); it left in ${edition}.`,
      `  To take it back: groundwire retract ${shellWord(shownText(item.url))}${callOptions}`,
    ]
  })
  const more = items.length - SHOWN
  return more > 0 ? [...lines, `and ${figure(more)} more, in groundwire status${callOptions} --json`] : lines
}

/** For a program; every key is always there. */
export function vanishedAsJson({ item, edition, missingSince }: StoredItem): object {
  return { url: item.url, title: item.title, edition: edition ?? null, missingSince: missingSince ?? null }
}
