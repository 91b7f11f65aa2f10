import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ended, script, skipped, type Exhibit } from './tools.ts'

type Grammar = (exhibits: readonly Exhibit[]) => Promise<Readonly<Record<string, string>>>

/**
 * The grammar of RFC 4287 as libxml2 applies it: by id of the document what it objects to, '' where it is content.
 * Undefined where `xmllint` is not at hand.
 */
export async function atomGrammar(): Promise<Grammar | undefined> {
  const works = await ended('xmllint', ['--version']).then(
    () => true,
    () => false,
  )
  return works ? judge : skipped('the grammar of Atom', 'It takes xmllint (apt install libxml2-utils).')
}

async function judge(exhibits: readonly Exhibit[]): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'atom-grammar-'))
  try {
    const paths = exhibits.map((_, index) => join(folder, `${index}.xml`))
    for (const [index, { text }] of exhibits.entries()) await writeFile(paths[index] ?? '', text)
    const { stderr } = await ended('xmllint', ['--nonet', '--noout', '--relaxng', script('atom.rng'), ...paths])
    return Object.fromEntries(exhibits.map(({ id }, index) => [id, objections(stderr, paths[index] ?? '')]))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function objections(stderr: string, path: string): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith(path))
  return lines.includes(`${path} validates`) ? '' : lines.join('\n') || stderr
}
