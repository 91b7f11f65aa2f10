import * as z from 'zod'

/** An absolute http or https address. */
export const httpUrl = z.string().refine((text) => /^https?:/i.test(text) && URL.canParse(text), {
  error: 'must be an absolute http or https address',
})

/** Well-formed text on one line or several, without control characters (see `cleanText`). */
export const plainText = z.string()
