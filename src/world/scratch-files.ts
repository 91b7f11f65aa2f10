import type { Files } from '../ports.ts'

/** Reads what is there, and what was written in the meantime, which is in memory alone: for looking without touching. */
export function scratchFiles(files: Files): Files {
  const written = new Map<string, Buffer>()
  return {
    async write(path, content) {
      const bytes = Buffer.from(content)
      const before = written.get(path) ?? (await files.readBytes(path))
      if (before && bytes.equals(before)) return 'same'
      written.set(path, bytes)
      return 'written'
    },
    read: async (path) => written.get(path)?.toString('utf8') ?? files.read(path),
    readBytes: async (path) => written.get(path) ?? files.readBytes(path),
    list: (folder) => files.list(folder),
  }
}
