import type { Finding } from '../domain/finding.ts'

/** Ends the reading of a source: what it carries becomes its last `problem`, before an `end` that is not complete. */
export class SourceProblem extends Error {
  override readonly name = 'SourceProblem'
  readonly finding: Finding

  constructor(code: string, message: string, advice: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.finding = { severity: 'error', code, message, advice }
  }
}

/** A value as shown in a finding: on one line, in quotes, not longer than about 80 characters. */
export function quoted(value: string): string {
  const line = value.slice(0, 1_000).replace(/\s+/g, ' ').trim().toWellFormed()
  return `"${line.length > 80 ? `${line.slice(0, 77).toWellFormed()}…` : line}"`
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
