import * as z from 'zod'
import type { Finding } from '../../../src/domain/finding.ts'
import type { EmailSettings } from '../settings.ts'
import { finding } from '../finding.ts'

const periodSchema = z.object({ used: z.number(), limit: z.number().nullable() })
export const usageSchema = z.object({
  emails: z.object({ daily: periodSchema, monthly: periodSchema }).optional(),
  rate_limit: z.object({ limit: z.number().positive(), duration: z.string() }).optional(),
})
export type Usage = z.infer<typeof usageSchema>

const MAILS_PER_CALL = 100
const EXAMPLE_READERS = 10_000
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** What Resend allows against what is configured, in terms of readers. */
export function aboutRate(
  { resend: { callsPerSecond } }: EmailSettings,
  usage: Usage | undefined,
  limitHeader: string | undefined,
): Finding[] {
  const allowed = allowedPerSecond(usage, limitHeader)
  if (allowed === undefined) {
    const message = `Sending begins with ${rate(callsPerSecond)}; ${duration(callsPerSecond)}. What Resend allows was not told.`
    return [finding('note', 'resend-rate', message)]
  }
  if (callsPerSecond > allowed) {
    const message = `Resend allows ${rate(allowed)}, and ${rate(callsPerSecond)} are configured: the first will be refused, then sending slows down.`
    const advice = `Set channels.email.resend.callsPerSecond to ${number(allowed)} or less, or ask Resend for more.`
    return [finding('warning', 'resend-rate', message, advice)]
  }
  const message = `Resend allows ${rate(allowed)}; sending begins with ${number(callsPerSecond)}, where ${duration(callsPerSecond)}, and quickens.`
  return [finding('note', 'resend-rate', message)]
}

function allowedPerSecond(usage: Usage | undefined, limitHeader = ''): number | undefined {
  const told = usage?.rate_limit
  if (told) return told.limit / seconds(told.duration)
  const limit = /^\d{1,6}/.exec(limitHeader)?.[0]
  return limit === undefined || Number(limit) === 0 ? undefined : Number(limit)
}

/** `1s`, `second`, `10 seconds`, `1m`: the period that a limit holds for; a second where it is not understood. */
function seconds(period: string): number {
  const [, count = '', unit = ''] = /^\s*(\d{0,6})\s*([smh])/i.exec(period) ?? []
  return Math.max(1, Number(count || 1) * (UNIT_SECONDS[unit.toLowerCase()] ?? 1))
}

/** How much the plan lets through; a digest that is larger waits for the next day. */
export function aboutQuota(usage: Usage | undefined): Finding[] {
  return [...quota('today', 'day', usage?.emails?.daily), ...quota('this month', 'month', usage?.emails?.monthly)]
}

function quota(when: string, period: string, amount: z.infer<typeof periodSchema> | undefined): Finding[] {
  if (amount?.limit === undefined || amount.limit === null) return []
  const { used, limit } = amount
  const left = Math.max(0, limit - used)
  const message = `The plan allows ${number(limit)} mails a ${period}; ${number(left)} are left ${when}.`
  const advice = `A digest to more readers than that waits for the next ${period}; a larger plan: https://resend.com/settings/billing.`
  return [finding(left === 0 ? 'warning' : 'note', 'resend-quota', message, advice)]
}

function rate(perSecond: number): string {
  return `${number(perSecond)} ${perSecond === 1 ? 'call' : 'calls'} a second`
}

function duration(perSecond: number): string {
  const time = EXAMPLE_READERS / MAILS_PER_CALL / perSecond
  return `${number(EXAMPLE_READERS)} readers take ${time < 120 ? `${number(time)} s` : `${number(time / 60)} min`}`
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })
}
