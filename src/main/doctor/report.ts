import type { Finding, Severity } from '../../domain/finding.ts'

export interface Area {
  readonly title: string
  readonly findings: readonly Finding[]
}

const WORDS: Readonly<Record<Severity, string>> = { note: 'ok', warning: 'look', error: 'wrong' }
const INDENT = ' '.repeat(11)

export function isWrong(areas: readonly Area[]): boolean {
  return count(areas, 'error') > 0
}

/** By area one line a check, and below it what to do. */
export function describeAreas(areas: readonly Area[]): string {
  const lines = areas.flatMap(({ title, findings }) => ['', `  ${title}`, ...findings.flatMap(findingLines)])
  const [wrong, look] = [count(areas, 'error'), count(areas, 'warning')]
  const verdict = wrong === 0 ? 'Nothing is wrong' : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong`
  return `${[...lines, '', `  ${verdict}${look > 0 ? `, ${look} to look at` : ''}.`, ''].join('\n')}\n`
}

function findingLines({ severity, message, advice }: Finding): string[] {
  return [
    `    ${WORDS[severity].padEnd(6)} ${oneLine(message)}`,
    ...(advice === undefined ? [] : [`${INDENT}→ ${oneLine(advice)}`]),
  ]
}

/** Text of others must not look like a check of ours. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}

/** The same for a program; keys are part of the contract of `--json`. */
export function areasAsJson(areas: readonly Area[]): object {
  return {
    ok: !isWrong(areas),
    areas: areas.map(({ title, findings }) => ({
      area: title,
      checks: findings.map(({ severity, code, message, advice }) => ({
        word: WORDS[severity],
        code,
        message,
        advice: advice ?? null,
      })),
    })),
  }
}

function count(areas: readonly Area[], severity: Severity): number {
  return areas.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length
}
