import * as z from 'zod'
import type { ChannelPorts } from '../../../src/channel.ts'
import { type Instance, instanceSchema, type Known, usualInstance } from '../known.ts'
import { accountsOf, type MastodonSettings } from '../settings.ts'
import { cleaned } from './judge.ts'
import { read } from './read.ts'

const FRESH_MS = 24 * 60 * 60_000
/** An instance that did not answer is not asked again at every preview. */
const AGAIN_MS = 5 * 60_000
const TIMEOUT_MS = 10_000

/** Larger limits than anybody means, and smaller ones than a post with its links needs, are mistakes. */
const characters = z.int().min(100).max(1_000_000)
const urlLength = z.int().min(1).max(1000)
const description = z.int().min(1).max(100_000)
const mediaType = z.string().regex(/^[\w.+-]{1,40}\/[\w.+-]{1,60}$/)

/** The same in v1 and v2, as far as it is used; whatever is not sane is as if it were not said. */
const toldSchema = z.object({
  version: z.string().catch(''),
  max_toot_chars: characters.optional().catch(undefined),
  configuration: z
    .object({
      statuses: z
        .object({
          max_characters: characters.optional().catch(undefined),
          characters_reserved_per_url: urlLength.optional().catch(undefined),
        })
        .catch({}),
      media_attachments: z
        .object({
          description_limit: description.optional().catch(undefined),
          supported_mime_types: z.array(mediaType).max(200).optional().catch(undefined),
        })
        .catch({}),
    })
    .catch({ statuses: {}, media_attachments: {} }),
})

const rememberedSchema = z.object({
  url: z.string(),
  triedAt: z.iso.datetime(),
  at: z.iso.datetime().exactOptional(),
  path: z.string().exactOptional(),
  instance: instanceSchema.exactOptional(),
})
type Remembered = z.infer<typeof rememberedSchema>

type Ports = Pick<ChannelPorts, 'clock' | 'api' | 'notes'>

/**
 * What each account's instance says of itself, asked once a day; what it said last where it does not answer. Accounts
 * whose instance never answered are not in it. Never rejects.
 */
export async function learnInstances(settings: MastodonSettings, ports: Ports, signal: AbortSignal): Promise<Known> {
  const each = await Promise.all(
    accountsOf(settings).map(async ({ name, url }) => {
      const learned = await learn(name, url, ports, signal).catch(() => undefined)
      return learned?.instance ? [[name, learned.instance] as const] : []
    }),
  )
  return Object.fromEntries(each.flat())
}

/** What was learned last of the account's instance, without asking; else what Mastodon itself says. */
export async function rememberedInstance({ notes }: Pick<Ports, 'notes'>, name: string): Promise<Instance> {
  return (await recalled(notes, name))?.instance ?? usualInstance
}

/** @param name of the account. @returns also which address told (`path`), and when (`at`). */
export async function learn(name: string, url: string, ports: Ports, signal?: AbortSignal): Promise<Remembered> {
  const { clock, notes } = ports
  const before = await notes.recall(noteName(name))
  const known = await recalled(notes, name)
  const own = known?.url === url ? known : undefined
  const now = clock.now().getTime()
  const age = (since: string | undefined): number =>
    since === undefined ? Infinity : Math.abs(now - Date.parse(since))
  if (own && (age(own.at) < FRESH_MS || age(own.triedAt) < AGAIN_MS)) return own
  const triedAt = new Date(now).toISOString()
  const told = await ask(url, ports, signal)
  const after: Remembered = told ? { url, triedAt, at: triedAt, ...told } : { ...own, url, triedAt }
  await notes.replace(noteName(name), before, JSON.stringify(after))
  return after
}

async function ask(
  url: string,
  ports: Ports,
  signal: AbortSignal | undefined,
): Promise<Pick<Remembered, 'path' | 'instance'> | undefined> {
  const reader = { url, accessToken: '', timeoutMs: TIMEOUT_MS }
  for (const path of ['/api/v2/instance', '/api/v1/instance']) {
    const told = await read(reader, ports, path, toldSchema, signal)
    if (told.kind === 'told') return { path, instance: instanceOf(told.data) }
    // What did not answer to the one will not answer to the other.
    if (told.kind !== 'refused' && told.kind !== 'denied') return undefined
  }
  return undefined
}

function instanceOf({ version, max_toot_chars: old, configuration }: z.infer<typeof toldSchema>): Instance {
  const { statuses, media_attachments: media } = configuration
  return {
    maxCharacters: statuses.max_characters ?? old ?? usualInstance.maxCharacters,
    urlCharacters: statuses.characters_reserved_per_url ?? usualInstance.urlCharacters,
    maxDescription: media.description_limit ?? usualInstance.maxDescription,
    mediaTypes: media.supported_mime_types ?? usualInstance.mediaTypes,
    version: cleaned(version, '').slice(0, 80),
  }
}

async function recalled(notes: Ports['notes'], name: string): Promise<Remembered | undefined> {
  const known = await notes.recall(noteName(name))
  return known === undefined ? undefined : rememberedSchema.parse(JSON.parse(known))
}

function noteName(name: string): string {
  return `mastodon instance ${name}`
}
