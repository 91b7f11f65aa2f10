import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Files, OutboxMessage } from '../../src/ports.ts'
import { createFiles } from '../../src/world/files.ts'
import { createOutbox, LISTED_MESSAGES } from '../../src/world/outbox.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'groundwire-outbox-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function post(id: string, over: Partial<OutboxMessage> = {}): OutboxMessage {
  const files = { json: `{"id":"${id}"}`, html: `<!doctype html><title>${id}</title>` }
  return {
    channel: 'bluesky',
    edition: 'daily/2026-06-29',
    id,
    title: `Post ${id}`,
    detail: `detail ${id}`,
    files,
    ...over,
  }
}

const FOLDER = 'outbox/bluesky/daily-2026-06-29'

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Ids in the order of the folder's page. */
function listed(folder = FOLDER): string[] {
  return [...read(`${folder}/index.html`).matchAll(/>Post ([a-z0-9-]+)</g)].map((match) => match[1] ?? '')
}

/** Every file below the root with its bytes and its time. */
function everything(): Record<string, string> {
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).toSorted()
  return Object.fromEntries(paths.map((path) => [path, `${statSync(path).mtimeMs} ${readFileSync(path, 'base64')}`]))
}

describe('the outbox', () => {
  it('keeps the files of a message and says where', async () => {
    const path = await createOutbox(createFiles(root)).put(post('01-a'))
    expect(path).toBe(`${FOLDER}/01-a.json`)
    expect(read(path)).toBe('{"id":"01-a"}')
    expect(read(`${FOLDER}/01-a.html`)).toContain('<title>01-a')
  })

  it('lists the messages in the order of their ids, with what they are and a link to every file', async () => {
    const outbox = createOutbox(createFiles(root))
    for (const id of ['02-b', '10-c', '01-a', '01']) await outbox.put(post(id))
    expect(listed()).toEqual(['01', '01-a', '02-b', '10-c'])
    const page = read(`${FOLDER}/index.html`)
    expect(page).toContain('detail 02-b')
    for (const name of ['02-b.json', '02-b.html']) expect(page).toContain(`href="${name}"`)
    expect(page).toContain('4 messages')
  })

  it('shows above the list what the messages share, only where there is something', async () => {
    const outbox = createOutbox(createFiles(root))
    await outbox.put(post('a', { channel: 'email', files: { eml: 'Subject: x' }, page: '<!doctype html>shared' }))
    await outbox.put(post('a'))
    expect(read('outbox/email/daily-2026-06-29/_page.html')).toBe('<!doctype html>shared')
    expect(read('outbox/email/daily-2026-06-29/index.html')).toMatch(
      /<iframe src="_page\.html"[^>]* sandbox="(?![^"]*script)/,
    )
    expect(read(`${FOLDER}/index.html`)).not.toContain('_page.html')
  })

  it('draws every message that has a page of its own in a frame without script, and no other', async () => {
    const outbox = createOutbox(createFiles(root))
    await outbox.put(post('a', { files: { json: '{}', html: '<!doctype html>drawn' } }))
    await outbox.put(post('b', { files: { json: '{}' } }))
    const frames = [...read(`${FOLDER}/index.html`).matchAll(/<iframe src="([^"]+)"[^>]* sandbox="(?![^"]*script)/g)]
    expect(frames.map((match) => match[1])).toEqual(['a.html'])
  })

  it('links every folder from one page, the newest edition first', async () => {
    const outbox = createOutbox(createFiles(root))
    await outbox.put(post('a'))
    await outbox.put(post('a', { edition: 'daily/2026-06-30' }))
    await outbox.put(post('a', { channel: 'mastodon' }))
    const links = [...read('outbox/index.html').matchAll(/href="([^"]+)"/g)].map((match) => match[1])
    const folders = ['bluesky/daily-2026-06-30', 'bluesky/daily-2026-06-29', 'mastodon/daily-2026-06-29']
    expect(links).toEqual(folders.map((folder) => `${folder}/index.html`))
  })

  it('changes no byte and no time when the same messages come again, from this process or the next', async () => {
    const first = createOutbox(createFiles(root))
    for (const id of ['a', 'b']) await first.put(post(id, { page: 'shared' }))
    const before = everything()
    for (const outbox of [first, createOutbox(createFiles(root))]) {
      for (const id of ['b', 'a']) await outbox.put(post(id, { page: 'shared' }))
    }
    expect(everything()).toEqual(before)
  })

  it('shows hostile titles as text', async () => {
    const title = '</title><script>alert(1)</script>"><img src=x onerror=alert(1)>'
    await createOutbox(createFiles(root)).put(post('a', { title, detail: title }))
    const page = read(`${FOLDER}/index.html`)
    expect(page).not.toMatch(/<script|<img/)
    expect(page).toContain('&lt;script&gt;')
  })

  it.each([
    ['id', post('../x')],
    ['id', post('A')],
    ['channel', post('a', { channel: '..' })],
    ['edition', post('a', { edition: '../../x' })],
    ['extension', post('a', { files: { 'x/../y': '' } })],
  ])('refuses names that are not safe: %s', async (field, message) => {
    await expect(createOutbox(createFiles(root)).put(message)).rejects.toThrow(`The ${field} "`)
    expect(everything()).toEqual({})
  })

  it('keeps index.html for itself', async () => {
    await expect(createOutbox(createFiles(root)).put(post('index'))).rejects.toThrow(/index\.html/)
  })

  it('lists no message of which a file is missing, until it comes again', async () => {
    const outbox = createOutbox(createFiles(root))
    await outbox.put(post('a'))
    rmSync(join(root, FOLDER, 'a.json'))
    await outbox.put(post('b'))
    expect(listed()).toEqual(['b'])
    await outbox.put(post('a'))
    expect(listed()).toEqual(['a', 'b'])
  })

  it('forgives an entry that is spoilt', async () => {
    const files = createFiles(root)
    await createOutbox(files).put(post('a'))
    await files.write(`${FOLDER}/.entries/b.json`, 'not JSON')
    await createOutbox(files).put(post('c'))
    expect(listed()).toEqual(['a', 'c'])
  })
})

