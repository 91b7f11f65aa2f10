import type { Readable } from 'node:stream'

/** What a command may know of the process it runs in. Only `src/main.ts` reads `process` itself. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Working folder. */
  readonly folder: string
  /** Progress is drawn only for a person. */
  readonly isTerminal: boolean
  out(text: string): unknown
  err(text: string): unknown
  /** Like `out`; resolves when the text has been taken, rejects when nobody reads any more. */
  write?(text: string): Promise<void>
  /** Standard input. */
  readonly input?: Readable
}

/** For output of any length: waits for whoever reads it, so that it never piles up in memory. */
export async function writeOut(terminal: Terminal, text: string): Promise<void> {
  await (terminal.write ? terminal.write(text) : terminal.out(text))
}

/** Without control characters: text from a source must not command the terminal that shows it. */
export function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '')
}

/** The call's words were wrong in a way that only shows with the configuration at hand; ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
