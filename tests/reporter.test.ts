import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundwire-totals-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Result {
  readonly code: number | null
  readonly output: string
}

function run(file: string, given: readonly string[], env: Readonly<Record<string, string>>): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(file, given, { env: { ...process.env, ...env } }, (_error, stdout) => {
      resolve({ code: child.exitCode, output: stdout })
    })
  })
}

/** The totals of a vitest run over these files. */
async function totals(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.js`), text)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const config = `export default { test: { globals: true, reporters: ['default', ${JSON.stringify(join(root, 'tests/reporter.ts'))}] } }`
  writeFileSync(join(folder, 'vitest.config.js'), config)
  const file = join(folder, 'totals')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  await run(process.execPath, [vitest, 'run', '--root', folder], { TOTALS_FILE: file })
  return readFileSync(file, 'utf8')
}

describe('the totals of a run', () => {
  it('count every test once', async () => {
    const text = "it('a', () => {}); it('b', () => expect(1).toBe(2)); it.skip('c', () => {}); it.todo('d')"
    expect(await totals({ a: text, b: "it('e', () => {})" })).toBe('2 passed, 1 failed, 2 skipped\n')
  })

  it('count a file that cannot be loaded, a broken hook and an error that nobody caught as failures', async () => {
    const files = {
      load: "import './missing.js'; it('a', () => {})",
      empty: '',
      hook: "describe('s', () => { beforeAll(() => { throw new Error('x') }); it('a', () => {}) })",
      stray:
        "it('a', async () => { setTimeout(() => { throw new Error('x') }); await new Promise((r) => setTimeout(r, 50)) })",
    }
    expect(await totals(files)).toMatch(/^1 passed, 4 failed, \d skipped\n$/)
  })
})

/** Runs it with a stand-in for npm that does this at `npm ci` and `npm test`, and without packages of Debian. */
async function ci(install: string, test: string): Promise<Result & { readonly last: string }> {
  const script = `#!/bin/sh\ncase "$1" in ci) ${install};; test) ${test};; *) exit 9;; esac\n`
  writeFileSync(join(folder, 'npm'), script, { mode: 0o755 })
  writeFileSync(join(folder, 'apt-get'), '#!/bin/sh\nexit 100\n', { mode: 0o755 })
  const path = `${folder}${delimiter}${process.env['PATH'] ?? ''}`
  const result = await run('bash', [join(root, '.ci/run')], { PATH: path })
  return { ...result, last: result.output.split('\n').at(-2) ?? '' }
}
function write(line: string): string {
  return `echo "${line}" > "$TOTALS_FILE"; echo noise`
}

describe('.ci/run', () => {
  it.each([
    [
      'all is well',
      ':',
      `[ "$CI" = true ] && ${write('5 passed, 0 failed, 1 skipped')}`,
      '5 passed, 0 failed, 1 skipped',
      0,
    ],
    ['a test fails', ':', `${write('5 passed, 2 failed, 0 skipped')}; exit 1`, '5 passed, 2 failed, 0 skipped', 1],
    ['the install fails', 'exit 1', write('5 passed, 0 failed, 0 skipped'), '0 passed, 1 failed, 0 skipped', 1],
    ['a check fails before the tests', ':', 'exit 2', '0 passed, 1 failed, 0 skipped', 1],
    [
      'no test failed, but the run did',
      ':',
      `${write('10 passed, 0 failed, 0 skipped')}; exit 3`,
      '10 passed, 1 failed, 0 skipped',
      1,
    ],
    [
      'tests failed, but the run did not say so',
      ':',
      write('1 passed, 10 failed, 0 skipped'),
      '1 passed, 10 failed, 0 skipped',
      1,
    ],
  ])('ends with the totals and the right exit code when %s', async (_case, install, test, last, code) => {
    expect(await ci(install, test)).toMatchObject({ last, code })
  })

  it('leaves nothing to read for what it starts', async () => {
    expect((await ci('cat', `cat; ${write('1 passed, 0 failed, 0 skipped')}`)).last).toBe(
      '1 passed, 0 failed, 0 skipped',
    )
  })
})
