import type { Progress } from '../pipeline/deliver.ts'
import type { Terminal } from './terminal.ts'

export interface ProgressLine {
  step(progress: Progress): void
  /** Wipes the line; harmless when called twice. */
  end(): void
}

/** One line on standard error that counts what has left; silent where nobody watches. */
export function openProgress(terminal: Terminal): ProgressLine {
  const sent = new Map<string, number>()
  let shown = false
  return {
    step({ channel, settlements }) {
      sent.set(channel, (sent.get(channel) ?? 0) + settlements.filter(({ kind }) => kind === 'sent').length)
      if (!terminal.isTerminal) return
      shown = true
      terminal.err(`\r\u001B[2K  delivering: ${[...sent].map(([id, count]) => `${id} ${count}`).join(', ')}`)
    },
    end() {
      if (shown) terminal.err('\r\u001B[2K')
      shown = false
    },
  }
}
