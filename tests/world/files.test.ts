import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync, mkdirSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFiles, FilesError } from '../../src/world/files.ts'
import { workerName } from '../../src/world/worker.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'groundwire-files-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const module = fileURLToPath(new URL('../../src/world/files.ts', import.meta.url))

/** Runs a script with `files` on the test's root in a process of its own. */
function inChild(script: string, limit = '') {
  const program = `import { createFiles } from ${JSON.stringify(module)}; const files = createFiles(${JSON.stringify(root)}); ${script}`
  return spawn('sh', ['-c', `${limit} exec "$0" --input-type=module --eval "$1"`, process.execPath, program])
}

function temporary(worker: string): string {
  return `.${Buffer.from(worker).toString('base64url')}.0123abcd.tmp`
}

describe('files', () => {
  it('writes, reads and lists, and makes folders on the way', async () => {
    const files = createFiles(join(root, 'new'))
    expect(await files.write('public/b.xml', 'b')).toBe('written')
    expect(await files.write('public/a.xml', new Uint8Array([0xc3, 0xa4]))).toBe('written')
    expect(await files.read('public/a.xml')).toBe('ä')
    expect(await files.list('public')).toEqual(['a.xml', 'b.xml'])
  })

  it.runIf(process.platform !== 'win32')('lets others read what is public, and nothing else', async () => {
    const before = process.umask(0o022)
    const files = createFiles(join(root, 'data'))
    for (const path of ['outbox/email/a.eml', 'public/rss.xml', 'publicity']) {
      await files.write(path, 'first')
      await files.write(path, 'second')
    }
    process.umask(before)
    const modes = ['data', 'data/publicity', 'data/outbox', 'data/outbox/email', 'data/outbox/email/a.eml']
      .concat('data/public', 'data/public/rss.xml')
      .map((path) => (statSync(join(root, path)).mode & 0o777).toString(8))
    expect(modes).toEqual(['755', '600', '700', '700', '600', '755', '644'])
  })

  it('stamps a file anew with every write, of as many bytes and within one tick too, and with nothing else', async () => {
    const files = createFiles(root)
    const seen = new Set<string | undefined>()
    for (const text of ['one', 'two', 'six', 'one', 'three'].flatMap((word) => [word, word])) {
      await files.write('public/a.xml', text)
      seen.add(files.stamp('public/a.xml')?.version)
      expect(files.stamp('public/a.xml')).toEqual(files.stamp('public/a.xml'))
    }
    expect(seen.size).toBe(5)
    expect(seen).not.toContain(undefined)
  })

  it('says when a file was written, and sees through a time that was set back', async () => {
    const files = createFiles(root)
    await files.write('a.xml', 'text')
    const before = files.stamp('a.xml')
    utimesSync(join(root, 'a.xml'), 1000, 1000.5)
    expect(files.stamp('a.xml')?.modifiedMs).toBe(1_000_500)
    expect(files.stamp('a.xml')?.version).not.toBe(before?.version)
  })

  it('stamps neither a folder nor what is not there, and nothing outside', async () => {
    const files = createFiles(root)
    await files.write('public/a.xml', 'text')
    for (const path of ['public', 'none', 'public/none', 'public/a.xml/none']) expect(files.stamp(path)).toBeUndefined()
    expect(() => files.stamp('../a.xml')).toThrow(/does not name a place below/)
  })

  it('has nothing where there is nothing', async () => {
    const files = createFiles(root)
    await files.write('file', 'x')
    expect(await files.read('none')).toBeUndefined()
    expect(await files.read('file/none')).toBeUndefined()
    expect(await files.list('none')).toEqual([])
    expect(await files.list('file')).toEqual([])
  })

  it('leaves a file alone that already holds the bytes, its time included', async () => {
    const files = createFiles(root)
    await files.write('rss.xml', 'same')
    utimesSync(join(root, 'rss.xml'), 1000, 1000)
    expect(await files.write('rss.xml', 'same')).toBe('same')
    expect(statSync(join(root, 'rss.xml')).mtimeMs).toBe(1_000_000)
    expect(await files.write('rss.xml', 'diff')).toBe('written')
    expect(statSync(join(root, 'rss.xml')).mtimeMs).not.toBe(1_000_000)
  })

  it.each(['../x', 'a/../../x', '/etc/x', 'a//x', './x', '', 'a/', 'a\\..\\x', 'a\0b'])(
    'refuses the path %j',
    async (path) => {
      const files = createFiles(join(root, 'data'))
      await expect(files.write(path, 'x')).rejects.toThrow(FilesError)
      await expect(files.read(path)).rejects.toThrow(/does not name a place below/)
      await expect(files.list(path)).rejects.toThrow(FilesError)
      expect(readdirSync(root)).toEqual([])
    },
  )

  it('says what stands in the way', async () => {
    const files = createFiles(root)
    await files.write('file', 'x')
    mkdirSync(join(root, 'folder'))
    await expect(files.write('file/below', 'x')).rejects.toThrow(/a file stands where a folder should be/)
    await expect(files.write('folder', 'x')).rejects.toThrow(/a folder stands where the file should be/)
    expect(readdirSync(root)).toEqual(['file', 'folder'])
  })

  it('keeps the old file and explains itself when there is no room for the new one', async () => {
    await createFiles(root).write('rss.xml', 'old')
    const script = `await files.write('rss.xml', 'x'.repeat(5_000_000)).catch((error) => console.log(error.message))`
    const child = inChild(script, 'ulimit -f 1;')
    const output = String(await once(child.stdout, 'data'))
    expect(output).toMatch(/^Cannot write .*rss\.xml: the file is larger than .* The old file is untouched/)
    expect(readdirSync(root)).toEqual(['rss.xml'])
    expect(readFileSync(join(root, 'rss.xml'), 'utf8')).toBe('old')
  })
})

