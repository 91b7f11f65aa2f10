import { createHash } from 'node:crypto'
import type { Clock } from '../../src/ports.ts'
import { type Answer, errorAnswer } from './resend-faults.ts'
import { type MailRules, type PostedMail, readBatch } from './resend-mails.ts'
import { fakeTemplates } from './resend-templates.ts'

const KEY_LIFE_MS = 24 * 60 * 60_000

export interface ProviderRules extends Omit<MailRules, 'validation'> {
  readonly clock: Pick<Clock, 'now'>
  readonly apiKey: string
  /** `sending`: the key may send mail and nothing else. */
  readonly access: 'full' | 'sending'
  /** Calls in one second; Infinity: no limit, and no headers about one. */
  readonly perSecond: number
  /** Mails in one UTC day and month. */
  readonly perDay: number
  readonly perMonth: number
  /** Also a refusal (4xx) is remembered under its key; the documentation leaves it open. */
  readonly remembersRefusals: boolean
  /** Keep every accepted mail for a look; otherwise only their numbers. */
  readonly keepsMails: boolean
}

export interface AcceptedMail extends PostedMail {
  readonly id: string
  readonly key: string | undefined
  readonly at: Date
}

export interface BatchCall {
  readonly key: string | undefined
  readonly body: Buffer
  readonly validation: 'strict' | 'permissive'
}

interface Remembered {
  readonly hash: string
  readonly at: number
  readonly answer: Answer
}

/** The provider behind the wire: its keys, quotas and rate, and the count of what it really accepted. */
export class FakeProvider {
  readonly accepted = new Map<string, number>()
  readonly mails: AcceptedMail[] = []
  readonly templates = fakeTemplates()
  readonly #keys = new Map<string, Remembered>()
  readonly #underWay = new Map<string, number>()
  readonly #used = new Map<string, number>()
  #window = { second: 0, calls: 0 }
  #ids = 0
  rules: ProviderRules

  constructor(rules: ProviderRules) {
    this.rules = rules
  }

  /** Headers about the rate, and the refusal when this call was one too many. Counts the call. */
  meter(): { readonly headers: Readonly<Record<string, string>>; readonly refusal?: Answer } {
    const { perSecond, clock } = this.rules
    if (perSecond === Infinity) return { headers: {} }
    const second = Math.floor(clock.now().getTime() / 1000)
    if (this.#window.second !== second) this.#window = { second, calls: 0 }
    this.#window.calls += 1
    const remaining = perSecond - this.#window.calls
    const headers = {
      'ratelimit-limit': String(perSecond),
      'ratelimit-remaining': String(Math.max(0, remaining)),
      'ratelimit-reset': '1',
      'ratelimit-policy': `${perSecond};w=1`,
    }
    if (remaining >= 0) return { headers }
    return { headers, refusal: errorAnswer('rate_limit_exceeded', { headers: { 'retry-after': '1' } }) }
  }

  /** The refusal of a call whose credentials do not allow it. */
  admit(authorization: string | undefined, sends: boolean): Answer | undefined {
    if (authorization === undefined) return errorAnswer('missing_api_key')
    if (authorization !== `Bearer ${this.rules.apiKey}`) return errorAnswer('invalid_api_key')
    return this.rules.access === 'sending' && !sends ? errorAnswer('restricted_api_key') : undefined
  }

  /** From now until `end`, further calls under this key are told that one is under way. */
  begin(key: string | undefined): { end(): void } {
    if (key === undefined) return { end: () => undefined }
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1)
    return { end: () => this.#underWay.set(key, (this.#underWay.get(key) ?? 1) - 1) }
  }

  isUnderWay(key: string | undefined): boolean {
    return key !== undefined && (this.#underWay.get(key) ?? 0) > 0
  }

  /** Accepts the batch, replays the answer that its key stands for, or refuses. */
  post(call: BatchCall): Answer & { readonly replayed: boolean } {
    const { key } = call
    if (key === undefined) return { ...this.#accept(call), replayed: false }
    if (key.length === 0 || key.length > 256) return { ...errorAnswer('invalid_idempotency_key'), replayed: false }
    const now = this.rules.clock.now().getTime()
    const hash = createHash('sha1').update(call.validation).update(call.body).digest('hex')
    const known = this.#keys.get(key)
    if (known && now - known.at < KEY_LIFE_MS) {
      if (known.hash !== hash) return { ...errorAnswer('invalid_idempotent_request'), replayed: false }
      return { ...known.answer, replayed: true }
    }
    const answer = this.#accept(call)
    const isFinal = answer.status < 300 || (this.rules.remembersRefusals && answer.status !== 429)
    if (isFinal) this.#keys.set(key, { hash, at: now, answer })
    return { ...answer, replayed: false }
  }

  #accept({ key, body, validation }: BatchCall): Answer {
    const batch = readBatch(body, { ...this.rules, validation }, this.templates)
    if ('status' in batch) return batch
    const mails = batch.mails.filter((mail) => mail !== undefined)
    const overdrawn = this.#draw(mails.length)
    if (overdrawn) return overdrawn
    const at = this.rules.clock.now()
    const data = mails.map((mail) => {
      this.#ids += 1
      const id = `49a3999c-0ce1-4ea6-ab68-${this.#ids.toString(16).padStart(12, '0')}`
      for (const address of mail.to) this.accepted.set(address, (this.accepted.get(address) ?? 0) + 1)
      if (this.rules.keepsMails) this.mails.push({ ...mail, id, key, at })
      return { id }
    })
    return { status: 200, body: JSON.stringify(validation === 'strict' ? { data } : { data, errors: batch.errors }) }
  }

  /** Takes mails off the quotas of the day and the month; the refusal when there are not enough left. */
  #draw(mails: number): Answer | undefined {
    const now = this.rules.clock.now().toISOString()
    const day = now.slice(0, 10)
    const month = now.slice(0, 7)
    const quota = { 'x-resend-daily-quota': String(this.#used.get(day) ?? 0) }
    if ((this.#used.get(month) ?? 0) + mails > this.rules.perMonth)
      return errorAnswer('monthly_quota_exceeded', { headers: quota })
    if ((this.#used.get(day) ?? 0) + mails > this.rules.perDay)
      return errorAnswer('daily_quota_exceeded', { headers: quota })
    for (const period of [day, month]) this.#used.set(period, (this.#used.get(period) ?? 0) + mails)
    return undefined
  }
}