function padded(n: number): string {
  return String(n).padStart(4, '0')
}

describe('a long list', () => {
  it(`names the first ${LISTED_MESSAGES} and says that there are more, without rewriting the page for each`, async () => {
    const files = memoryFiles()
    const outbox = createOutbox(files)
    for (let n = 1; n <= LISTED_MESSAGES + 1; n++) await outbox.put(post(padded(n)))
    const listings = files.listings
    for (let n = LISTED_MESSAGES + 2; n < LISTED_MESSAGES + 50; n++) await outbox.put(post(padded(n)))
    expect(files.listings).toBe(listings)
    // One that belongs to the front still gets there.
    await outbox.put(post('0000'))
    const page = (await files.read(`${FOLDER}/index.html`)) ?? ''
    expect(page).toContain('Post 0000<')
    expect(page).toContain(`Post ${padded(LISTED_MESSAGES - 1)}<`)
    expect(page).not.toContain(`Post ${padded(LISTED_MESSAGES)}<`)
    expect(page).toContain(`The first ${LISTED_MESSAGES} messages`)
  })
})

describe('several writers', () => {
  it('in one process end with a complete page', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `m-${String(n).padStart(2, '0')}`)
    const outboxes = [createOutbox(createFiles(root)), createOutbox(createFiles(root))]
    await Promise.all(ids.flatMap((id) => outboxes.map((outbox) => outbox.put(post(id)))))
    expect(listed()).toEqual(ids)
  })

  it('end with a complete page where one looked before the other wrote, and wrote after it', async () => {
    const real = createFiles(root)
    const other = createOutbox(real)
    let interfered = false
    const slow: Files = {
      ...real,
      async write(path, content) {
        if (path.endsWith('bluesky/daily-2026-06-29/index.html') && !interfered) {
          interfered = true
          await other.put(post('b'))
        }
        return real.write(path, content)
      },
    }
    await createOutbox(slow).put(post('a'))
    expect(listed()).toEqual(['a', 'b'])
  })
})

function moduleUrl(name: string): string {
  return JSON.stringify(new URL(`../../src/world/${name}.ts`, import.meta.url).href)
}

describe('after kill -9', () => {
  it('the page lists everything whose put had resolved, and all of it after a resume', async () => {
    const ids = Array.from({ length: 200 }, (_, n) => String(n).padStart(3, '0'))
    const script = `const { createFiles } = await import(${moduleUrl('files')}); const { createOutbox } = await import(${moduleUrl('outbox')})
      const outbox = createOutbox(createFiles(${JSON.stringify(root)}))
      for (const id of ${JSON.stringify(ids)}) {
        await outbox.put({ channel: 'bluesky', edition: 'daily/2026-06-29', id, title: 'Post ' + id, detail: '', files: { json: '{}' } })
        process.stdout.write(id + ' ')
      }`
    for (const untilMs of [15, 40, 70]) {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
      let resolved = ''
      child.stdout.on('data', (data) => (resolved += String(data)))
      await once(child.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, untilMs))
      child.kill('SIGKILL')
      await once(child, 'close')
      const done = resolved.trim().split(' ')
      expect(done.length).toBeGreaterThan(0)
      expect(listed()).toEqual(expect.arrayContaining(done))
    }
    const outbox = createOutbox(createFiles(root))
    for (const id of ids) await outbox.put(post(id, { files: { json: '{}' }, detail: '' }))
    expect(listed()).toEqual(ids)
    expect(Object.keys(everything()).filter((path) => path.endsWith('.tmp'))).toEqual([])
  })
})

function memoryFiles(): Files & { readonly listings: number } {
  const contents = new Map<string, string>()
  let listings = 0
  return {
    get listings() {
      return listings
    },
    async write(path, content) {
      const text = String(content)
      if (contents.get(path) === text) return 'same'
      contents.set(path, text)
      return 'written'
    },
    read: async (path) => contents.get(path),
    stamp: () => undefined,
    readBytes: async (path) => (contents.has(path) ? Buffer.from(contents.get(path) ?? '') : undefined),
    async list(folder) {
      listings++
      const below = [...contents.keys()].filter((path) => path.startsWith(`${folder}/`))
      const names = below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? '')
      return [...new Set(names)].filter((name) => !name.startsWith('.')).toSorted()
    },
  }
}