describe('after kill -9', () => {
  it('every file is whole, nothing half-written is listed, and the next writer tidies up', async () => {
    const script = `for (let i = 0; ; i++) {
      await files.write('out/page', String(i % 10).repeat(2_000_000))
      if (i === 0) console.log('ready')
    }`
    let leftovers = 0
    for (let round = 0; round < 6 || (leftovers === 0 && round < 60); round++) {
      const child = inChild(script)
      await once(child.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, 20 + ((round * 7) % 50)))
      child.kill('SIGKILL')
      await once(child, 'exit')
      const page = (await createFiles(root).read('out/page')) ?? ''
      expect(page.length).toBe(2_000_000)
      expect(new Set(page).size).toBe(1)
      expect((await createFiles(root).list('out')).filter((name) => name !== 'page')).toEqual([])
      leftovers += readdirSync(join(root, 'out')).filter((name) => name !== 'page').length
    }
    // Otherwise no kill struck in mid-write, and the test shows nothing.
    expect(leftovers).toBeGreaterThan(0)
    await createFiles(root).write('out/other', 'x')
    expect(readdirSync(join(root, 'out')).toSorted()).toEqual(['other', 'page'])
  })

  it('leaves alone what a living or a far-away worker may still be writing, for a day', async () => {
    const gone = temporary(`${hostname()}:999999999:1`)
    const living = temporary(workerName())
    const far = temporary('elsewhere:1:1')
    const old = temporary('elsewhere:2:1')
    for (const file of [gone, living, far, old]) writeFileSync(join(root, file), 'x')
    utimesSync(join(root, old), 1000, 1000)
    await createFiles(root).write('page', 'x')
    expect(readdirSync(root).toSorted()).toEqual(['page', living, far].toSorted())
  })

  it('two writers of one file leave one of the two texts', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(300_000))
    await Promise.all(texts.flatMap((text) => Array.from({ length: 10 }, () => createFiles(root).write('page', text))))
    expect(texts).toContain(readFileSync(join(root, 'page'), 'utf8'))
    expect(readdirSync(root)).toEqual(['page'])
  })
})

it('clears what a killed process left behind, also when the file is in place already', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-leftover-'))
  await createFiles(folder).write('out/page', 'same')
  const gone = Buffer.from(`${hostname()}:999999999:1`).toString('base64url')
  writeFileSync(join(folder, 'out', `.${gone}.0123abcd.tmp`), '')
  expect(await createFiles(folder).write('out/page', 'same')).toBe('same')
  expect(readdirSync(join(folder, 'out'))).toEqual(['page'])
  rmSync(folder, { recursive: true })
})
