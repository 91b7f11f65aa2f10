import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Attempt } from '../../../src/channel.ts'
import type { LedgerEntry } from '../../../src/domain/delivery.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { frozen } from '../../../src/pipeline/render.ts'

export const never = new AbortController().signal

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'feeds-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A document of the channel, as far as its sender looks at it. */
export function fileOf(id: string, content: string): Rendering {
  return {
    id,
    identity: `${id}@daily/2026-06-29`,
    title: id,
    mediaType: 'application/xml',
    content,
    page: '',
    measures: [],
    findings: [],
    mayLeave: true,
  }
}

export function attemptOf(rendering: Rendering, over: Partial<LedgerEntry> = {}): Attempt {
  const key = `feeds/${rendering.identity}`
  const entry: LedgerEntry = {
    key,
    group: key,
    edition: 'daily/2026-06-29',
    channel: 'feeds',
    rendering: rendering.id,
    target: rendering.id,
    state: 'claimed',
    attempts: 1,
    doubts: 0,
    ...over,
  }
  return { key, rendering: frozen('feeds', rendering), deliveries: [entry], settled: [] }
}
