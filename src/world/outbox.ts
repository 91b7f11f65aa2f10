import * as z from 'zod'
import type { Files, Outbox, OutboxMessage } from '../ports.ts'
import { folderPage, overviewPage, type FolderEntry, type OverviewChannel } from './outbox-page.ts'

const entrySchema = z.object({ title: z.string(), detail: z.string(), files: z.array(z.string()), page: z.boolean() })

/** What a folder's page lists at most: nobody scrolls further, and a page of all would be rewritten for every message. */
export const LISTED_MESSAGES = 500

/**
 * An outbox below `outbox/`. Beside its files each message has an entry for the list, hidden in `.entries/`. A page is
 * made from nothing but what lies in the folder and lists the messages of which nothing is missing, so it is complete
 * after every `put` that resolves, whenever a process died before and however many write at once.
 */
export function createOutbox(files: Files): Outbox {
  const entries = new Map<string, FolderEntry>()
  // By folder, once its page lists all it may: the last id on it. A message further down cannot change the page.
  const fullUpTo = new Map<string, string>()
  const linked = new Set<string>()

  async function listed(folder: string, message: OutboxMessage): Promise<string> {
    const names = await files.list(`${folder}/.entries`)
    const present = new Set(await files.list(folder))
    const ids = names.map((name) => name.replace(/\.json$/, '')).toSorted()
    const shown = ids.slice(0, LISTED_MESSAGES)
    const known: FolderEntry[] = []
    for (const id of shown) {
      const path = entryPath(folder, id)
      const entry = entries.get(path) ?? (await readEntry(files, path))
      if (entry) entries.set(path, entry)
      if (entry?.files.every((name) => present.has(name))) known.push(entry)
    }
    const more = ids.length > shown.length
    if (more) fullUpTo.set(folder, shown.at(-1) ?? '')
    return folderPage(message.channel, message.edition, known, more)
  }

  return {
    async put(message) {
      const folder = folderOf(message)
      const entry = await keep(files, folder, message)
      entries.set(entryPath(folder, message.id), entry)

      const last = fullUpTo.get(folder)
      if (last === undefined || message.id <= last) {
        await refresh(files, `${folder}/index.html`, () => listed(folder, message))
      }
      if (!linked.has(folder)) await refresh(files, 'outbox/index.html', () => overview(files))
      linked.add(folder)
      return `${folder}/${entry.files[0] ?? 'index.html'}`
    },
  }
}

async function keep(files: Files, folder: string, message: OutboxMessage): Promise<FolderEntry> {
  const { id, title, detail, page } = message
  const contents = Object.entries(message.files).map(([extension, content]) => ({
    name: fileName(id, extension),
    content,
  }))
  const entry = { title, detail, files: contents.map(({ name }) => name), page: page !== undefined }
  await Promise.all([
    ...contents.map(({ name, content }) => files.write(`${folder}/${name}`, content)),
    ...(page === undefined ? [] : [files.write(`${folder}/_page.html`, page)]),
    files.write(entryPath(folder, id), `${JSON.stringify(entry)}\n`),
  ])
  return entry
}

/**
 * Writes a page until it says what making it anew would say: with several writers the last one to write may have
 * looked before another's entry was there, and then sees it now.
 */
async function refresh(files: Files, path: string, make: () => Promise<string>): Promise<void> {
  let page = await make()
  for (;;) {
    await files.write(path, page)
    const again = await make()
    if (again === page) return
    page = again
  }
}

async function overview(files: Files): Promise<string> {
  const channels: OverviewChannel[] = []
  for (const id of await files.list('outbox')) {
    const folders: string[] = []
    for (const folder of await files.list(`outbox/${id}`)) {
      if ((await files.list(`outbox/${id}/${folder}/.entries`)).length > 0) folders.push(folder)
    }
    if (folders.length > 0) channels.push({ id, folders: folders.toReversed() })
  }
  return overviewPage(channels)
}

/** Undefined for what is not (or not any more) an entry: it is only left out of the list. */
async function readEntry(files: Files, path: string): Promise<FolderEntry | undefined> {
  const text = await files.read(path)
  if (text === undefined) return undefined
  try {
    return entrySchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

const SAFE_NAME = /^[a-z0-9][a-z0-9-]*$/

function folderOf({ channel, edition }: OutboxMessage): string {
  return `outbox/${safe(channel, 'channel')}/${safe(edition.replaceAll('/', '-'), 'edition')}`
}

function fileName(id: string, extension: string): string {
  const name = `${safe(id, 'id')}.${safe(extension, 'extension')}`
  if (name === 'index.html') throw new Error('The outbox keeps index.html for its list: give the message another id.')
  return name
}

function entryPath(folder: string, id: string): string {
  return `${folder}/.entries/${id}.json`
}

function safe(name: string, field: string): string {
  if (SAFE_NAME.test(name)) return name
  throw new Error(`The ${field} ${JSON.stringify(name)} cannot name a file of the outbox: use a-z, 0-9 and "-".`)
}
