import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { platform } from 'node:os'
import { dirname, join } from 'node:path'
import type { Files, FileStamp } from '../ports.ts'
import { isGone, workerName } from './worker.ts'

/** A file or folder that could not be used; the message says which and what to do. */
export class FilesError extends Error {
  override readonly name = 'FilesError'
}

/**
 * Files below `root`, which is made at the first write. A write is complete and on the disk when it resolves; when it
 * rejects, or the process dies at any instant, the old file is whole. What a killed process left behind is never
 * listed, and is cleared from a folder at the next writer's first write there, also when that finds the
 * bytes in place already.
 *
 * What lies in `public/` may be read as the umask says, for a web server of another user; all else is for this user
 * alone: mail in an outbox names its reader.
 */
export function createFiles(root: string): Files {
  const cleared = new Set<string>()
  const readBytes = async (path: string): Promise<Buffer | undefined> => {
    const target = inside(root, path)
    try {
      return await readFile(target)
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
      throw explained(error, 'read', target)
    }
  }
  return {
    async write(path, content) {
      const target = inside(root, path)
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      try {
        const folder = dirname(target)
        if (!cleared.has(folder)) await clearLeftovers(folder)
        cleared.add(folder)
        if (await holds(target, bytes)) return 'same'
        await makeFolder(root)
        await makeFolder(folder, isPublic(path) ? undefined : 0o700)
        await replace(target, bytes, isPublic(path) ? undefined : 0o600)
        return 'written'
      } catch (error) {
        throw explained(error, 'write', target)
      }
    },
    read: async (path) => (await readBytes(path))?.toString('utf8'),
    readBytes,
    stamp: (path) => stampOf(inside(root, path)),
    async list(folder) {
      const target = inside(root, folder)
      try {
        return (await readdir(target)).filter((name) => !name.startsWith('.')).toSorted()
      } catch (error) {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
        throw explained(error, 'list', target)
      }
    },
  }
}

/** The absolute path, or an error for any spelling that could mean a place outside the root. */
function inside(root: string, path: string): string {
  const segments = path.split('/')
  const safe = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  if (!safe || path.includes('\\') || path.includes('\0')) {
    throw new FilesError(
      `The path ${JSON.stringify(path)} does not name a place below ${root}: use names joined by "/".`,
    )
  }
  return join(root, ...segments)
}

function stampOf(target: string): FileStamp | undefined {
  try {
    const stats = statSync(target, { bigint: true, throwIfNoEntry: false })
    if (!stats?.isFile()) return undefined
    // Nobody can set back when it was changed, and a rename gives a new inode: two writes within one tick differ.
    return { version: `${stats.ctimeNs}-${stats.size}-${stats.ino}`, modifiedMs: Number(stats.mtimeMs) }
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined
    throw explained(error, 'read', target)
  }
}

function isPublic(path: string): boolean {
  return path.startsWith('public/')
}

async function holds(target: string, bytes: Uint8Array): Promise<boolean> {
  try {
    if ((await stat(target)).size !== bytes.byteLength) return false
    return (await readFile(target)).equals(bytes)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

async function replace(target: string, bytes: Uint8Array, mode: number | undefined): Promise<void> {
  const temporary = join(dirname(target), temporaryName())
  try {
    await writeDurably(temporary, bytes, mode)
    await rename(temporary, target)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(target))
}

async function writeDurably(path: string, bytes: Uint8Array, mode: number | undefined): Promise<void> {
  await using file = await open(path, 'wx', mode)
  await file.writeFile(bytes)
  await file.sync()
}

async function makeFolder(folder: string, mode?: number): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

/** Makes names in a folder durable. Windows cannot open a folder, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (platform() === 'win32') return
  await using handle = await open(folder)
  await handle.sync()
}

const TEMPORARY = /^\.([\w-]+)\.[0-9a-f]{8}\.tmp$/
const SURELY_DEAD_MS = 24 * 3_600_000

/** Hidden, unlike any other, and naming the worker that may still be writing it. */
function temporaryName(): string {
  return `.${Buffer.from(workerName()).toString('base64url')}.${randomUUID().slice(0, 8)}.tmp`
}

/** Removes temporary files whose worker is gone, or that nobody finished in a day (a writer on a host that is no more). */
async function clearLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const worker = TEMPORARY.exec(name)?.[1]
    if (worker === undefined) continue
    const path = join(folder, name)
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (isGone(Buffer.from(worker, 'base64url').toString()) || age > SURELY_DEAD_MS)
      await unlink(path).catch(() => undefined)
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. The old file is untouched; free some space and run again.',
  EDQUOT: 'the disk quota is used up. The old file is untouched; free some space and run again.',
  EFBIG:
    'the file is larger than this user may write. The old file is untouched; raise the limit (ulimit -f) and run again.',
  EROFS: 'the disk is read-only. Choose another data folder.',
  EACCES: 'permission is denied. Give this user access to it, or choose another data folder.',
  EPERM: 'permission is denied. Give this user access to it, or choose another data folder.',
  EISDIR: 'a folder stands where the file should be. Move it away and run again.',
  ENOTDIR: 'a file stands where a folder should be. Move it away and run again.',
  EEXIST: 'a file stands where a folder should be. Move it away and run again.',
  EMFILE: 'too many files are open. Raise the limit (ulimit -n) and run again.',
}

function explained(error: unknown, verb: string, target: string): FilesError {
  const advice = ADVICE[String(codeOf(error))] ?? (error instanceof Error ? error.message : String(error))
  return new FilesError(`Cannot ${verb} ${target}: ${advice}`, { cause: error })
}
