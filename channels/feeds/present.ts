import type { ChannelPorts } from '../../src/channel.ts'
import { FEEDS_FOLDER } from '../../src/domain/feed-format.ts'

type Listing = Pick<ChannelPorts['files'], 'list'>

/** What lies in `public/`, by paths below it: a file that somebody deleted is made again. */
export interface Present {
  readonly present: ReadonlySet<string>
}

/** Never rejects: undefined when it cannot be seen. */
export async function presentFiles(files: Listing): Promise<Present | undefined> {
  try {
    const feeds = await namesIn(files, FEEDS_FOLDER)
    const folders = feeds.filter(isFolder).map((name) => `${FEEDS_FOLDER}/${name}`)
    const below = await Promise.all(folders.map((folder) => filesOfFeed(files, folder)))
    const first = await namesIn(files, '')
    return { present: new Set([...first, ...feeds.map((name) => `${FEEDS_FOLDER}/${name}`), ...below.flat()]) }
  } catch {
    return undefined
  }
}

/** What `presentFiles` found, as far as it is that. */
export function presentIn(known: unknown): ReadonlySet<string> | undefined {
  if (typeof known !== 'object' || known === null || !('present' in known)) return undefined
  return known.present instanceof Set ? known.present : undefined
}

/** Of a feed's folder, or of `feeds/archive`, which is that of the first feed. */
async function filesOfFeed(files: Listing, folder: string): Promise<string[]> {
  const own = await namesIn(files, folder)
  const archive = folder === `${FEEDS_FOLDER}/archive` ? folder : `${folder}/archive`
  const months = (archive === folder ? own : await namesIn(files, archive)).filter(isFolder)
  const archived = await Promise.all(
    months.map(async (month) =>
      (await namesIn(files, `${archive}/${month}`)).map((name) => `${archive}/${month}/${name}`),
    ),
  )
  return [...own.map((name) => `${folder}/${name}`), ...archived.flat()]
}

function namesIn(files: Listing, folder: string): Promise<string[]> {
  return files.list(folder === '' ? 'public' : `public/${folder}`)
}

/** Nothing that the channel writes is without an extension. */
function isFolder(name: string): boolean {
  return !name.includes('.')
}
