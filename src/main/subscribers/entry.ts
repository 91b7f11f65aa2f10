import { wireAddress } from '../../domain/address.ts'
import { DEFAULT_FREQUENCY, subscriberStates, suppressionReasons, type Subscriber } from '../../domain/subscriber.ts'
import { shownAddress, shownWord } from '../shown.ts'
import { frequencyFlaw } from './frequency.ts'
import { newReaderId } from './id.ts'
import { widthOf, type CellOf, type Table } from './table.ts'

/** A reader as a line has it, or what is wrong with the line. `address` is masked. */
export type Entry = { readonly reader: Subscriber } | { readonly address: string; readonly problem: string }

export interface EntryDefaults {
  /** How readers agreed whose line does not say it. */
  readonly consent: string | undefined
  readonly now: Date
}

/** When they agreed stays open where the line does not say it: the day of an import is not the day of a consent. */
export function readEntry(table: Table, line: readonly string[], { consent, now }: EntryDefaults): Entry {
  const cell = table.cellsOf(line)
  const problem = widthFlaw(widthOf(line), table.width) ?? problemOf(cell, consent)
  if (problem !== undefined) return { address: shownAddress(cell('address')), problem }
  const address = cell('address')
  const suppressed = suppressionReasons.find((reason) => reason === cell('suppressed'))
  const consentAt = instantOf(cell('consentAt'))
  const frequency = cell('frequency')
  return {
    reader: {
      id: newReaderId(),
      address,
      state: subscriberStates.find((state) => state === cell('state')) ?? 'active',
      consent: cell('consent') || (consent ?? ''),
      ...(consentAt !== undefined && { consentAt }),
      ...(frequency !== '' && frequency !== DEFAULT_FREQUENCY && { frequency }),
      reason: cell('reason') || 'imported',
      changedAt: instantOf(cell('changedAt')) ?? now.toISOString(),
      ...(suppressed && { suppressed }),
    },
  }
}

function widthFlaw(width: number, columns: number): string | undefined {
  if (width <= columns) return undefined
  return columns === 1
    ? 'there is more than an address; name the columns in the first line of the file'
    : `it has ${width} cells, but the first line ${columns}; a cell with a separator in it needs quotation marks`
}

function problemOf(cell: CellOf, consent: string | undefined): string | undefined {
  return (
    addressFlaw(cell('address')) ??
    encodingFlaw(cell) ??
    (cell('consent') === '' && consent === undefined
      ? 'nothing says how they agreed; fill in the column consent, or use --consent TEXT'
      : undefined) ??
    oneOf('state', cell('state'), subscriberStates) ??
    oneOf('suppressed', cell('suppressed'), suppressionReasons) ??
    (cell('frequency') === '' ? undefined : frequencyFlaw(cell('frequency'))) ??
    dateFlaw(cell('consentAt')) ??
    dateFlaw(cell('changedAt'))
  )
}

/** Says what is wrong, since the address itself is shown masked. */
function addressFlaw(text: string): string | undefined {
  if (text === '') return 'the address is missing'
  if (wireAddress(text) !== undefined && !text.includes('\uFFFD')) return undefined
  const is = `“${shownAddress(text)}” is not an address`
  if (text.includes('\uFFFD')) return `${is}: it is not in UTF-8; save the file as UTF-8`
  if (/[<>]/.test(text)) return `${is}: leave out the name and the angle brackets`
  if (/\s/.test(text)) return `${is}: there is a space in it`
  const signs = text.split('@').length - 1
  if (signs !== 1) return `${is}: it has ${signs === 0 ? 'no @' : 'more than one @'}`
  if (text.length > 254) return `${is}: it is longer than 254 characters`
  return is
}

/** A consent that cannot be read any more proves nothing. */
function encodingFlaw(cell: CellOf): string | undefined {
  return [cell('consent'), cell('reason')].some((text) => text.includes('\uFFFD'))
    ? 'it is not in UTF-8; save the file as UTF-8'
    : undefined
}

function oneOf(column: string, text: string, known: readonly string[]): string | undefined {
  return text === '' || known.includes(text)
    ? undefined
    : `“${shownWord(text)}” in the column ${column} is none of ${known.join(', ')}`
}

function dateFlaw(text: string): string | undefined {
  return text === '' || instantOf(text) !== undefined
    ? undefined
    : `“${shownWord(text)}” is not a date; write it as 2026-06-29 or 2026-06-29T07:00:00Z`
}

/** A day, or a day and a time (RFC 3339, also with a space between, and in UTC when no zone is named), in UTC. */
function instantOf(text: string): string | undefined {
  const [, day, time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:\d\d)?)?$/i.exec(text) ?? []
  if (day === undefined || !new Date(`${day}T00:00Z`).toJSON()?.startsWith(day)) return undefined
  return new Date(`${day}T${time}${zone.toUpperCase()}`).toJSON() ?? undefined
}
