import { generateKeyPairSync } from 'node:crypto'
import type { Server } from 'node:net'
import type { Finding } from '../../../src/domain/finding.ts'
import type { Dns } from '../../../src/ports.ts'

export interface Zone {
  readonly txt?: Readonly<Record<string, readonly string[]>>
  readonly mx?: Readonly<Record<string, readonly string[]>>
  /** Names whose questions are never answered. */
  readonly broken?: readonly string[]
}

/** Answers from a table and remembers what it was asked. */
export function scriptedDns({ txt = {}, mx = {}, broken = [] }: Zone): Dns & { readonly asked: string[] } {
  const asked: string[] = []
  const answer = async (table: Readonly<Record<string, readonly string[]>>, name: string): Promise<string[]> => {
    asked.push(name)
    if (broken.includes(name)) throw new Error('ESERVFAIL')
    return [...(table[name] ?? [])]
  }
  return { asked, txt: (name) => answer(txt, name), mx: (name) => answer(mx, name) }
}

/** A DKIM record with a new RSA key of so many bits. */
export function dkimRecord(bits: number): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  return `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`
}

/** `error spf-missing`, in order. */
export function said(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, code }) => `${severity} ${code}`)
}

/** Lets a server listen on a free port of loopback. @returns the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return address.port
}
