import { parseArgs, type ParseArgsConfig } from 'node:util'
import { wireAddress } from '../domain/address.ts'
import { maskAddress, subscriberStates } from '../domain/subscriber.ts'
import type { CommandWords, ListedState } from './command.ts'

const options = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  config: { type: 'string' },
  data: { type: 'string' },
  source: { type: 'string' },
  json: { type: 'boolean' },
  date: { type: 'string' },
  channels: { type: 'string' },
  approve: { type: 'boolean' },
  now: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  port: { type: 'string' },
  failed: { type: 'boolean' },
  csv: { type: 'boolean' },
  reason: { type: 'string' },
  note: { type: 'string' },
  sent: { type: 'boolean' },
  retry: { type: 'boolean' },
  drop: { type: 'boolean' },
  consent: { type: 'string' },
  again: { type: 'boolean' },
  frequency: { type: 'string' },
  state: { type: 'string' },
  'send-to': { type: 'string' },
} as const satisfies ParseArgsConfig['options']

export type Values = ReturnType<typeof parseWords>['values']
export type Option = keyof typeof options

/** @throws Error (of Node) for an option there is not, or with a value too many or too few. */
export function parseWords(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
}

export interface Grammar {
  /** Besides those that every command takes. */
  readonly takes: readonly Option[]
  /** The word after the command. */
  readonly word?: { readonly name: string; readonly isOptional?: true }
  /** `word` is '' when it was left out. A string says what is wrong. */
  read(values: Values, word: string): CommandWords | string
}

const ITEM = { name: 'an ITEM-URL, the address of an item' } as const
const EDITION = { name: 'an EDITION, such as daily/2026-06-29' } as const
const LISTED: readonly ListedState[] = [...subscriberStates, 'suppressed']

/** Every command, by the words that name it. */
export const grammars: ReadonlyMap<string, Grammar> = new Map<string, Grammar>([
  ['run', { takes: ['date', 'channels', 'approve', 'now', 'dry-run'], read: readRun }],
  ['start', { takes: ['port'], read: (values) => portFlaw(values) ?? { kind: 'start', port: portOf(values) } }],
  ['preview', { takes: ['date', 'port'], read: readPreview }],
  ['status', { takes: ['failed', 'csv'], word: { ...EDITION, isOptional: true }, read: readStatus }],
  ['approve', { takes: [], word: EDITION, read: control('approve') }],
  ['resume', { takes: [], word: EDITION, read: control('approve') }],
  ['hold', { takes: ['reason'], word: EDITION, read: control('hold') }],
  ['pause', { takes: ['reason'], word: EDITION, read: control('hold') }],
  ['cancel', { takes: ['reason'], word: EDITION, read: control('cancel') }],
  [
    'resolve',
    {
      takes: ['sent', 'retry', 'drop', 'reason'],
      word: { name: 'a DELIVERY, as groundwire status shows it, or an EDITION' },
      read: readResolve,
    },
  ],
  ['correct', { takes: ['note', 'dry-run'], word: ITEM, read: readCorrect }],
  [
    'retract',
    {
      takes: ['reason', 'dry-run'],
      word: ITEM,
      read: ({ reason, 'dry-run': dryRun = false }, item) => ({ kind: 'retract', item, reason, dryRun }),
    },
  ],
  ['subscribers add', { takes: ['consent', 'again', 'frequency'], word: { name: 'an ADDRESS' }, read: readAdd }],
  ['subscribers remove', { takes: ['reason'], word: { name: 'an ADDRESS' }, read: readRemove }],
  ['subscribers list', { takes: ['state'], read: lister('list') }],
  [
    'subscribers import',
    {
      takes: ['consent', 'dry-run'],
      word: { name: 'a FILE.csv, or - for standard input' },
      read: (values, file) => ({
        kind: 'subscribers',
        action: 'import',
        file,
        consent: values.consent,
        dryRun: values['dry-run'] ?? false,
      }),
    },
  ],
  ['subscribers export', { takes: ['state'], read: lister('export') }],
  ['doctor', { takes: ['send-to'], read: readDoctor }],
  ['migrate', { takes: [], read: () => ({ kind: 'migrate' }) }],
])

