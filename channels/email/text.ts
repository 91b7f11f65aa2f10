import type { DigestAmendment, DigestItem } from '../../emails/digest.tsx'
import type { DigestView } from './view.ts'

// RFC 5322, 2.1.1 recommends lines of at most 78 characters; 72 leaves room for two levels of quoting.
const COLUMNS = 72
// No `=`: quoted-printable would write each as `=3D`.
const BAR = '-'.repeat(COLUMNS)
const BETWEEN_STORIES = '* * *'.padStart(COLUMNS / 2 + 2)

/** The digest for people who read mail as text: addresses stand on lines of their own and are never broken. */
export function digestText(view: DigestView, unsubscribeUrl: string): string {
  const blocks = [
    `${wrap(view.publication.name)}\n${wrap(view.date)}\n${BAR}`,
    ...view.intro.map((paragraph) => wrap(paragraph)),
    view.stories.map(story).join(`\n\n${BETWEEN_STORIES}\n\n`),
    ...part('In brief', view.briefs, () => ''),
    ...part('Corrections', view.corrections, ({ note }) => note),
    ...part('Withdrawn', view.withdrawn, ({ note }) => note),
    ...part('Background', view.background, ({ summary }) => summary),
    `${BAR}\n${foot(view, unsubscribeUrl)}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

type Listed = DigestItem | DigestAmendment

function story(item: DigestItem): string {
  const opening = [wrap(item.title), wrap(item.summary)].filter((paragraph) => paragraph !== '')
  return [...opening, addresses(item, '').join('\n')].join('\n\n')
}

/** `words`: what stands below a title; '' for nothing. */
function part<Entry extends Listed>(title: string, items: readonly Entry[], words: (item: Entry) => string): string[] {
  if (items.length === 0) return []
  const entries = items.map((item) => {
    const opening = [wrap(item.title, '* ', '  ')]
    if (words(item) !== '') opening.push(wrap(words(item), '  '))
    return [...opening, ...addresses(item, '  ')].join('\n')
  })
  return [`${BAR}\n${title}`, ...entries]
}

function addresses(item: Listed, indent: string): string[] {
  const sources = item.sources.map((source) => `${indent}Source: ${source.url}`)
  return [`${indent}Read:   ${item.url}`, ...sources]
}

function foot(view: DigestView, unsubscribeUrl: string): string {
  const { name, description } = view.publication
  const reason = `You get this because you asked for the digest of ${name}. ${description}`
  return [
    wrap(reason.trim()),
    `View in browser:\n${view.browserUrl}`,
    `Unsubscribe:\n${unsubscribeUrl}`,
    view.address.join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
}

/** Fills lines of at most `COLUMNS` characters; a longer word has a line of its own. `rest` begins all lines but the first. */
function wrap(text: string, first = '', rest = first): string {
  const [start = '', ...words] = text.split(' ')
  const done: string[] = []
  let line = first + start
  for (const word of words) {
    const longer = `${line} ${word}`
    if (Array.from(longer).length > COLUMNS) {
      done.push(line)
      line = rest + word
    } else line = longer
  }
  return [...done, line].join('\n')
}
