import type { Finding } from '../domain/finding.ts'
import { cleanLine } from '../domain/text.ts'

/** Ends the reading of a source: what it carries becomes its last `problem`, before an `end` that is not complete. */
export class SourceProblem extends Error {
  override readonly name = 'SourceProblem'
  readonly finding: Finding

  constructor(code: string, message: string, advice: string, cause?: unknown, item?: string) {
    super(message, cause === undefined ? undefined : { cause })
    this.finding = { severity: 'error', code, message, advice, ...(item === undefined ? {} : { item }) }
  }
}

/** A value as shown in a finding: in quotes, on one line, clean, not longer than about 80 characters. */
export function quoted(value: string): string {
  return `"${shown(value, 80)}"`
}

/**
 * Words of the source on one line, without control characters (which could steer a terminal), cut to `maxLength`
 * UTF-16 units.
 */
export function shown(value: string, maxLength = 300): string {
  const line = cleanLine(value.slice(0, 1_000))
  return line.length > maxLength ? `${line.slice(0, maxLength - 3).replace(/[\uD800-\uDBFF]$/, '')}…` : line
}

/** What an error says. Parsers quote the source in it, so it is shown like words of the source. */
export function reasonOf(error: unknown): string {
  return shown(error instanceof Error ? error.message : String(error))
}

/** A limit for people: `64 MiB`; in bytes where it is smaller than one. */
export function sizeOf(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2
  return mebibytes < 1 ? `${bytes} bytes` : `${Number(mebibytes.toFixed(1))} MiB`
}
