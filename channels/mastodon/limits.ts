import { cleanLine } from '../../src/domain/text.ts'
import { type Instance, knownSchema, usualInstance } from './known.ts'
import type { MastodonSettings } from './settings.ts'

/** What an account's posts must keep to. */
export interface Limits extends Instance {
  /** Shown before the text, and counted with it; '' for none. */
  readonly spoiler: string
}

/** What the settings say, else what the account's instance says, else what is usual. */
export function limitsOf(account: string, known: unknown, settings: MastodonSettings): Limits {
  const instance = knownSchema.safeParse(known).data?.[account] ?? usualInstance
  const {
    maxCharacters = instance.maxCharacters,
    urlCharacters = instance.urlCharacters,
    contentWarning = '',
  } = settings
  return { ...instance, maxCharacters, urlCharacters, spoiler: cleanLine(contentWarning) }
}
