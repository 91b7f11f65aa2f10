import * as z from 'zod'
import { ended, folderFrom, pythonWith, script, skipped, type Exhibit } from './tools.ts'

const verdictsSchema = z.record(
  z.string(),
  z.array(
    z.object({
      level: z.enum(['error', 'warning']),
      event: z.string(),
      line: z.int(),
      params: z.record(z.string(), z.string()),
    }),
  ),
)

/** By id of the document what is wrong with it: `error MissingElement, line 3: …`. */
export type Verdicts = Readonly<Record<string, readonly string[]>>

type FeedValidator = (exhibits: readonly Exhibit[]) => Promise<Verdicts>

/** Dates later than this are implausible; no test's are. */
const NOW = Date.UTC(2030, 0, 1) / 1000

/**
 * The W3C feed validator at level AA (errors and warnings, what its page on the web shows), or undefined where it is not
 * at hand. Its code is nobody's dependency: the variable `FEEDVALIDATOR` names a checkout of it.
 */
export async function feedValidator(): Promise<FeedValidator | undefined> {
  const checkout = folderFrom('FEEDVALIDATOR')
  const python = checkout && (await pythonWith('lxml', 'html5lib'))
  if (!checkout || !python) {
    return skipped(
      'the W3C feed validator',
      'It takes python3 with lxml and html5lib, and FEEDVALIDATOR naming a checkout of github.com/w3c/feedvalidator.',
    )
  }
  return async (exhibits) => {
    const task = JSON.stringify({ checkout, now: NOW, documents: exhibits })
    const { code, stdout, stderr } = await ended(python, [script('validate.py')], task)
    if (code !== 0) throw new Error(`The feed validator failed: ${stderr}`)
    const verdicts = Object.entries(verdictsSchema.parse(JSON.parse(stdout)))
    return Object.fromEntries(
      verdicts.map(([id, events]) => [
        id,
        events.map(({ level, event, line, params }) => `${level} ${event}, line ${line}: ${JSON.stringify(params)}`),
      ]),
    )
  }
}
