import type { Ports } from '../ports.ts'

const PAUSE_MS = 60_000

/**
 * Warnings that anybody can cause, as often as they like: each text is logged at most once a minute, and then with how
 * many more there were since. One instance keeps every text it was given, so they must be few.
 */
export function rareWarnings({ clock, log }: Pick<Ports, 'clock' | 'log'>): (message: string) => void {
  const said = new Map<string, { readonly at: number; more: number }>()
  return (message) => {
    const now = clock.now().getTime()
    const last = said.get(message)
    if (last && Math.abs(now - last.at) < PAUSE_MS) {
      last.more += 1
      return
    }
    said.set(message, { at: now, more: 0 })
    log.warn(last?.more ? `${message} (${last.more} more since this was last said.)` : message)
  }
}
