import * as z from 'zod'
import { ended, pythonWith, script, skipped, type Exhibit } from './tools.ts'

const readSchema = z.record(
  z.string(),
  z.object({
    /** Why it is no feed for a strict reader; '' where it is one. */
    bozo: z.string(),
    title: z.string(),
    link: z.string(),
    entries: z.array(
      z.object({
        id: z.string(),
        link: z.string(),
        title: z.string(),
        html: z.string(),
        enclosures: z.array(z.string()),
      }),
    ),
  }),
)

export type Reading = z.infer<typeof readSchema>[string]

type Reader = (exhibits: readonly Exhibit[]) => Promise<Readonly<Record<string, Reading>>>

/** feedparser, the reader that many others are built on; undefined where it is not at hand. */
export async function feedparser(): Promise<Reader | undefined> {
  const python = await pythonWith('feedparser')
  if (!python) return skipped('an independent feed reader', 'It takes python3 with feedparser.')
  return async (exhibits) => {
    const { code, stdout, stderr } = await ended(python, [script('read.py')], JSON.stringify({ documents: exhibits }))
    if (code !== 0) throw new Error(`feedparser failed: ${stderr}`)
    return readSchema.parse(JSON.parse(stdout))
  }
}
