import { Resend } from 'resend'
import * as z from 'zod'
import type { Clock } from '../../../src/ports.ts'
import type { EmailSettings } from '../settings.ts'

/** Two calls a second are within every limit that Resend ever had. */
const PAUSE_MS = 500

const responseSchema = z.object({
  data: z.unknown(),
  error: z.unknown(),
  headers: z.record(z.string(), z.string()).nullish(),
})
const errorSchema = z.object({ name: z.string(), statusCode: z.number().nullish() })

/** What a call of the SDK came to. `headers` are there whenever something answered. */
export type Answer<T> =
  | { readonly kind: 'data'; readonly data: T; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly kind: 'error'
      /** Resend's own name of the error; `application_error` for whatever was not an answer of Resend's. */
      readonly name: string
      readonly status: number | undefined
      readonly headers: Readonly<Record<string, string>>
    }

/** The SDK with a key, a time-out for each call, and a pace; it never throws for what the other side does. */
export interface ResendAccount {
  /** The answer is believed only as far as it fits the schema. */
  call<T>(
    schema: z.ZodType<T>,
    method: (resend: Resend, options: { readonly signal: AbortSignal }) => Promise<unknown>,
  ): Promise<Answer<T>>
}

/** Undefined when the configured key cannot be part of a header. */
export function openResend({ resend: settings }: EmailSettings, clock: Clock): ResendAccount | undefined {
  const resend = sdk(settings)
  let called = false
  return (
    resend && {
      async call(schema, method) {
        if (called) await clock.wait(PAUSE_MS, new AbortController().signal)
        called = true
        const answered = await method(resend, { signal: clock.deadline(settings.timeoutSeconds * 1000) })
        const { data, error, headers } = responseSchema.parse(answered)
        const parsed = schema.safeParse(data)
        if (!error && parsed.success) return { kind: 'data', data: parsed.data, headers: headers ?? {} }
        const { name = 'application_error', statusCode } = errorSchema.safeParse(error).data ?? {}
        return { kind: 'error', name, status: statusCode ?? undefined, headers: headers ?? {} }
      },
    }
  )
}

function sdk({ apiKey = '', baseUrl }: EmailSettings['resend']): Resend | undefined {
  try {
    return new Resend(apiKey, { baseUrl: baseUrl.replace(/\/+$/, '') })
  } catch {
    // What the runtime says of a bad header value repeats the value.
    return undefined
  }
}
