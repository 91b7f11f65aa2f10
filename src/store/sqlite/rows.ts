import * as z from 'zod'
import { amendmentSchema } from '../../domain/amendment.ts'
import { deliveryStates } from '../../domain/delivery.ts'
import { editionSchema, editionStates } from '../../domain/edition.ts'
import { findingSchema } from '../../domain/finding.ts'
import { itemSchema } from '../../domain/item.ts'
import { reportKinds } from '../../domain/report.ts'
import { StoreError } from '../error.ts'
import type { Row } from './connection.ts'

const findings = z.array(findingSchema).readonly()
export const flag = z.literal([0, 1]).transform((value) => value === 1)

export const sourceRow = z.object({
  id: z.string(),
  firstDay: z.string(),
  validators: json(
    z.object({
      etag: z.string().exactOptional(),
      lastModified: z.string().exactOptional(),
      reader: z.string().exactOptional(),
    }),
  ),
  about: json(
    z.object({
      title: z.string().exactOptional(),
      description: z.string().exactOptional(),
      url: z.string().exactOptional(),
      language: z.string().exactOptional(),
    }),
  ),
  findings: json(findings),
  readWholeAt: z.string().exactOptional(),
})

/** What tells whether a reading differs from what is known, all as stored. */
export const knownItemRow = z.object({
  source: z.string(),
  state: z.enum(['new', 'skipped', 'undated']),
  reason: z.string().exactOptional(),
  day: z.string().exactOptional(),
  position: z.number(),
  hash: z.string(),
  changedAt: z.string(),
  item: z.string(),
  edition: z.string().exactOptional(),
})

export const itemRow = knownItemRow.extend({
  item: json(itemSchema),
  firstSeenAt: z.string(),
  missingSince: z.string().exactOptional(),
  withdrawnAt: z.string().exactOptional(),
})

export const amendmentRow = z.object({ amendment: json(amendmentSchema) })

export const editionRow = z.object({
  edition: json(editionSchema),
  state: z.enum(editionStates),
  findings: json(findings),
  reason: z.string(),
  approvedAt: z.string().exactOptional(),
})

export const editionSummaryRow = z.object({
  id: z.string(),
  date: z.string(),
  subject: z.string(),
  items: z.number(),
  state: z.enum(editionStates),
  reason: z.string(),
  approvedAt: z.string().exactOptional(),
  plannedAt: z.string(),
  letGoAt: z.string().exactOptional(),
})

export const editionStateRow = z.object({ state: z.enum(editionStates) })

export const completenessRow = z.object({ frozen: z.number(), present: z.number(), ended: z.number() })

export const renderingRow = z.object({
  channel: z.string(),
  id: z.string(),
  hash: z.string(),
  identity: z.string(),
  title: z.string(),
  item: z.string().exactOptional(),
  mediaType: z.string(),
  content: z.string(),
  page: z.string(),
  text: z.string().exactOptional(),
  measures: json(
    z.array(z.object({ name: z.string(), value: z.number(), limit: z.number().exactOptional() })).readonly(),
  ),
  findings: json(findings),
  basis: z.string().exactOptional(),
  mayLeave: flag,
})

export const ledgerRow = z.object({
  key: z.string(),
  group: z.string(),
  edition: z.string(),
  channel: z.string(),
  rendering: z.string(),
  target: z.string(),
  address: z.string().exactOptional(),
  state: z.enum(deliveryStates),
  byPlan: flag.exactOptional(),
  attempts: z.number(),
  doubts: z.number(),
  refusals: z.number().exactOptional(),
  firstAttemptAt: z.string().exactOptional(),
  notBefore: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  remoteId: z.string().exactOptional(),
  url: z.string().exactOptional(),
  settledAt: z.string().exactOptional(),
  receipt: z.enum(reportKinds).exactOptional(),
  receiptAt: z.string().exactOptional(),
})

export const countRow = z.object({
  edition: z.string(),
  channel: z.string(),
  state: z.enum(deliveryStates),
  count: z.number(),
})

/**
 * One row as its schema has it; columns that are NULL are absent.
 * @throws StoreError naming table and column, never the value: it may be personal.
 */
export function rowAs<Schema extends z.ZodType>(schema: Schema, row: Row, table: string): z.output<Schema> {
  // Not by deleting from the row: that makes every later look at it slow.
  const present: Row = {}
  for (const [column, value] of Object.entries(row)) if (value !== null) present[column] = value
  const parsed = schema.safeParse(present)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  const text = `A row of the table "${table}" cannot be read (${problems}). The store was changed by something else; restore a backup.`
  throw new StoreError(text, { cause: parsed.error })
}

/** A column that holds text, read without a schema. @throws StoreError as `rowAs` does. */
export function textOf(row: Row, column: string, table: string): string {
  const value = row[column]
  return typeof value === 'string'
    ? value
    : (rowAs(z.object({ [column]: z.string() }), { [column]: null }, table)[column] ?? '')
}

function json<Schema extends z.ZodType>(schema: Schema): z.ZodPipe<z.ZodTransform, Schema> {
  return z
    .transform((text: unknown, context) => {
      try {
        return JSON.parse(String(text)) as unknown
      } catch {
        context.issues.push({ code: 'custom', message: 'is not JSON', input: text })
        return z.NEVER
      }
    })
    .pipe(schema)
}
