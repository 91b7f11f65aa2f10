import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/domain/hash.ts'
import { createFiles } from '../../../src/world/files.ts'
import type { Files } from '../../../src/ports.ts'
import { news } from '../../pipeline/fixture.ts'
import { feedsWorld, type World } from './world.ts'

const SECRET = 'TAKENBACK'
const a = news('a', '2026-05-31', { summary: SECRET })
const b = news('b', '2026-06-01')

/** A folder in which the write of one file hangs until it is let go. */
function hanging(files: Files, path: string): Files & { reached: Promise<void>; letGo(): void } {
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  return {
    ...files,
    reached: reached.promise,
    letGo: () => gate.resolve(),
    async write(to, content) {
      if (to === path) {
        reached.resolve()
        await gate.promise
      }
      return files.write(to, content)
    },
  }
}

/** Every file with the hash of its bytes, also those that are compressed. */
function everything(folder: string): Map<string, string> {
  const names = readdirSync(join(folder, 'public'), { recursive: true, encoding: 'utf8' }).toSorted()
  const files = names.filter((name) => statSync(join(folder, 'public', name)).isFile())
  return new Map(files.map((name) => [name, sha256(readFileSync(join(folder, 'public', name)))]))
}

async function published(): Promise<World> {
  const world = await feedsWorld()
  world.source.says(a)
  await world.pass('2026-05-31')
  world.source.says(b, a)
  await world.pass('2026-06-01')
  return world
}

const again = (world: World) => world.pass('2026-06-01', {}, '06:00:00')

describe('an older document that lands late', () => {
  it.each(['rss.xml', 'rss.xml.br', 'feeds/archive/2026-05/rss.xml'])(
    'is overwritten by the newer one: %s',
    async (name) => {
      const world = await feedsWorld()
      world.source.says(a)
      await world.pass('2026-05-31')
      world.source.says(b, a)
      const files = hanging(createFiles(world.folder), `public/${name}`)
      const slow = await world.another(files)
      const passing = slow.pass('2026-06-01')
      await files.reached
      await world.amend('retraction', a)
      // So soon that nobody has given up waiting for the slow one.
      await world.pass('2026-06-01', {}, '05:00:01')
      expect(world.carrying(SECRET)).toEqual([])
      const right = everything(world.folder)
      files.letGo()
      await passing
      expect(world.carrying(SECRET)).toEqual([])
      expect(everything(world.folder)).toEqual(right)
    },
  )

  it('is overwritten also where it is only packed, and older than the document that it lies beside', async () => {
    const world = await published()
    const path = join(world.folder, 'public/rss.xml')
    const old = brotliCompressSync(readFileSync(path))
    await world.amend('retraction', a)
    await world.pass('2026-06-01', {}, '05:10:00')
    const right = everything(world.folder)
    const before = statSync(path).mtimeMs / 1000 - 1
    writeFileSync(`${path}.br`, old)
    utimesSync(`${path}.br`, before, before)
    await again(world)
    expect(everything(world.folder)).toEqual(right)
  })

  it('is not put back by whoever began to before its item was retracted', async () => {
    const world = await published()
    for (const name of ['atom.xml', 'rss.xml', 'feed.json']) rmSync(join(world.folder, 'public', name))
    const files = createFiles(world.folder)
    const late: string[] = []
    let isRetracted = false
    const slow = await world.another({
      ...files,
      async write(to, content) {
        if (isRetracted && Buffer.from(content).includes(SECRET)) late.push(to)
        if (!isRetracted && to.startsWith('public/')) {
          isRetracted = true
          await world.amend('retraction', a)
          await world.pass('2026-06-01', {}, '05:10:00')
        }
        return files.write(to, content)
      },
    })
    await slow.pass('2026-06-01', {}, '05:05:00')
    // Of the document whose bytes were read already, and of no other.
    expect(new Set(late.map((to) => to.replace(/\.(br|gz)$/, ''))).size).toBeLessThanOrEqual(1)
    expect(world.carrying(SECRET)).toEqual([])
  })

  it('is overwritten in the next pass when whoever wrote it was killed', async () => {
    const world = await published()
    const old = readFileSync(join(world.folder, 'public/rss.xml'), 'utf8')
    await world.amend('retraction', a)
    await again(world)
    const right = everything(world.folder)
    writeFileSync(join(world.folder, 'public/rss.xml.br'), brotliCompressSync(old))
    writeFileSync(join(world.folder, 'public/rss.xml.gz'), gzipSync(old))
    await again(world)
    expect(everything(world.folder)).toEqual(right)
    writeFileSync(join(world.folder, 'public/rss.xml'), old)
    await again(world)
    expect(everything(world.folder)).toEqual(right)
  })
})

