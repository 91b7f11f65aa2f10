import * as z from 'zod'
import type { Api, Clock, FrozenRendering } from '../../../src/ports.ts'
import type { MailContent } from '../content.ts'
import { splitTemplate } from '../template.ts'
import { classify, type Verdict } from './classify.ts'
import type { Answer } from './pace.ts'
import type { StoredPage } from './request.ts'
import { type Account, callResend } from './transfer.ts'

const LINK = 'READER_LINK'
const LINK_IN_HTML = 'READER_LINK_HTML'
const BRACE = 'BRACE'
const SETUP_WAIT_MS = 60_000

/**
 * The page of a rendering as it is stored with the provider. Its alias comes from the hash of the rendering, so that
 * every call names it alike, whoever stored it and when.
 *
 * Verified against the types of the SDK and the public OpenAPI document only, not against the service.
 */
export function storedPage(rendering: Pick<FrozenRendering, 'hash'>): StoredPage {
  return { id: `groundwire-${rendering.hash.slice(0, 40)}`, link: LINK, linkInHtml: LINK_IN_HTML }
}

/** HTML and text with the provider's placeholders; braces of their own stand for themselves. */
export function storedContent(content: MailContent): { html: string; text: string; hasBraces: boolean } {
  const html = withVariable(content.html, content, LINK_IN_HTML)
  const text = withVariable(content.text, content, LINK)
  return { html, text, hasBraces: `${html}${text}`.includes(`{{{${BRACE}}}}`) }
}

const pageSchema = z.object({ id: z.string(), status: z.string().optional() })

/**
 * Stores and publishes the page unless that was done. Whatever goes wrong, no mail has left.
 *
 * @returns why it cannot be used yet; undefined when it can.
 */
export async function storePage(
  account: Account,
  ports: { readonly api: Api; readonly clock: Clock },
  rendering: Pick<FrozenRendering, 'hash'>,
  content: MailContent,
  signal: AbortSignal,
): Promise<(Verdict & { kind: 'later' }) | undefined> {
  const now = ports.clock.now()
  const alias = storedPage(rendering).id
  try {
    const known = await callResend(account, ports.api, { path: `/templates/${alias}` }, signal)
    const isNew = known.status === 404
    if (!isNew && !isGood(known)) return notYet(known, now)
    const page = isNew ? undefined : read(known)
    if (page?.status === 'published') return undefined
    let id = page?.id
    if (id === undefined) {
      const made = await callResend(
        account,
        ports.api,
        { path: '/templates', body: definition(alias, content) },
        signal,
      )
      if (!isGood(made)) return notYet(made, now)
      id = read(made).id
    }
    const path = `/templates/${encodeURIComponent(id)}/publish`
    const published = await callResend(account, ports.api, { path, body: {} }, signal)
    return isGood(published) ? undefined : notYet(published, now)
  } catch {
    // Of errors nothing is told: what the runtime says of a bad header repeats it.
    return later(now)
  }
}

/** In the words of the interface, as the SDK writes them. */
function definition(alias: string, content: MailContent): object {
  const { html, text, hasBraces } = storedContent(content)
  return {
    name: alias,
    html,
    text,
    alias,
    variables: [
      { key: LINK, type: 'string' },
      { key: LINK_IN_HTML, type: 'string' },
      ...(hasBraces ? [{ key: BRACE, type: 'string', fallback_value: '{' }] : []),
    ],
  }
}

function isGood({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** @throws when it is no page. */
function read({ body }: Answer): z.infer<typeof pageSchema> {
  return pageSchema.parse(JSON.parse(body))
}

function notYet(answer: Answer, now: Date): Verdict & { kind: 'later' } {
  const verdict = classify(answer, 0, now)
  return verdict.kind === 'later' ? verdict : later(now)
}

function later(now: Date): Verdict & { kind: 'later' } {
  return {
    kind: 'later',
    notBefore: new Date(now.getTime() + SETUP_WAIT_MS),
    reason: 'the page could not be stored with Resend (email.resend.payload "template"); "inline" does without',
    hint: {},
  }
}

/**
 * Two braces in a row would begin a variable: each of them is written as a variable whose value is a brace. So is one
 * that stands right before a variable.
 */
function withVariable(text: string, { slots }: MailContent, name: string): string {
  return splitTemplate(text, slots)
    .parts.map((part, index, { length }) => {
      const isLast = index === length - 1
      return part.replace(isLast ? /\{(?=\{)|(?<=\{)\{/g : /\{(?=\{|$)|(?<=\{)\{/g, `{{{${BRACE}}}}`)
    })
    .join(`{{{${name}}}}`)
}
