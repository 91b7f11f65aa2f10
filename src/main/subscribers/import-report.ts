import type { Command } from '../../cli.ts'
import { breakOff } from '../lists.ts'
import { figure } from '../tally.ts'
import { writeOut, type Terminal } from '../terminal.ts'
import type { Admission, Told } from './admit.ts'

const NAMES: Readonly<Record<Admission, string>> = {
  added: 'added',
  recorded: 'kept as left or suppressed',
  known: 'known already',
  unsubscribed: 'unsubscribed earlier',
  suppressed: 'suppressed',
  repeated: 'twice in the file',
  invalid: 'invalid',
}
const outcomes = Object.keys(NAMES).filter((name): name is Admission => Object.hasOwn(NAMES, name))

export interface ImportReport {
  tell(told: readonly Told[]): Promise<void>
  /** @returns the exit code. */
  end(): Promise<number>
  /**
   * Ends an object that was begun with why the import could not go on, and what was taken in until then.
   *
   * @returns the exit code; undefined, and nothing written, when no object was begun.
   */
  fail(error: unknown): Promise<number | undefined>
}

/** Tells line by line while the import goes on, then the totals; with `--json` as one object, written in pieces. */
export function importReport(
  { json, dryRun }: Extract<Command, { kind: 'subscribers'; action: 'import' }>,
  terminal: Terminal,
  callOptions: string,
): ImportReport {
  const totals: Record<Admission, number> = {
    added: 0,
    recorded: 0,
    known: 0,
    unsubscribed: 0,
    suppressed: 0,
    repeated: 0,
    invalid: 0,
  }
  let opening = `{"dryRun":${dryRun},"lines":[`
  const pieces = (told: readonly Told[]): string => {
    if (!json) return told.map(({ line, message }) => `line ${line}: ${message}\n`).join('')
    const begun = opening + told.map((one) => JSON.stringify(one)).join(',')
    if (told.length > 0) opening = ','
    return told.length > 0 ? begun : ''
  }
  return {
    async tell(told) {
      for (const { outcome } of told) totals[outcome] += 1
      const text = pieces(told.filter(({ message }) => message !== undefined))
      if (text !== '') await writeOut(terminal, text)
    },
    async end() {
      const exitCode = totals.invalid > 0 ? 1 : 0
      const head = opening === ',' ? '' : opening
      await writeOut(
        terminal,
        json ? `${head}],${JSON.stringify({ ...totals, exitCode }).slice(1)}\n` : inWords(totals, dryRun, callOptions),
      )
      return exitCode
    },
    fail: async (error) => (opening === ',' ? breakOff(terminal, totals, error) : undefined),
  }
}

function inWords(totals: Readonly<Record<Admission, number>>, dryRun: boolean, callOptions: string): string {
  const parts = outcomes
    .filter((outcome) => outcome === 'added' || totals[outcome] > 0)
    .map((outcome) => `${figure(totals[outcome])} ${dryRun && outcome === 'added' ? 'to be added' : NAMES[outcome]}`)
  const lines = [
    ...(dryRun ? ['Dry run: nothing was written.'] : []),
    parts.join(' · '),
    ...(totals.unsubscribed + totals.suppressed > 0
      ? [
          `Whoever left or is suppressed stays out. Who has asked anew, one by one: groundwire subscribers add ADDRESS${callOptions} --again --consent "how they asked".`,
        ]
      : []),
    ...(totals.invalid > 0
      ? ['Mend the invalid lines and import the file again: who is in already stays as they are.']
      : []),
  ]
  return `${lines.join('\n')}\n`
}
