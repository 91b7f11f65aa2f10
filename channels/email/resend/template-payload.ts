import type { FrozenRendering } from '../../../src/ports.ts'
import type { MailContent } from '../content.ts'
import { splitTemplate } from '../template.ts'
import { classify, type Verdict } from './classify.ts'
import type { StoredPage } from './request.ts'

/** Where to reach the provider, and for how long an answer is awaited. */
export interface Account {
  readonly baseUrl: string
  readonly apiKey: string
}

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

/**
 * Stores and publishes the page unless that was done.
 *
 * @returns why it cannot be used yet; undefined when it can.
 */
export async function storePage(
  { baseUrl, apiKey }: Account,
  rendering: Pick<FrozenRendering, 'hash' | 'title'>,
  content: MailContent,
  now: Date,
  signal: AbortSignal,
): Promise<(Verdict & { kind: 'later' }) | undefined> {
  const { Resend } = await import('resend')
  const { templates } = new Resend(apiKey, { baseUrl: baseUrl.replace(/\/+$/, '') })
  const alias = storedPage(rendering).id
  const known = await templates.get(alias, { signal })
  if (known.data?.status === 'published') return undefined
  if (known.error && known.error.name !== 'not_found') return notYet(known, now)
  let id = known.data?.id
  if (id === undefined) {
    const { html, text, hasBraces } = storedContent(content)
    const made = await templates.create(
      {
        name: alias,
        alias,
        html,
        text,
        variables: [
          { key: LINK, type: 'string' },
          { key: LINK_IN_HTML, type: 'string' },
          ...(hasBraces ? [{ key: BRACE, type: 'string' as const, fallbackValue: '{' }] : []),
        ],
      },
      { signal },
    )
    if (made.error) return notYet(made, now)
    id = made.data.id
  }
  const published = await templates.publish(id, { signal })
  return published.error ? notYet(published, now) : undefined
}

/** Whatever went wrong, no mail has left. */
function notYet(
  {
    error,
    headers,
  }: {
    error: { name?: string; statusCode?: number | null; message?: string } | null
    headers: Record<string, string> | null
  },
  now: Date,
): Verdict & { kind: 'later' } {
  const answer = {
    status: error?.statusCode ?? 0,
    body: JSON.stringify(error),
    header: (name: string) => headers?.[name],
  }
  const verdict = classify(answer, 0, now)
  if (verdict.kind === 'later') return verdict
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
