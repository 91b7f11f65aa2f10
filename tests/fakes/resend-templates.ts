import * as z from 'zod'
import { type Answer, errorAnswer } from './resend-faults.ts'

const createSchema = z.strictObject({
  name: z.string().min(1),
  alias: z.string().optional(),
  html: z.string(),
  text: z.string().optional(),
  subject: z.string().optional(),
  from: z.string().optional(),
  reply_to: z.array(z.string()).optional(),
  variables: z
    .array(
      z.strictObject({
        key: z.string().regex(/^\w{1,50}$/),
        type: z.enum(['string', 'number']),
        fallback_value: z.union([z.string(), z.number()]).optional(),
      }),
    )
    .max(50)
    .optional(),
})
type Created = z.infer<typeof createSchema>
interface Template extends Created {
  readonly id: string
  status: 'draft' | 'published'
}

const RESERVED = new Set(['FIRST_NAME', 'LAST_NAME', 'EMAIL', 'UNSUBSCRIBE_URL', 'contact', 'this'])

export interface FakeTemplates {
  answer(method: string, path: string, body: string): Answer
  /** What a mail shows that names a template, or the provider's refusal of it. */
  fill(
    id: string,
    variables: Readonly<Record<string, string | number>>,
  ): { readonly html: string; readonly text?: string } | Answer
  readonly all: Map<string, Template>
}

/** The provider's stored templates: made as drafts, usable once published, named by id or alias. */
export function fakeTemplates(): FakeTemplates {
  const all = new Map<string, Template>()
  const find = (name: string): Template | undefined =>
    all.get(name) ?? [...all.values()].find(({ alias }) => alias === name)

  return {
    all,
    answer(method, path, body) {
      const [, name, verb] = /^\/templates\/([^/]+)(?:\/([a-z]+))?$/.exec(path) ?? []
      if (method === 'POST' && path === '/templates') return create(all, find, body)
      if (method === 'GET' && path === '/templates')
        return json({ object: 'list', has_more: false, data: [...all.values()].map(listed) })
      const template = name === undefined ? undefined : find(decodeURIComponent(name))
      if (!template) return errorAnswer('not_found', { message: 'Template not found' })
      if (method === 'GET' && verb === undefined) return json({ object: 'template', ...shown(template) })
      if (method !== 'POST' || verb !== 'publish') return errorAnswer('method_not_allowed')
      template.status = 'published'
      return json({ object: 'template', id: template.id })
    },
    fill(id, variables) {
      const template = find(id)
      if (template?.status !== 'published')
        return errorAnswer('validation_error', { message: `Template ${id} is not published.` })
      const values = new Map<string, string>()
      for (const { key, fallback_value: fallback } of template.variables ?? []) {
        const value = variables[key] ?? fallback
        if (value === undefined)
          return errorAnswer('missing_required_field', { message: `Missing required variable \`${key}\`.` })
        values.set(key, String(value))
      }
      const put = (text: string): string =>
        text.replace(/\{\{\{(\w+)\}\}\}/g, (_, key: string) => values.get(key) ?? '')
      return { html: put(template.html), ...(template.text === undefined ? {} : { text: put(template.text) }) }
    },
  }
}

function create(all: Map<string, Template>, find: (name: string) => Template | undefined, body: string): Answer {
  const parsed = createSchema.safeParse(JSON.parse(body))
  if (!parsed.success)
    return errorAnswer('validation_error', { message: parsed.error.issues[0]?.message ?? 'invalid template' })
  const created = parsed.data
  if (created.variables?.some(({ key }) => RESERVED.has(key)))
    return errorAnswer('validation_error', { message: 'The variable name is reserved.' })
  if (created.alias !== undefined && find(created.alias))
    return errorAnswer('validation_error', { message: 'A template with this alias already exists.' })
  const id = `7e000000-0000-4000-8000-${String(all.size + 1).padStart(12, '0')}`
  all.set(id, { ...created, id, status: 'draft' })
  return { ...json({ object: 'template', id }), status: 201 }
}

function listed({ id, name, status, alias }: Template): Readonly<Record<string, unknown>> {
  return { id, name, status, alias: alias ?? null, published_at: null, created_at: '', updated_at: '' }
}

function shown(template: Template): Readonly<Record<string, unknown>> {
  const { html, text, subject, from, variables } = template
  return { ...listed(template), html, text: text ?? null, subject: subject ?? null, from: from ?? null, variables }
}

function json(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) }
}
