import type { HttpResponse } from '../ports.ts'

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); undefined when absent, garbled or past. */
export function retryAfter(answer: Pick<HttpResponse, 'header'>, now: Date): Date | undefined {
  const text = answer.header('retry-after')?.trim() ?? ''
  const at = /^\d+(\.\d+)?$/.test(text) ? now.getTime() + Number(text) * 1000 : dateAt(text)
  return at > now.getTime() && at <= 8.64e15 ? new Date(at) : undefined
}

/** Only a date that begins with its day: `Date.parse` reads dates into much else, `-1` among it. */
function dateAt(text: string): number {
  return /^[A-Z][a-z]{2},? /.test(text) ? Date.parse(text) : Number.NaN
}
