import { parseDocument } from 'yaml'
import * as z from 'zod'
import { reasonOf, shown } from './problem.ts'

const source = z.union([z.string(), z.object({ url: z.string(), title: z.string().optional() })])
const words = z.union([z.string().transform((text) => [text]), z.array(z.string())])

const frontMatterSchema = z.object({
  title: z.string(),
  date: z.string().optional(),
  summary: z.string().default(''),
  url: z.string().optional(),
  slug: z.string().optional(),
  sources: z.union([source.transform((one) => [one]), z.array(source)]).default([]),
  tags: words.default([]),
  authors: words.default([]),
  image: z.union([z.string(), z.object({ url: z.string(), alt: z.string().default('') })]).optional(),
  draft: z.boolean().default(false),
  section: z.string().min(1).optional(),
})
export type FrontMatter = z.infer<typeof frontMatterSchema>

export type ParsedPage =
  | { readonly kind: 'page'; readonly front: FrontMatter; readonly body: string }
  /** `field` is empty where the front matter as a whole is wrong. */
  | { readonly kind: 'faults'; readonly faults: readonly { readonly field: string; readonly message: string }[] }

const FENCED = /^---[ \t]*\n([^]*?)\n?^---[ \t]*$\n?/m

/** Splits a page into its front matter (YAML 1.2, core schema: dates stay text, no custom tags) and its Markdown. */
export function parsePage(text: string): ParsedPage {
  const fenced = text.startsWith('---') ? FENCED.exec(text) : null
  if (!fenced) return fault('', 'there is no front matter between two lines of --- at the top of the file')
  const values = yamlOf(fenced[1] ?? '')
  if ('error' in values) return fault('', values.error)
  const { data, error } = frontMatterSchema.safeParse(values.value ?? {})
  if (data) return { kind: 'page', front: data, body: text.slice(fenced[0].length) }
  return { kind: 'faults', faults: error.issues.map(({ path, message }) => ({ field: path.join('.'), message })) }
}

function yamlOf(text: string): { value: unknown } | { error: string } {
  try {
    const document = parseDocument(text, { schema: 'core', logLevel: 'silent', uniqueKeys: true })
    const [first] = [...document.errors, ...document.warnings]
    if (first) return { error: shown(first.message.split('\n', 1)[0] ?? '') }
    return { value: document.toJS({ maxAliasCount: 50 }) }
  } catch (error) {
    return { error: reasonOf(error) }
  }
}

function fault(field: string, message: string): ParsedPage {
  return { kind: 'faults', faults: [{ field, message }] }
}
