import type { Finding, Severity } from '../../src/domain/finding.ts'
import { cleanLine } from '../../src/domain/text.ts'

const QUOTED_CHARACTERS = 120

export function finding(severity: Severity, code: string, message: string, advice?: string): Finding {
  return { severity, code, message, ...(advice === undefined ? {} : { advice }), channel: 'email' }
}

/** About a field of what is mailed. */
export function findingIn(field: string, severity: Severity, code: string, message: string, advice: string): Finding {
  return { ...finding(severity, code, message, advice), field }
}

/** What somebody else wrote (a DNS record, an answer), on one line and not longer than anybody reads. */
export function quoted(text: string): string {
  const line = cleanLine(text)
  return `"${line.length > QUOTED_CHARACTERS ? `${line.slice(0, QUOTED_CHARACTERS)}…` : line}"`
}
