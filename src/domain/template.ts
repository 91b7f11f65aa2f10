/** What a post may say of its item. All values are on one line; '' for what there is not. */
export interface Words {
  readonly title: string
  readonly summary: string
  readonly section: string
  readonly publication: string
}

const NAMES: readonly (keyof Words)[] = ['title', 'summary', 'section', 'publication']
const PLACEHOLDER = /\{([^{}\n]*)\}/g

/** Title and summary, as far as there is room. */
export const USUAL_TEMPLATE = '{title}\n\n{summary}'

/** What stands between braces in a template and is none of the names: `{Title}`, `{link}`. */
export function unknownPlaceholders(template: string): string[] {
  return Array.from(template.matchAll(PLACEHOLDER), ([whole, name]) => (isName(name) ? [] : [whole])).flat()
}

/**
 * The template with its placeholders filled in. A line whose placeholders are all empty is left out, and of blank lines
 * no more than one stays, and of spaces. What is filled in is not looked at again: a title may say `{summary}`.
 */
export function fillTemplate(template: string, words: Words): string {
  const lines = template.split('\n').flatMap((line) => {
    const names = Array.from(line.matchAll(PLACEHOLDER), ([, name]) => name).filter(isName)
    if (names.length > 0 && names.every((name) => words[name] === '')) return []
    const filled = line.replace(PLACEHOLDER, (whole, name: string) => (isName(name) ? words[name] : whole))
    return filled.replace(/ {2,}/g, ' ').trim()
  })
  return lines
    .filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''))
    .join('\n')
    .trim()
}

function isName(name: string | undefined): name is keyof Words {
  return NAMES.some((known) => known === name)
}
