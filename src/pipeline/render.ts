import type { AmendInput, Channel, RenderContext } from '../channel.ts'
import type { Published } from '../channel/published.ts'
import type { Edition } from '../domain/edition.ts'
import { sha256 } from '../domain/hash.ts'
import type { Picture } from '../domain/picture.ts'
import type { Rendering } from '../domain/rendering.ts'
import type { FrozenRendering } from '../ports.ts'

/** A channel with the settings it was configured with. */
export interface ConfiguredChannel {
  readonly channel: Channel
  readonly settings: unknown
}

/** What rendering needs of the world; everything in it is optional to it. */
export interface Gathered {
  /** What each channel learned, by its id. */
  readonly known: ReadonlyMap<string, unknown>
  /** By item URL, and by its id the edition's own card. */
  readonly pictures: ReadonlyMap<string, Picture>
}

/** What all channels render with, and what those with documents do. */
export interface RenderInput extends Pick<RenderContext, 'house' | 'published'> {
  readonly documents?: {
    readonly house: RenderContext['house']
    /** By channel. */
    readonly bases: ReadonlyMap<string, Published['standing']>
  }
}

export const nothingGathered: Gathered = { known: new Map(), pictures: new Map() }

/** What every channel makes of the edition. Pure, given pure channels. */
export async function render(
  edition: Edition,
  channels: readonly ConfiguredChannel[],
  input: RenderInput,
  about: Gathered = nothingGathered,
): Promise<FrozenRendering[]> {
  const each = await Promise.all(
    channels.map(async ({ channel, settings }) => {
      const context = contextOf(channel, input, about)
      return (await channel.render(edition, context, settings)).map((rendering) => frozen(channel.id, rendering))
    }),
  )
  return each.flat()
}

/** What every channel that has a way of its own for it makes of a correction or retraction. Pure, given pure channels. */
export async function renderAmendment(
  edition: Edition,
  amendment: AmendInput,
  channels: readonly ConfiguredChannel[],
  input: RenderInput,
  about: Gathered = nothingGathered,
): Promise<FrozenRendering[]> {
  const each = await Promise.all(
    channels.map(async ({ channel, settings }) => {
      const context = contextOf(channel, input, about)
      const told = { ...amendment, posted: amendment.posted.filter(({ delivery }) => delivery.channel === channel.id) }
      const renderings = (await channel.amend?.(told, edition, context, settings)) ?? []
      return renderings.map((rendering) => frozen(channel.id, rendering))
    }),
  )
  return each.flat()
}

function contextOf(channel: Channel, input: RenderInput, { known, pictures }: Gathered): RenderContext {
  const { house, published, documents } = input
  const context = { house, published, known: known.get(channel.id), pictures }
  if (!channel.document || !documents) return context
  const standing = documents.bases.get(channel.id) ?? published.standing
  return { ...context, house: documents.house, published: { ...published, standing } }
}

export function frozen(channel: string, rendering: Rendering): FrozenRendering {
  return { ...rendering, channel, hash: sha256(`${rendering.mediaType}\n${rendering.content}`) }
}
