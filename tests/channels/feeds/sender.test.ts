import { mkdir, readdir, readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { Sender } from '../../../src/channel.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Files } from '../../../src/ports.ts'
import { createFiles } from '../../../src/world/files.ts'
import { testClock } from '../../fixtures/clock.ts'
import { channelPorts } from '../../fixtures/ports.ts'
import { contextOf } from './fixture.ts'
import { attemptOf, fileOf, never, temporaryFolder } from './sending.ts'

const NOW = new Date('2026-06-29T05:00:00.000Z')
const settings = feedsChannel.settings.parse({})
const OLD = '<rss>the old bytes</rss>\n'
const NEW = `<rss>${'the new bytes, of which there are more. '.repeat(200)}</rss>\n`

function openWith(files: Files): Sender {
  const house = { ...contextOf([]).house, secret: 'not used here', installation: 'here' }
  return feedsChannel.open(settings, channelPorts({ files, clock: testClock(NOW.toISOString()) }), house)
}

async function write(files: Files, id: string, content: string) {
  return openWith(files).send(attemptOf(fileOf(id, content)), never)
}

/** What a reader gets, whichever of the three it asks for. */
async function forms(folder: string, id: string): Promise<string[]> {
  const [plain, br, gz] = await Promise.all(['', '.br', '.gz'].map((end) => readFile(join(folder, 'public', id + end))))
  if (!plain || !br || !gz) throw new Error('a file is missing')
  return [plain, brotliDecompressSync(br), gunzipSync(gz)].map(String)
}

/** Only so many writes reach the disk; the one after them breaks, as all later ones do. */
function failingAfter(writes: number, files: Files, reason = 'the process was killed'): Files {
  let left = writes
  return {
    ...files,
    async write(path, content) {
      left -= 1
      if (left < 0) throw new Error(reason)
      return files.write(path, content)
    },
  }
}

describe('the sender of the feeds', () => {
  it('writes the frozen bytes below public/, and tells where they can be read', async () => {
    const folder = await temporaryFolder()
    const url = 'https://feeds.morningcheck.example/feeds/news/rss.xml'
    expect(await write(createFiles(folder), 'feeds/news/rss.xml', NEW)).toEqual([
      { kind: 'sent', remoteId: sha256(NEW), url },
    ])
    expect(await readFile(join(folder, 'public/feeds/news/rss.xml'), 'utf8')).toBe(NEW)
  })

  it.each([
    ['markup', NEW],
    ['a single character', 'x'],
    ['text of every kind', 'é 漢字 🗞️ \u202E \0 \uD800 ]]> <!-- &amp; \r\n'],
    ['more than a megabyte', Array.from({ length: 60_000 }, (_, at) => `<item>${at * 7919}</item>`).join('\n')],
  ])('lays beside it what is the same when it is unpacked: %s', async (_, content) => {
    const folder = await temporaryFolder()
    await write(createFiles(folder), 'rss.xml', content)
    const whole = content.toWellFormed()
    expect(await forms(folder, 'rss.xml')).toEqual([whole, whole, whole])
    expect(await readdir(join(folder, 'public'))).toEqual(['rss.xml', 'rss.xml.br', 'rss.xml.gz'])
  })

  it('makes the same bytes of the same, at any time and under any name', async () => {
    const [folder, other] = [await temporaryFolder(), await temporaryFolder()]
    await write(createFiles(folder), 'rss.xml', NEW)
    await write(createFiles(other), 'atom.xml', NEW)
    for (const end of ['.br', '.gz'])
      expect(await readFile(join(other, `public/atom.xml${end}`))).toEqual(
        await readFile(join(folder, `public/rss.xml${end}`)),
      )
    // Neither a time nor a name (RFC 1952, 2.3).
    const header = (await readFile(join(folder, 'public/rss.xml.gz'))).subarray(3, 8)
    expect([...header]).toEqual([0, 0, 0, 0, 0])
  })

  it('leaves what is unchanged its bytes and its time', async () => {
    const folder = await temporaryFolder()
    const files = createFiles(folder)
    const paths = ['', '.br', '.gz'].map((end) => join(folder, `public/rss.xml${end}`))
    const times = (): Promise<Date[]> => Promise.all(paths.map(async (path) => (await stat(path)).mtime))
    await write(files, 'rss.xml', NEW)
    for (const path of paths) await utimes(path, NOW, NOW)
    await write(files, 'rss.xml', NEW)
    expect(await times()).toEqual([NOW, NOW, NOW])
    await write(files, 'rss.xml', OLD)
    expect(await times()).not.toContainEqual(NOW)
  })

  it.each([0, 1, 2])('is whole after a repeat, whatever %i writes left behind', async (writes) => {
    const folder = await temporaryFolder()
    const files = createFiles(folder)
    await write(files, 'rss.xml', OLD)
    await write(failingAfter(writes, files), 'rss.xml', NEW)
    // Every file is one of the two, and the plain one is not new before those beside it are.
    const [plain, ...beside] = await forms(folder, 'rss.xml')
    expect(plain).toBe(OLD)
    expect(beside).toEqual(beside.map((_, at) => (at < writes ? NEW : OLD)))
    expect(await write(files, 'rss.xml', NEW)).toMatchObject([{ kind: 'sent' }])
    expect(await forms(folder, 'rss.xml')).toEqual([NEW, NEW, NEW])
  })

  it('puts right what lies beside an unchanged file', async () => {
    const folder = await temporaryFolder()
    const files = createFiles(folder)
    await files.write('public/rss.xml', NEW)
    await files.write('public/rss.xml.br', 'something else')
    await write(files, 'rss.xml', NEW)
    expect(await forms(folder, 'rss.xml')).toEqual([NEW, NEW, NEW])
  })

  it('tries what could not be written again in a minute and keeps the reason', async () => {
    const folder = await temporaryFolder()
    const full = failingAfter(0, createFiles(folder), 'the disk is full')
    expect(await write(full, 'rss.xml', NEW)).toEqual([
      { kind: 'later', notBefore: new Date('2026-06-29T05:01:00.000Z'), reason: 'the disk is full' },
    ])
  })

  it('says what stands where a file should be', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'public/rss.xml'), { recursive: true })
    const [outcome] = await write(createFiles(folder), 'rss.xml', NEW)
    expect(outcome).toMatchObject({ kind: 'later', reason: expect.stringContaining('a folder stands where the file') })
  })

  it('never empties a file whose bytes are no longer kept', async () => {
    const folder = await temporaryFolder()
    const files = createFiles(folder)
    await write(files, 'rss.xml', NEW)
    const [outcome] = await write(files, 'rss.xml', '')
    expect(outcome).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('no longer kept') })
    expect(await forms(folder, 'rss.xml')).toEqual([NEW, NEW, NEW])
  })
})
