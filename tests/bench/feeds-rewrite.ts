import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import * as z from 'zod'
import { bundle } from './bundle.ts'
import { median, type Row } from './table.ts'

const pass = z.object({ ms: z.number(), files: z.number() })
const measured = z.object({ all: pass, one: pass, maxRssMb: z.number() })

/** What one new item costs a publication of `items`, against making all its feeds. Each round begins with an empty folder. */
export async function measureRewriting(
  scratch: string,
  rounds: number,
  items = 10_000,
): Promise<{ readonly rows: readonly Row[]; readonly facts: readonly string[] }> {
  const script = await bundle('feeds/rewrite', scratch)
  const runs = Array.from({ length: rounds }, () => {
    const folder = mkdtempSync(join(scratch, 'feeds-'))
    const printed = execFileSync(process.execPath, [script, folder, String(items)], { encoding: 'utf8' })
    return measured.parse(JSON.parse(printed))
  })
  const last = runs.at(-1)
  return {
    rows: [
      {
        what: `feeds after one new item among ${items}`,
        ms: median(runs.map(({ one }) => one.ms)),
        against: 'making all of them',
        thanMs: median(runs.map(({ all }) => all.ms)),
        aim: 0.25,
      },
    ],
    facts: last
      ? [
          `Files: ${last.all.files} in all, ${last.one.files} after one new item; greatest memory ${last.maxRssMb.toFixed(0)} MB.`,
        ]
      : [],
  }
}
