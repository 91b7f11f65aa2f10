import type { Amendment } from '../../src/domain/amendment.ts'
import { escapeHtml } from '../../src/domain/html.ts'
import type { Publication } from '../../src/domain/publication.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { dayIn, plainDay } from '../../src/domain/time.ts'

/** What was put right of an item, and on which day: `Correction, 30 June 2026`. Plain text. */
export interface Correction {
  readonly label: string
  readonly note: string
}

export function correctionsOf(
  amendments: readonly Amendment[] | undefined,
  { zone, language }: Pick<Publication, 'zone' | 'language'>,
): Correction[] {
  return (amendments ?? []).map(({ at, note }) => ({
    label: `Correction, ${plainDay(dayIn(zone, new Date(at)), language)}`,
    note: cleanLine(note),
  }))
}

/** One line each, to stand above what was corrected. */
export function correctionsHtml(corrections: readonly Correction[]): string {
  return corrections
    .map(({ label, note }) => `<p><strong>${escapeHtml(label)}:</strong> ${escapeHtml(note)}</p>\n`)
    .join('')
}
