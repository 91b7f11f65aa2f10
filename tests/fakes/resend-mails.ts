import * as z from 'zod'
import { type Answer, errorAnswer } from './resend-faults.ts'
import type { FakeTemplates } from './resend-templates.ts'

/** One mail of a batch, as far as it was read. */
export interface PostedMail {
  readonly to: readonly string[]
  /** Value of the tag `delivery`. */
  readonly delivery?: string
  /** All of it, with a template filled in; only when bodies are read in full. */
  readonly body?: MailBody
}

export interface MailRules {
  /** `full`: every field is checked and kept; `scan`: only addresses and delivery tags are looked for, at little cost. */
  readonly reads: 'full' | 'scan'
  /** Domains that may stand in `from`; undefined: any. */
  readonly domains: readonly string[] | undefined
  /** Addresses the provider does not take, besides those that are none. */
  readonly refuses: (address: string) => boolean
  /** How a refusal of one mail says which: by nothing (as observed), a path with the index, or the address itself. */
  readonly blames: 'nobody' | 'index' | 'address'
  readonly validation: 'strict' | 'permissive'
}

/** What is sent and what is not; undefined entries of `mails` were refused one by one (permissive validation). */
export interface ReadBatch {
  readonly mails: readonly (PostedMail | undefined)[]
  readonly errors: readonly { readonly index: number; readonly message: string }[]
}

const addresses = z.union([z.string(), z.array(z.string()).min(1).max(50)])
const tag = z.strictObject({
  name: z.string().regex(/^[\w-]{1,256}$/),
  value: z.string().regex(/^[\w-]{1,256}$/),
})
const mailSchema = z.strictObject({
  from: z.string(),
  to: addresses,
  subject: z.string().min(1),
  html: z.string().optional(),
  text: z.string().optional(),
  reply_to: addresses.optional(),
  headers: z.record(z.string().regex(/^[!-9;-~]+$/), z.string().regex(/^[^\r\n]*$/)).optional(),
  tags: z.array(tag).optional(),
  template: z
    .strictObject({ id: z.string(), variables: z.record(z.string(), z.union([z.string(), z.number()])).optional() })
    .optional(),
})
export type MailBody = z.infer<typeof mailSchema>

const ADDRESS = /^(?:[^<>]*<)?[^\s<>@",;:]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*>?$/i
const MOST_MAILS = 100
const WRONG_ADDRESS =
  'Invalid `to` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.'

/** The batch, or the provider's refusal of all of it. */
export function readBatch(body: Buffer, rules: MailRules, templates: FakeTemplates): ReadBatch | Answer {
  if (rules.reads === 'scan') return judged(scan(body), rules)
  let entries: unknown
  try {
    entries = JSON.parse(body.toString())
  } catch {
    return invalid('The request body is not valid JSON.', 400)
  }
  if (!Array.isArray(entries) || entries.length === 0) return invalid('The payload must be an array of emails.')
  const posted: PostedMail[] = []
  for (const [index, entry] of entries.entries()) {
    const mail = readMail(entry, index, rules, templates)
    if ('status' in mail) return mail
    posted.push(mail)
  }
  return judged(posted, rules)
}

function readMail(entry: unknown, index: number, rules: MailRules, templates: FakeTemplates): PostedMail | Answer {
  const parsed = mailSchema.safeParse(entry)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = issue?.path.join('.') ?? ''
    return invalid(`emails[${index}].${field}: ${issue?.message ?? 'invalid'}`)
  }
  const mail = parsed.data
  if (!ADDRESS.test(mail.from)) return errorAnswer('invalid_from_address')
  const domain = mail.from.slice(mail.from.lastIndexOf('@') + 1).replace('>', '')
  if (rules.domains && !rules.domains.includes(domain))
    return invalid(`The ${domain} domain is not verified. Please, add and verify your domain on resend.com.`, 403)
  if (mail.template && (mail.html !== undefined || mail.text !== undefined))
    return invalid('`template` cannot be combined with `html` or `text`.')
  if (!mail.template && mail.html === undefined && mail.text === undefined)
    return errorAnswer('missing_required_field', { message: 'Missing `html` or `text` field.' })
  const filled = mail.template ? templates.fill(mail.template.id, mail.template.variables ?? {}) : undefined
  if (filled && 'status' in filled) return filled
  const delivery = mail.tags?.find(({ name }) => name === 'delivery')?.value
  return {
    to: typeof mail.to === 'string' ? [mail.to] : mail.to,
    body: { ...mail, ...filled },
    ...(delivery === undefined ? {} : { delivery }),
  }
}

/**
 * Finds the tag `delivery` of each mail and the first address behind its `"to":` without reading the rest: the page
 * stands before the tags, so only the text is searched for the address. Inside a JSON string every quote has a
 * backslash before it, so that neither can be found in a page or a text. Mails without that tag are not seen.
 */
function scan(body: Buffer): PostedMail[] {
  const mails: PostedMail[] = []
  const mark = 'delivery","value":"'
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) {
    const to = body.indexOf('"', body.indexOf('"to":', at) + 5)
    mails.push({ to: [stringAt(body, to)], delivery: stringAt(body, at + mark.length - 1) })
  }
  return mails
}

/** The string that opens with the quote at `at`. */
function stringAt(body: Buffer, at: number): string {
  return body.toString('utf8', at + 1, body.indexOf('"', at + 1))
}

function judged(posted: readonly PostedMail[], rules: MailRules): ReadBatch | Answer {
  if (posted.length > MOST_MAILS) return invalid(`The batch can contain a maximum of ${MOST_MAILS} emails.`)
  const errors = posted.flatMap(({ to }, index) => {
    const wrong = to.find((address) => !ADDRESS.test(address) || rules.refuses(address))
    return wrong === undefined ? [] : [{ index, message: WRONG_ADDRESS, wrong }]
  })
  const [first] = errors
  if (!first) return { mails: posted, errors: [] }
  if (rules.validation === 'strict') return invalid(blame(first, rules.blames))
  const refused = new Set(errors.map(({ index }) => index))
  return {
    mails: posted.map((mail, index) => (refused.has(index) ? undefined : mail)),
    errors: errors.map(({ index, message }) => ({ index, message })),
  }
}

function blame({ index, wrong }: { index: number; wrong: string }, blames: MailRules['blames']): string {
  if (blames === 'index') return `emails[${index}].to: ${WRONG_ADDRESS}`
  return blames === 'address' ? `${WRONG_ADDRESS} Got ${wrong}.` : WRONG_ADDRESS
}

function invalid(message: string, status = 422): Answer {
  return errorAnswer('validation_error', { message, status })
}
