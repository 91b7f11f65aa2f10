import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const cli = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const sample = fileURLToPath(new URL('../../sample/llms-full.txt', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'groundwire-commands-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function groundwire(...args: readonly string[]): Ended {
  const env = { PATH: process.env['PATH'], GROUNDWIRE_SECRET: 'a secret for tests alone', TMPDIR: temporary }
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: root, env, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

/** Nothing may stay behind here. */
const temporary = mkdtempSync(join(root, 'temporary-'))

function everything(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
    .toSorted()
}

const data = join(root, 'data')

describe('the command line', () => {
  let first: Ended
  beforeAll(() => {
    first = groundwire('run', '--data', data)
  })

  it('runs the bundled sample when nothing is configured', () => {
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toContain('Tidewatch · daily/2026-10-16 · sent to the outbox')
  })

  it('names the first feed files on one line, and the page that lists them all', () => {
    expect(first.out).toMatch(
      /^ {2}Feeds {5}\d+ sent {2}data\/public\/rss\.xml, atom\.xml, feed\.json and \d+ more; start at feeds\/index\.html$/m,
    )
    for (const file of ['rss.xml', 'atom.xml', 'feed.json', 'feeds/index.html'])
      expect(existsSync(join(data, 'public', file))).toBe(true)
  })

  it('changes no byte by looking: a second run, a dry run, status', () => {
    const before = everything(data)
    for (const call of [['run'], ['run', '--dry-run', '--date', '2026-10-14'], ['status'], ['migrate']])
      expect([call, groundwire(...call, '--data', data).code]).toEqual([call, 0])
    expect(everything(data)).toEqual(before)
    expect(readdirSync(temporary)).toEqual([])
  })

  it('makes nothing at all by a dry run, not even the data folder', () => {
    const fresh = join(root, 'fresh')
    const { code, out } = groundwire('run', '--dry-run', '--json', '--data', fresh)
    expect({ code, verdict: JSON.parse(out).verdict }).toEqual({ code: 0, verdict: 'planned' })
    expect(existsSync(fresh)).toBe(false)
  })

  it('keeps the store from other users of the machine and from repositories', () => {
    expect(statSync(join(data, 'groundwire.db')).mode & 0o077).toBe(0)
    expect(readFileSync(join(data, '.gitignore'), 'utf8')).toBe('*\n')
  })

  it('never prints a reader’s address', () => {
    for (const more of [[], ['--json'], ['daily/2026-10-16'], ['daily/2026-10-16', '--json']]) {
      const { code, out } = groundwire('status', ...more, '--data', data)
      expect(code).toBe(0)
      expect(out).toContain('daily/2026-10-16')
      expect(out).not.toMatch(/[^…]@reader\.example/)
    }
  })

  it('carries out the channels that were left out of a run by the next one', () => {
    const folder = join(root, 'narrow')
    expect(groundwire('run', '--channels', 'feeds', '--data', folder).code).toBe(0)
    expect(readdirSync(folder)).not.toContain('outbox')
    expect(groundwire('run', '--data', folder).out).toContain('taken up where the last run stopped')
    expect(readdirSync(join(folder, 'outbox'))).toEqual(expect.arrayContaining(['bluesky', 'email', 'mastodon']))
  })

  it('does not take another publication’s edition for its own', () => {
    const other = join(root, 'other.txt')
    writeFileSync(other, readFileSync(sample, 'utf8').replaceAll('tidewatch.example', 'elsewhere.example'))
    const { code, out } = groundwire('run', '--source', other, '--date', '2026-10-16', '--data', data)
    expect({ code, said: out.includes('has an edition of this day from') }).toEqual({ code: 2, said: true })
  })

  it('ends with 2 and one object for wrong use', () => {
    writeFileSync(join(root, 'file'), '')
    for (const call of [
      ['run', '--date', 'nope'],
      ['run', '--channels', 'fax', '--data', join(root, 'unmade')],
      ['run', '--data', join(root, 'file')],
      ['status', '--data', join(root, 'file')],
      ['run', '--source', 'https://user:hidden@example.org/feed'],
      ['status', 'daily/1999-01-01', '--data', data],
    ]) {
      const { code, out, err } = groundwire(...call, '--json')
      expect([call, code, Object.keys(JSON.parse(out))]).toEqual([call, 2, ['error', 'exitCode']])
      expect(err).not.toContain('hidden')
    }
    expect(existsSync(join(root, 'unmade'))).toBe(false)
  })

  it('lets no control character of a source through to the terminal', () => {
    const hostile = join(root, 'hostile.txt')
    writeFileSync(hostile, '\u001B]0;title\u0007\u001B[31mnot a source at all\n')
    const { code, out, err } = groundwire('run', '--source', hostile, '--data', join(root, 'hostile'))
    expect(code).toBe(1)
    expect(out + err).not.toMatch(/(?!\n)\p{Cc}/u)
  })
})
