import * as z from 'zod'
import type { Api, Clock } from '../../../src/ports.ts'
import { callResend } from '../resend/transfer.ts'
import type { EmailSettings } from '../settings.ts'

/** Two calls a second are within every limit that Resend ever had. */
const PAUSE_MS = 500

const errorSchema = z.object({ name: z.string() })

interface Headers {
  /** Whenever something answered. */
  header(name: string): string | undefined
}

/** What a call came to. */
export type Answer<T> =
  | ({ readonly kind: 'data'; readonly data: T } & Headers)
  | ({
      readonly kind: 'error'
      /** Resend's own name of the error; `application_error` for whatever was not an answer of Resend's. */
      readonly name: string
      readonly status: number | undefined
    } & Headers)

/** Resend with a key, limits of time and size for each call, and a pace; never throws for what the other side does. */
export interface ResendAccount {
  /** GET without a body, else POST. The answer is believed only as far as it fits the schema. */
  call<T>(schema: z.ZodType<T>, path: string, more?: { body: object; idempotencyKey: string }): Promise<Answer<T>>
}

export function openResend(
  { resend }: EmailSettings,
  { clock, api }: { readonly clock: Clock; readonly api: Api },
): ResendAccount {
  const account = { ...resend, apiKey: resend.apiKey ?? '' }
  let called = false
  return {
    async call(schema, path, more) {
      if (called) await clock.wait(PAUSE_MS, new AbortController().signal)
      called = true
      try {
        const deadline = clock.deadline(resend.timeoutSeconds * 1000)
        const answer = await callResend(account, api, { path, ...more }, deadline)
        const { status } = answer
        const header = (name: string): string | undefined => answer.header(name)
        const told = parsed(answer.body)
        const data = schema.safeParse(told)
        const isGood = status >= 200 && status < 300
        if (isGood && data.success) return { kind: 'data', data: data.data, header }
        const name = errorSchema.safeParse(told).data?.name ?? 'application_error'
        return { kind: 'error', name, status: isGood ? undefined : status, header }
      } catch {
        return { kind: 'error', name: 'application_error', status: undefined, header: () => undefined }
      }
    },
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
