import * as z from 'zod'

/** Of what amends a post: delivery key of what is amended, and which of its posts, from 0. */
export const amendedPart = { of: z.string(), part: z.int().min(0) }

/** As it is frozen, for people to read too. */
export function frozenText(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`
}

/** What was frozen; undefined for what is none of it, such as posts of an earlier version. */
export function readFrozen<Content>(schema: z.ZodType<Content>, text: string): Content | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
