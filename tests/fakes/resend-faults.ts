/**
 * What goes wrong with one call. `acts`: whether the provider carries the call out all the same, so that its mails are
 * accepted and its key is remembered, and only the answer is lost or spoilt.
 */
export type Fault =
  | { readonly acts: boolean; readonly ends: 'reset' | 'hang' | 'cut' }
  /** The connection breaks while the call is still being written. */
  | { readonly acts: false; readonly ends: 'reset-early' }
  | {
      readonly acts: boolean
      readonly ends: 'answer'
      readonly status: number
      readonly body: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Acts only when `ms` have passed; until then another call under the same key is told that this one is under way. */
  | { readonly acts: true; readonly ends: 'slow'; readonly ms: number }

const html = (title: string): string => `<!doctype html><html><head><title>${title}</title></head><body></body></html>`
const HTML = { 'content-type': 'text/html' }
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

export const faults = {
  /** The connection breaks before the provider looked at the call. */
  resetBefore: { acts: false, ends: 'reset' },
  resetEarly: { acts: false, ends: 'reset-early' },
  /** The mails are accepted and the connection breaks before the first byte of the answer. */
  acceptThenReset: { acts: true, ends: 'reset' },
  /** The mails are accepted and the connection breaks in the middle of the answer. */
  loseAnswer: { acts: true, ends: 'cut' },
  hang: { acts: false, ends: 'hang' },
  acceptThenHang: { acts: true, ends: 'hang' },
  html502: { acts: false, ends: 'answer', status: 502, body: html('502 Bad Gateway'), headers: HTML },
  acceptThenHtml502: { acts: true, ends: 'answer', status: 502, body: html('502 Bad Gateway'), headers: HTML },
  html200: { acts: false, ends: 'answer', status: 200, body: html('Back soon'), headers: HTML },
  acceptThenHtml200: { acts: true, ends: 'answer', status: 200, body: html('Back soon'), headers: HTML },
  nameless502: { acts: false, ends: 'answer', status: 502, body: '{"message":"upstream"}', headers: JSON_TYPE },
  html429: { acts: false, ends: 'answer', status: 429, body: html('Slow down'), headers: HTML },
} as const satisfies Readonly<Record<string, Fault>>

/** Errors of the provider: its names, the status each comes with, and its words for it. */
export const providerErrors = {
  invalid_idempotency_key: [400, 'The key must be between 1-256 chars.'],
  validation_error: [422, 'We found an error with one or more fields in the request.'],
  missing_api_key: [401, 'Missing API key in the authorization header.'],
  restricted_api_key: [401, 'This API key is restricted to only send emails.'],
  invalid_api_key: [403, 'API key is invalid.'],
  not_found: [404, 'The requested endpoint does not exist.'],
  method_not_allowed: [405, 'Method is not allowed for the requested path.'],
  invalid_idempotent_request: [409, 'Same idempotency key used with a different request payload.'],
  concurrent_idempotent_requests: [409, 'Same idempotency key used while original request is still in progress.'],
  invalid_attachment: [422, 'Attachment must have either a `content` or `path`.'],
  invalid_from_address: [422, 'Invalid `from` field.'],
  invalid_access: [422, 'Access must be "full_access" | "sending_access".'],
  invalid_parameter: [422, 'The parameter must be a valid UUID.'],
  invalid_region: [422, 'Region must be "us-east-1" | "eu-west-1" | "sa-east-1".'],
  missing_required_field: [422, 'The request body is missing one or more required fields.'],
  monthly_quota_exceeded: [429, 'You have reached your monthly email sending quota.'],
  daily_quota_exceeded: [429, 'You have reached your daily email sending quota.'],
  rate_limit_exceeded: [429, 'Too many requests. Please limit the number of requests per second.'],
  security_error: [451, 'We may have found a security issue with the request.'],
  application_error: [500, 'An unexpected error occurred.'],
  internal_server_error: [500, 'An unexpected error occurred.'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>
export type ProviderErrorName = keyof typeof providerErrors

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The provider's error of this name as it answers it. */
export function errorAnswer(
  name: ProviderErrorName,
  {
    status = providerErrors[name][0],
    message = providerErrors[name][1],
    headers = {},
  }: { status?: number; message?: string; headers?: Readonly<Record<string, string>> } = {},
): Answer {
  return { status, headers, body: JSON.stringify({ statusCode: status, message, name }) }
}

/** The call is refused with this error, and nothing of it is carried out. */
export function refusal(name: ProviderErrorName, more?: Parameters<typeof errorAnswer>[1]): Fault {
  const { headers, ...answer } = errorAnswer(name, more)
  return { acts: false, ends: 'answer', ...answer, headers: { ...JSON_TYPE, ...headers } }
}

export function slow(ms: number): Fault {
  return { acts: true, ends: 'slow', ms }
}

/** Refuses so many calls as too many, from the first on. */
export function storm(calls: number, retryAfterSeconds = 1): (call: { readonly number: number }) => Fault | undefined {
  const tooMany = refusal('rate_limit_exceeded', { headers: { 'retry-after': String(retryAfterSeconds) } })
  return ({ number }) => (number <= calls ? tooMany : undefined)
}

/**
 * Spoils a share of the calls, each by a fault picked by chance. The same seed gives the same row of faults.
 *
 * @param random between 0 and 1.
 */
export function byChance(
  random: () => number,
  share: number,
  among: readonly Fault[],
): (call: { readonly number: number }) => Fault | undefined {
  return () => (random() < share ? among[Math.floor(random() * among.length)] : undefined)
}