function readRun(values: Values): CommandWords | string {
  const channels = values.channels?.split(/[\s,]+/).filter((id) => id !== '')
  if (channels?.length === 0) return '--channels names no channel; write it as --channels email,feeds.'
  const { date, approve = false, now = false, 'dry-run': dryRun = false } = values
  return dateFlaw(values) ?? { kind: 'run', date, channels, approve, now, dryRun }
}

function readPreview(values: Values): CommandWords | string {
  return dateFlaw(values) ?? portFlaw(values) ?? { kind: 'preview', date: values.date, port: portOf(values) }
}

function readStatus({ failed = false, csv = false, json }: Values, edition: string): CommandWords | string {
  if (csv && json) return 'status writes either --csv or --json, not both.'
  return { kind: 'status', edition: edition === '' ? undefined : edition, failed, csv }
}

function control(kind: 'approve' | 'hold' | 'cancel'): Grammar['read'] {
  return ({ reason }, edition) => ({ kind, edition, reason })
}

function readResolve(values: Values, target: string): CommandWords | string {
  const [resolution, ...others] = (['sent', 'retry', 'drop'] as const).filter((option) => values[option])
  if (!resolution || others.length > 0)
    return 'resolve needs exactly one of --sent (it has left), --retry (try it anew) and --drop (give it up).'
  return { kind: 'resolve', target, resolution, reason: values.reason }
}

function readCorrect({ note, 'dry-run': dryRun = false }: Values, item: string): CommandWords | string {
  if (note === undefined)
    return 'correct needs --note and what was put right, such as --note "The figure is 3 million, not 3 billion."'
  return { kind: 'correct', item, note, dryRun }
}

function readAdd({ consent, again = false, frequency }: Values, word: string): CommandWords | string {
  if (consent === undefined)
    return 'subscribers add needs --consent and how they agreed, such as --consent "asked by mail on 2026-06-29".'
  const address = word.trim()
  return addressFlaw(address) ?? { kind: 'subscribers', action: 'add', address, consent, again, frequency }
}

function readRemove({ reason }: Values, word: string): CommandWords | string {
  const address = word.trim()
  return addressFlaw(address) ?? { kind: 'subscribers', action: 'remove', address, reason }
}

function lister(action: 'list' | 'export'): Grammar['read'] {
  return ({ state }) => {
    const known = LISTED.find((one) => one === state)
    if (state !== undefined && !known) return `--state ${state} is not a state; use ${LISTED.join(', ')}.`
    return { kind: 'subscribers', action, state: known }
  }
}

function readDoctor(values: Values): CommandWords | string {
  const sendTo = values['send-to']?.trim()
  return (sendTo === undefined ? undefined : addressFlaw(sendTo)) ?? { kind: 'doctor', sendTo }
}

function dateFlaw({ date }: Values): string | undefined {
  return date === undefined || isDay(date) ? undefined : `--date ${date} is not a day; write it as 2026-06-29.`
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && (new Date(`${text}T00:00:00Z`).toJSON() ?? '').startsWith(text)
}

function portFlaw({ port }: Values): string | undefined {
  const isPort = port === undefined || (/^\d+$/.test(port) && Number(port) <= 65535)
  return isPort ? undefined : `--port ${port} is not a port; use a whole number from 0 to 65535.`
}

function portOf({ port }: Values): number | undefined {
  return port === undefined ? undefined : Number(port)
}

/** Masked, since what is wrong may be somebody's address all but for a letter. */
function addressFlaw(text: string): string | undefined {
  return wireAddress(text) === undefined
    ? `“${maskAddress(text)}” is not an address; write it alone, without a name, brackets or spaces.`
    : undefined
}
