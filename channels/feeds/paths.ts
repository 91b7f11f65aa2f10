import { FEEDS_FOLDER, type Folder } from '../../src/domain/feed-format.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { slug } from '../../src/domain/text.ts'

/** Of a section's folder, in characters, before what tells it from others. */
const LONGEST_NAME = 40
/** Names below `feeds/` that no section may have. */
const RESERVED: ReadonlySet<string> = new Set(['archive', 'editions'])

const FEED_FILE =
  /^(?:feeds\/(?:([a-z0-9][a-z0-9-]*)\/)??(?:archive\/(\d{4}-(?:0[1-9]|1[0-2]))\/)?)?(?:rss\.xml|atom\.xml|feed\.json)$/

/**
 * By section the folder of its feed: `feeds/news`. Only a section that reads like its folder, but for capital letters, has
 * a plain one; any other has six digits of the section's hash, so that no section that comes or goes moves its feed. Of
 * two that differ in capital letters alone, the first keeps the plain name.
 */
export function sectionFolders(sections: readonly string[]): ReadonlyMap<string, Folder> {
  const taken = new Set(RESERVED)
  return new Map(
    sections.map((section) => {
      const plain = slug(section, LONGEST_NAME)
      const unlike = plain === '' || plain !== section.toLowerCase() || taken.has(plain)
      const name = unlike ? `${plain || 'section'}-${sha256(section).slice(0, 6)}` : plain
      taken.add(name)
      return [section, `${FEEDS_FOLDER}/${name}`]
    }),
  )
}

/** Whether it can be written into a path and a title: what an odd source gives for a day need not have one. */
export function isMonth(text: string): boolean {
  return /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)
}

/** `feeds/news/archive/2026-06`; of the feed in the root, `feeds/archive/2026-06`. */
export function archiveFolder(folder: Folder, month: string): Folder {
  return `${folder === '' ? FEEDS_FOLDER : folder}/archive/${month}`
}

/** The subscription folder of the feed that a file belongs to, and its month where it is an archive; undefined for other files. */
export function placeOf(path: string): { readonly folder: Folder; readonly month?: string } | undefined {
  const match = FEED_FILE.exec(path)
  if (!match) return undefined
  const [, name, month] = match
  return { folder: name === undefined ? '' : `${FEEDS_FOLDER}/${name}`, ...(month !== undefined && { month }) }
}
