import { promisify } from 'node:util'
import { brotliDecompress, gunzip } from 'node:zlib'
import type { Files, FileStamp } from '../../ports.ts'

export type ShelfFiles = Pick<Files, 'stamp' | 'readBytes'>

/** One file with its compressed siblings, as they lay in `public/` together. */
export interface Held {
  readonly modifiedMs: number
  readonly identity: Buffer
  /** Absent where the sibling is missing, or does not hold the bytes of `identity`. */
  readonly br?: Buffer
  readonly gzip?: Buffer
}

export interface Shelf<T> {
  /** At once, and only what lies in `public/` at this very moment. Undefined: not known, ask `load`. */
  find(path: string): T | undefined
  /** Undefined when there is no such file. */
  load(path: string): Promise<T | undefined>
}

interface Kept<T> {
  readonly value: T
  readonly bytes: number
  readonly version: string
  /** Siblings that are of no use, with the version that was looked at. */
  readonly useless: readonly (readonly [path: string, version: string | undefined])[]
}

const MAX_BYTES = 64 * 1024 * 1024
const MOST_TRIES = 3

/**
 * Keeps files of `public/` in memory, up to `maxBytes` of them. A hub fetches the very moment it is told of new bytes:
 * what is kept is therefore asked of the disk each time, which costs some microseconds.
 *
 * @param make what is kept of a file, made once.
 */
export function openShelf<T>(files: ShelfFiles, make: (path: string, held: Held) => T, maxBytes = MAX_BYTES): Shelf<T> {
  const kept = new Map<string, Kept<T>>()
  const underWay = new Map<string, Promise<T | undefined>>()
  let total = 0
  const drop = (path: string): void => {
    total -= kept.get(path)?.bytes ?? 0
    kept.delete(path)
  }
  const keep = (path: string, one: Kept<T>): void => {
    drop(path)
    kept.set(path, one)
    total += one.bytes
    for (const oldest of kept.keys()) {
      if (total <= maxBytes) break
      drop(oldest)
    }
  }
  const load = async (path: string): Promise<T | undefined> => {
    const taken = await take(files, path)
    if (!taken) return undefined
    const { held, ...rest } = taken
    const value = make(path, held)
    keep(path, { value, ...rest })
    return value
  }
  const find = (path: string): T | undefined => {
    const one = kept.get(path)
    if (one && isCurrent(files, path, one)) return one.value
    drop(path)
    return undefined
  }
  return {
    find,
    async load(path) {
      // Begun before this was asked, it may have read what was replaced meanwhile.
      const before = await underWay.get(path)?.catch(() => undefined)
      const now = before && find(path)
      if (now) return now
      const running = underWay.get(path) ?? load(path).finally(() => underWay.delete(path))
      underWay.set(path, running)
      return running
    },
  }
}

/** False also where the disk cannot be asked: who then reads the file is told why. */
function isCurrent(files: ShelfFiles, path: string, { version, useless }: Kept<unknown>): boolean {
  try {
    return (
      files.stamp(`public/${path}`)?.version === version &&
      useless.every(([sibling, looked]) => files.stamp(sibling)?.version === looked)
    )
  } catch {
    return false
  }
}

type Taken = Omit<Kept<unknown>, 'value'> & { readonly held: Held }

/** The file, and those of its siblings that hold the same: they are written before it, one by one. */
async function take(files: ShelfFiles, path: string): Promise<Taken | undefined> {
  const found = await whole(files, `public/${path}`)
  if (!found) return undefined
  const { bytes: identity, stamp } = found
  const siblings = [
    { name: 'br', path: `public/${path}.br`, unpack: promisify(brotliDecompress) },
    { name: 'gzip', path: `public/${path}.gz`, unpack: promisify(gunzip) },
  ] as const
  const useless: [string, string | undefined][] = []
  const held: { br?: Buffer; gzip?: Buffer } = {}
  for (const { name, path: sibling, unpack } of siblings) {
    const packed = await whole(files, sibling)
    // Larger than what it stands for is one that was tampered with: no more of it is unpacked than can be right.
    const text =
      packed && (await unpack(packed.bytes, { maxOutputLength: identity.byteLength + 1 }).catch(() => undefined))
    if (packed && text?.equals(identity)) held[name] = packed.bytes
    else useless.push([sibling, packed?.stamp.version])
  }
  const bytes = [identity, held.br, held.gzip].reduce((sum, one) => sum + (one?.byteLength ?? 0), 0)
  return { held: { modifiedMs: stamp.modifiedMs, identity, ...held }, bytes, version: stamp.version, useless }
}

interface Whole {
  readonly bytes: Buffer
  readonly stamp: FileStamp
}

/** Bytes and stamp that belong together. */
async function whole(files: ShelfFiles, path: string): Promise<Whole | undefined> {
  for (let tries = 1; ; tries++) {
    const stamp = files.stamp(path)
    const bytes = stamp && (await files.readBytes(path))
    if (!stamp || !bytes) return undefined
    if (tries === MOST_TRIES || files.stamp(path)?.version === stamp.version)
      return { bytes: Buffer.from(bytes), stamp }
  }
}
