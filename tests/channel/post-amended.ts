import type { AmendInput, Channel, Posted } from '../../src/channel.ts'
import type { AmendmentKind } from '../../src/domain/amendment.ts'
import type { Edition } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { frozen } from '../../src/pipeline/render.ts'
import { sampleEdition, samplePublication } from '../fixtures/edition.ts'
import { nothingPublished } from '../../src/channel/published.ts'

export const day = sampleEdition()
export const context = {
  house: { publication: samplePublication, publicUrl: 'https://morningcheck.example' },
  published: nothingPublished,
}

/** The item at this place of the day, as it now is. */
export function itemAt(place: number, changes: Partial<Item> = {}): Item {
  const item = [...day.stories, ...day.briefs][place]
  if (!item) throw new Error(`The day has no item ${place}`)
  return { ...item, ...changes }
}

export function amendmentOf(kind: AmendmentKind, item: Item, note: string): Omit<AmendInput, 'posted'> {
  const amendment = {
    id: `${kind}/2026-06-30-1f0c2b7a`,
    kind,
    url: item.url,
    title: item.title,
    note,
    at: '2026-06-30T08:00:00.000Z',
  }
  return { amendment, item }
}

/** What left of the day, each delivery under `<channel>/<rendering id>`. */
export function posted(
  channel: Pick<Channel, 'id'>,
  renderings: readonly Rendering[],
  edition: Edition = day,
): Posted[] {
  return renderings.map((rendering) => {
    const key = `${channel.id}/${rendering.id}`
    const delivery = { key, group: key, edition: edition.id, channel: channel.id, rendering: rendering.id }
    return {
      edition,
      rendering: frozen(channel.id, rendering),
      delivery: { ...delivery, target: rendering.item ?? rendering.id, state: 'sent', attempts: 1, doubts: 0 },
    }
  })
}

/** The renderings of an amendment, for what was posted under the same settings. */
export async function amended<Settings>(
  channel: Channel<Settings>,
  settings: unknown,
  amendment: Omit<AmendInput, 'posted'>,
  more: readonly Posted[] = [],
): Promise<Rendering[]> {
  const parsed = channel.settings.parse(settings)
  const left = posted(channel, await channel.render(day, context, parsed))
  return (await channel.amend?.({ ...amendment, posted: [...left, ...more] }, day, context, parsed)) ?? []
}