describe('a pass with nothing new', () => {
  it('puts back files that were deleted or changed, and what lies beside them, and says so', async () => {
    const world = await published()
    const right = everything(world.folder)
    rmSync(join(world.folder, 'public'), { recursive: true })
    await again(world)
    expect(everything(world.folder)).toEqual(right)
    expect(world.log.lines.at(-1)).toMatch(/^warn: public\/: put back, .*: atom\.xml, .* and \d+ more\.$/)
    const spoilt: readonly [string, string | Uint8Array][] = [
      ['feed.json', '{}'],
      ['feeds/feed.css.gz', 'no pack'],
      ['feeds/index.html.br', brotliCompressSync('x'.repeat(1_000_000))],
    ]
    for (const [name, bytes] of spoilt) writeFileSync(join(world.folder, 'public', name), bytes)
    rmSync(join(world.folder, 'public/llms.txt.br'))
    await again(world)
    expect(everything(world.folder)).toEqual(right)
    expect(world.log.lines.at(-1)).toContain('feed.json, feeds/feed.css, feeds/index.html, and 1 more.')
  })

  it('writes nothing and says nothing when all is well', async () => {
    const world = await published()
    const before = world.log.lines.length
    const writes: string[] = []
    const files: Files = {
      ...world.files,
      write: async (path) => {
        writes.push(path)
        return 'same'
      },
    }
    await (await world.another(files)).pass('2026-06-01', {}, '06:00:00')
    expect([writes, world.log.lines.slice(before)]).toEqual([[], []])
  })

  it('leaves alone what was not delivered yet, or never was', async () => {
    const world = await published()
    await world.amend('retraction', a)
    const stand = await world.store.standing('feeds')
    await world.store.hold(stand.documents.find(({ hasLeft }) => !hasLeft)?.edition ?? '', 'wait')
    const before = everything(world.folder)
    await again(world)
    expect(everything(world.folder)).toEqual(before)
  })

  it('goes on with the others when one cannot be put back, and says why', async () => {
    const world = await published()
    const right = everything(world.folder)
    rmSync(join(world.folder, 'public'), { recursive: true })
    const full: Files = {
      ...world.files,
      async write(path, content) {
        if (path.startsWith('public/rss.xml')) throw new Error('the disk is full')
        return world.files.write(path, content)
      },
    }
    await (await world.another(full)).pass('2026-06-01', {}, '06:00:00')
    const missing = new Set(['rss.xml', 'rss.xml.br', 'rss.xml.gz'])
    expect([...everything(world.folder).keys()]).toEqual([...right.keys()].filter((name) => !missing.has(name)))
    expect(world.log.lines.at(-1)).toBe('error: public/: could not be put back: rss.xml (the disk is full).')
    await again(world)
    expect(everything(world.folder)).toEqual(right)
  })

  it('does not touch them in a dry run', async () => {
    const world = await published()
    writeFileSync(join(world.folder, 'public/rss.xml'), 'by hand')
    await world.pass('2026-06-01', { dryRun: true }, '06:00:00')
    expect(readFileSync(join(world.folder, 'public/rss.xml'), 'utf8')).toBe('by hand')
  })
})
