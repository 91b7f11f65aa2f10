import { sha256 } from '../../../src/domain/hash.ts'
import type { Api, Clock, PaceHint } from '../../../src/ports.ts'
import { classify, type Verdict } from './classify.ts'
import { type Answer, rateHint } from './pace.ts'
import { type Account, requestTo, textOf } from './transfer.ts'

const UNSENT_WAIT_MS = 10_000

export interface BatchCall {
  /** 1 to 256 printable ASCII characters; anything else is replaced by its hash. */
  readonly key: string
  readonly body: readonly Uint8Array[]
  readonly mails: number
}

/** One `POST /emails/batch`, and what its answer means. `heard` is told what every answer says about the pace. */
export async function callBatch(
  account: Account,
  ports: { readonly api: Api; readonly clock: Clock },
  call: BatchCall,
  signal: AbortSignal,
  heard: ((hint: PaceHint) => void) | undefined,
): Promise<Verdict> {
  let answer: Answer
  try {
    const { headers, ...request } = requestTo(account, '/emails/batch')
    const response = await ports.api.post(
      {
        ...request,
        headers: {
          ...headers,
          'idempotency-key': /^[!-~]{1,256}$/.test(call.key) ? call.key : sha256(call.key),
          'x-batch-validation': 'strict',
        },
        body: call.body,
      },
      signal,
    )
    answer = { status: response.status, header: (name) => response.header(name), body: await textOf(response.body) }
  } catch (error) {
    return broken(error, signal, ports.clock.now())
  }
  const verdict = classify(answer, call.mails, ports.clock.now())
  const hint = { ...rateHint(answer), ...(verdict.kind === 'later' ? verdict.hint : {}) }
  if (Object.keys(hint).length > 0) heard?.(hint)
  return verdict
}

function broken(error: unknown, signal: AbortSignal, now: Date): Verdict {
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof Error && error.name === 'HttpError' && 'kind' in error && error.kind === 'unsent')
    return { kind: 'later', notBefore: new Date(now.getTime() + UNSENT_WAIT_MS), reason, hint: {} }
  return { kind: 'unknown', reason: signal.aborted ? 'stopped while the answer of Resend was awaited' : reason }
}
