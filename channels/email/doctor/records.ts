import type { Finding } from '../../../src/domain/finding.ts'
import type { Dns } from '../../../src/ports.ts'
import { finding, quoted } from '../finding.ts'

/** After so many names that were not answered the name server is not asked again: each may have cost a time-out. */
const MOST_FAILURES = 4

/** DNS for one diagnosis: each name is asked once, and what was not answered is told at the end. */
export interface Records {
  /** Undefined when the name server did not answer, which says nothing about the records. */
  txt(name: string): Promise<readonly string[] | undefined>
  mx(name: string): Promise<readonly string[] | undefined>
  /** One finding for all names that were not answered. */
  failures(): Finding[]
}

export function readRecords(dns: Dns): Records {
  const asked = new Map<string, Promise<readonly string[] | undefined>>()
  const failed: string[] = []
  const ask = (kind: keyof Dns, name: string): Promise<readonly string[] | undefined> => {
    const key = `${kind} ${name.toLowerCase()}`
    const answer = asked.get(key) ?? look(dns, kind, name, failed)
    asked.set(key, answer)
    return answer
  }
  return {
    txt: (name) => ask('txt', name),
    mx: (name) => ask('mx', name),
    failures: () =>
      failed.length === 0
        ? []
        : [
            finding(
              'warning',
              'dns-unanswered',
              `The name server did not answer for ${failed.join(', ')}; what depends on it was not checked.`,
              'Run doctor again; if it stays so, check the name server of this machine and those of the domain.',
            ),
          ],
  }
}

async function look(dns: Dns, kind: keyof Dns, name: string, failed: string[]): Promise<readonly string[] | undefined> {
  if (failed.length >= MOST_FAILURES) return undefined
  try {
    return await dns[kind](name)
  } catch {
    failed.push(`${quoted(name)} (${kind.toUpperCase()})`)
    return undefined
  }
}

/** `name=value` pairs between semicolons, as DKIM (RFC 6376, 3.2) and DMARC (RFC 7489, 6.4) write them; names in lower case, the first of a name counts. */
export function tagsOf(record: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  for (const part of record.split(';')) {
    const at = part.indexOf('=')
    const name = part.slice(0, at).trim().toLowerCase()
    if (at > 0 && !tags.has(name)) tags.set(name, part.slice(at + 1).trim())
  }
  return tags
}
