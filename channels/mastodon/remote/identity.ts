import * as z from 'zod'
import type { Clock, Notes, Api } from '../../../src/ports.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Verdict } from './judge.ts'
import { read, type Reader } from './read.ts'

const identitySchema = z.object({ credential: z.string(), id: z.string(), app: z.string().exactOptional() }).readonly()
export type Identity = z.infer<typeof identitySchema>

const accountSchema = z.object({ id: z.string() })
const appSchema = z.object({ name: z.string() })

/**
 * Who the token speaks for. Asked once for each token and remembered, without the token.
 *
 * @param name of the configured account.
 */
export async function identify(
  name: string,
  reader: Reader,
  ports: { readonly api: Pick<Api, 'get'>; readonly clock: Pick<Clock, 'now'>; readonly notes: Notes },
  signal: AbortSignal,
): Promise<Identity | Verdict> {
  const note = `mastodon account ${name}`
  const credential = sha256(`credential ${name} ${reader.accessToken}`)
  const known = await ports.notes.recall(note)
  if (known !== undefined) {
    const identity = identitySchema.parse(JSON.parse(known))
    if (identity.credential === credential) return identity
  }
  const account = await read(reader, ports, '/api/v1/accounts/verify_credentials', accountSchema, signal)
  if (account.kind !== 'told') return account
  const app = await read(reader, ports, '/api/v1/apps/verify_credentials', appSchema, signal)
  // Not every server tells of its applications; one that does not answer today may do so tomorrow.
  const isSettled = app.kind === 'told' || app.kind === 'refused' || app.kind === 'denied'
  const identity = { credential, id: account.data.id, ...(app.kind === 'told' && { app: app.data.name }) }
  if (isSettled) await ports.notes.replace(note, known, JSON.stringify(identity))
  return identity
}
