import type { Files } from '../ports.ts'

/** Reads what is there, and what was written in the meantime, which is in memory alone: for looking without touching. */
export function scratchFiles(files: Files): Files {
  const written = new Map<string, Buffer>()
  const versions = new Map<string, number>()
  return {
    async write(path, content) {
      const bytes = Buffer.from(content)
      const before = written.get(path) ?? (await files.readBytes(path))
      if (before && bytes.equals(before)) return 'same'
      written.set(path, bytes)
      versions.set(path, (versions.get(path) ?? 0) + 1)
      return 'written'
    },
    read: async (path) => written.get(path)?.toString('utf8') ?? files.read(path),
    readBytes: async (path) => written.get(path) ?? files.readBytes(path),
    stamp(path) {
      const version = versions.get(path)
      // Nobody polls what is only looked at: when it was written matters to nobody.
      return version === undefined ? files.stamp(path) : { version: `scratch ${version}`, modifiedMs: 0 }
    },
    list: (folder) => files.list(folder),
  }
}
