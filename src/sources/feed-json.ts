import * as z from 'zod'
import type { Draft } from './draft.ts'

type Sources = Draft['sources']

/** What an item of a JSON Feed says beside the standard: the parser drops extensions. */
export interface JsonExtension {
  readonly section?: string | undefined
  readonly sources: Sources
}

const named = z.object({ url: z.string(), title: z.string().optional().catch(undefined) })
const manySources = z.array(named)
const linked = z.union([z.array(named), z.object({ links: z.array(named) }).transform(({ links }) => links)])

/** Sources stand in `_sources`, as an object or as others write it, or in `_groundwire`, where we used to write them. */
const extended = z
  .object({
    id: z.unknown(),
    _groundwire: z
      .object({ sources: manySources.optional().catch(undefined), section: z.string().optional().catch(undefined) })
      .optional()
      .catch(undefined),
    _sources: linked.optional().catch(undefined),
  })
  .transform(({ id, _groundwire: own, _sources: sources }) => ({
    id: String(id),
    section: own?.section,
    sources: own?.sources ?? sources ?? [],
  }))

const extendedFeed = z.object({ _groundwire: z.unknown().optional(), items: z.array(z.unknown()).optional() })

/** By the item's id. `own`: the feed is one of ours. */
export function jsonExtensions(document: unknown): {
  readonly own: boolean
  readonly items: ReadonlyMap<string, JsonExtension>
} {
  const { data } = extendedFeed.safeParse(document)
  const items = (data?.items ?? []).flatMap((item) => extended.safeParse(item).data ?? [])
  return { own: data?.['_groundwire'] !== undefined, items: new Map(items.map((item) => [item.id, item])) }
}
