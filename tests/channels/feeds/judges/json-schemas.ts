import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import * as z from 'zod'
import { folderFrom, skipped } from './tools.ts'

const schemaSchema = z.record(z.string(), z.unknown())

/**
 * The two public schemas of JSON Feed: that of validator.jsonfeed.org (`config/schema.json` of manton/jsonfeed-validator)
 * and that of editors (`feed.json`, which points to `feed-1.json`, in `src/schemas/json` of SchemaStore/schemastore).
 * Undefined where the variable `JSONFEED_SCHEMAS` names no folder with these three files.
 */
export async function publicSchemas(): Promise<Readonly<Record<string, ValidateFunction>> | undefined> {
  const folder = folderFrom('JSONFEED_SCHEMAS')
  if (!folder) {
    return skipped('the public schemas of JSON Feed', 'JSONFEED_SCHEMAS has to name a folder with them.')
  }
  const load = async (name: string): Promise<object> =>
    asDraft07(schemaSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8'))))
  const ajv = new Ajv({ allErrors: true, strict: false })
  formats.default(ajv)
  ajv.addSchema(await load('feed-1.json'))
  return {
    'validator.jsonfeed.org': ajv.compile(await load('schema.json')),
    SchemaStore: ajv.compile(await load('feed.json')),
  }
}

/** Of draft 04, which ajv no longer reads, these schemas use nothing that later drafts changed, but the name of `$id`. */
function asDraft07(schema: z.infer<typeof schemaSchema>): object {
  const id = schema['$id'] ?? schema['id']
  const rest = Object.entries(schema).filter(([key]) => !['$schema', '$id', 'id'].includes(key))
  return { ...Object.fromEntries(rest), ...(typeof id === 'string' && { $id: id }) }
}
