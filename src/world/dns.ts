import { Resolver } from 'node:dns/promises'
import { setTimeout } from 'node:timers/promises'
import type { Dns } from '../ports.ts'

export interface DnsOptions {
  /** Addresses of name servers, with their port if it is not 53; absent: those of the system. */
  readonly servers?: readonly string[]
  /** Of one question, all name servers and tries together; 5 s unless told. */
  readonly timeoutMs?: number
}

/** There is no such name, or none of its records are of the kind that was asked for. */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA'])

/** The DNS as the system is told to ask it. Errors name the question and the code, such as ESERVFAIL or ETIMEOUT. */
export function createDns({ servers, timeoutMs = 5000 }: DnsOptions = {}): Dns {
  const ask = async <T>(kind: string, name: string, question: (resolver: Resolver) => Promise<T[]>): Promise<T[]> => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
    if (servers) resolver.setServers(servers)
    const answered = new AbortController()
    // The resolver's own time-out counts for each name server anew.
    void setTimeout(timeoutMs, undefined, { signal: answered.signal, ref: false }).then(
      () => resolver.cancel(),
      () => undefined,
    )
    try {
      return await question(resolver)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      if (NOTHING.has(code)) return []
      throw new Error(`The ${kind} records of ${name} could not be looked up: ${code}.`, { cause: error })
    } finally {
      answered.abort()
    }
  }
  return {
    async txt(name) {
      const records = await ask('TXT', name, (resolver) => resolver.resolveTxt(name))
      return records.map((strings) => strings.join(''))
    },
    async mx(name) {
      const records = await ask('MX', name, (resolver) => resolver.resolveMx(name))
      return records.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange)
    },
  }
}
