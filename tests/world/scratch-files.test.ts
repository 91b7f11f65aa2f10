import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFiles } from '../../src/world/files.ts'
import { scratchFiles } from '../../src/world/scratch-files.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'groundwire-scratch-files-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('files for looking', () => {
  it('are those on the disk, and what was written to them, which never reaches the disk', async () => {
    const files = createFiles(root)
    await files.write('public/a.txt', 'old')
    const scratch = scratchFiles(files)
    expect(await scratch.read('public/a.txt')).toBe('old')
    expect(await scratch.write('public/a.txt', 'new')).toBe('written')
    expect(await scratch.write('pictures/b.png', Buffer.of(1, 2))).toBe('written')
    expect(await scratch.read('public/a.txt')).toBe('new')
    expect([...((await scratch.readBytes('pictures/b.png')) ?? [])]).toEqual([1, 2])
    expect(await files.read('public/a.txt')).toBe('old')
    expect(readdirSync(root)).toEqual(['public'])
    expect(await scratch.list('public')).toEqual(['a.txt'])
  })

  it('are stamped as on the disk, and anew with what is written to them', async () => {
    const files = createFiles(root)
    await files.write('a.txt', 'old')
    const scratch = scratchFiles(files)
    const stamps = [scratch.stamp('a.txt')]
    expect(stamps).toEqual([files.stamp('a.txt')])
    for (const text of ['new', 'new', 'newer']) {
      await scratch.write('a.txt', text)
      stamps.push(scratch.stamp('a.txt'))
    }
    expect(new Set(stamps.map((stamp) => stamp?.version)).size).toBe(3)
    expect(scratch.stamp('b.txt')).toBeUndefined()
  })

  it('say when they held these bytes already', async () => {
    const files = createFiles(root)
    await files.write('a.txt', 'old')
    const scratch = scratchFiles(files)
    expect(await scratch.write('a.txt', 'old')).toBe('same')
    expect(await scratch.write('b.txt', 'x')).toBe('written')
    expect(await scratch.write('b.txt', 'x')).toBe('same')
    expect(await scratch.read('c.txt')).toBeUndefined()
  })
})
