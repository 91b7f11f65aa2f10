import { describe, expect, it } from 'vitest'
import { openShelf, type ShelfFiles } from '../../src/web/feeds/shelf.ts'

/** Files that change when the test says so, also in the midst of a reading. */
function changingFiles() {
  const contents = new Map<string, { text: string; version: number }>()
  const reads: string[] = []
  let versions = 0
  let during: (() => void) | undefined
  const files: ShelfFiles = {
    stamp(path) {
      const found = contents.get(path)
      return found && { version: String(found.version), modifiedMs: 0 }
    },
    async readBytes(path) {
      reads.push(path)
      const found = contents.get(path)
      await Promise.resolve()
      const now = during
      during = undefined
      now?.()
      return found && Buffer.from(found.text)
    },
  }
  return {
    files,
    reads,
    write: (path: string, text: string) => void contents.set(`public/${path}`, { text, version: ++versions }),
    whileReading: (act: () => void) => void (during = act),
  }
}

describe('what is kept of files', () => {
  it('is read once for many who ask at once, and not again', async () => {
    const { files, reads, write } = changingFiles()
    const shelf = openShelf(files, (_path, { identity }) => identity.toString())
    write('a', 'text')
    expect(shelf.find('a')).toBeUndefined()
    expect(await Promise.all(Array.from({ length: 9 }, () => shelf.load('a')))).toEqual(Array(9).fill('text'))
    expect(shelf.find('a')).toBe('text')
    expect(reads.filter((path) => path === 'public/a')).toHaveLength(1)
  })

  it('is never older than the moment that somebody asked, also when a reading was under way then', async () => {
    const { files, write, whileReading } = changingFiles()
    const shelf = openShelf(files, (_path, { identity }) => identity.toString())
    write('a', 'old')
    const late: Promise<string | undefined>[] = []
    const early = shelf.load('a')
    whileReading(() => {
      write('a', 'new')
      late.push(shelf.load('a'))
    })
    await early
    expect(await Promise.all(late)).toEqual(['new'])
    expect(shelf.find('a')).toBe('new')
  })

  it('comes after a reading that failed', async () => {
    const { files, write, whileReading } = changingFiles()
    const shelf = openShelf(files, (_path, { identity }) => identity.toString())
    write('a', 'text')
    let second: Promise<string | undefined> | undefined
    whileReading(() => {
      second = shelf.load('a')
      throw new Error('the disk hangs')
    })
    await expect(shelf.load('a')).rejects.toThrow('the disk hangs')
    expect(await second).toBe('text')
  })

  it('is no more than fits: the oldest goes, and what is larger than all is not kept', async () => {
    const { files, write } = changingFiles()
    const shelf = openShelf(files, (_path, { identity }) => identity.byteLength, 10)
    for (const [name, bytes] of [
      ['a', 4],
      ['b', 4],
      ['c', 4],
      ['large', 11],
    ] as const)
      write(name, 'x'.repeat(bytes))
    for (const name of ['a', 'b', 'c']) await shelf.load(name)
    expect(['a', 'b', 'c'].map((name) => shelf.find(name))).toEqual([undefined, 4, 4])
    write('b', 'shorter')
    expect(shelf.find('b')).toBeUndefined()
    await shelf.load('a')
    expect(['a', 'c'].map((name) => shelf.find(name))).toEqual([4, 4])
    expect(await shelf.load('large')).toBe(11)
    expect(shelf.find('large')).toBeUndefined()
  })

  it('is gone with its file', async () => {
    const { files, write } = changingFiles()
    const gone = new Set<string>()
    const shelf = openShelf(
      { ...files, stamp: (path) => (gone.has(path) ? undefined : files.stamp(path)) },
      (_path, { identity }) => identity.toString(),
    )
    write('a', 'text')
    await shelf.load('a')
    gone.add('public/a')
    expect([shelf.find('a'), await shelf.load('a')]).toEqual([undefined, undefined])
  })
})
