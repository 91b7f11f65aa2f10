import * as z from 'zod'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import { whoIs } from './denied.ts'
import { type Job, later, nothingDone } from './job.ts'
import type { Verdict } from './judge.ts'
import type { Place } from './note.ts'
import { read } from './read.ts'

const OTHER_ACCOUNT_WAIT_MS = 15 * 60_000

const identitySchema = z.object({ credential: z.string(), id: z.string(), app: z.string().exactOptional() }).readonly()
export type Identity = z.infer<typeof identitySchema>

const appSchema = z.object({ name: z.string() })

/**
 * Who the token speaks for. Asked once for each token and instance and remembered, without the token. Without its
 * application only what has our very words is taken for ours.
 */
export async function identify(job: Job): Promise<Identity | Verdict> {
  const { account, reader, ports, signal } = job
  const note = `mastodon account ${account.name}`
  const credential = sha256(`credential ${account.name} ${account.url} ${account.accessToken}`)
  const known = await ports.notes.recall(note)
  if (known !== undefined) {
    const identity = identitySchema.parse(JSON.parse(known))
    if (identity.credential === credential) return identity
  }
  const who = await whoIs(job)
  if (who.kind !== 'told') return who
  const app = await read(reader, ports, '/api/v1/apps/verify_credentials', appSchema, signal)
  if (app.kind === 'busy' || app.kind === 'unsent') return app
  const identity = { credential, id: who.data.id, ...(app.kind === 'told' && { app: app.data.name }) }
  // Not every server tells of its applications; one that fails to is asked again.
  if (app.kind === 'unknown') return identity
  await ports.notes.replace(note, known, JSON.stringify(identity))
  return identity
}

/** A token that was changed for another account's would post there what may have been posted here. */
export async function speaksForAnother(job: Job, { server, account }: Place): Promise<Outcome | undefined> {
  if (server === job.account.url) {
    const identity = await identify(job)
    if ('kind' in identity) return nothingDone(job, identity)
    if (identity.id === account) return undefined
  }
  const reason =
    'it was begun on another account than the one that url and access token are for now; set the former ones'
  return later(job.ports, OTHER_ACCOUNT_WAIT_MS, reason)
}

/** Whether the server, asked now, answers for this account: only then is its "not found" its own word. */
export async function answersFor(job: Job, { account }: Place): Promise<boolean> {
  const who = await whoIs(job)
  return who.kind === 'told' && who.data.id === account
}
