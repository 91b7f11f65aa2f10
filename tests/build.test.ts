import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const main = join(dist, 'main.js')

// `npm test` builds first; a lone `vitest` needs `npm run build` once.
describe.skipIf(!existsSync(main))('the built command', () => {
  it('loads next to nothing before it knows what is wanted', () => {
    const { files, builtins } = loadedAtOnce('main.js')
    const bytes = [...files].reduce((sum, file) => sum + readFileSync(join(dist, file)).byteLength, 0)
    expect(bytes).toBeLessThan(40_000)
    // None that Node 18 lacks: it must get as far as the message.
    expect(
      [...builtins].filter((name) => !['node:module', 'node:process', 'node:url', 'node:util'].includes(name)),
    ).toEqual([])
  })

  it('knows its version', () => {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(text))
    expect(execFileSync(process.execPath, [main, '--version'], { encoding: 'utf8' })).toBe(`groundwire ${version}\n`)
  })

  it('tells the user of an older Node what is needed, and nothing else', () => {
    const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })"
    const given = ['--import', `data:text/javascript,${old}`, main, 'run']
    const { status, stdout, stderr } = spawnSync(process.execPath, given, { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^groundwire: needs Node 24 or newer; this is .*\n$/)
  })

  it('runs React without its development checks', () => {
    const { files } = loadedAtOnce('main.js', true)
    const texts = [...files].map((file) => readFileSync(join(dist, file), 'utf8'))
    expect(texts.some((text) => text.includes('react-dom-server'))).toBe(true)
    expect(texts.filter((text) => /react(-dom)?[\w.-]*\.development\.js/.test(text))).toEqual([])
  })
})

/** Files of `dist/` and built-in modules that importing one brings with it; `lazily`: also what it may import later. */
function loadedAtOnce(entry: string, lazily = false) {
  const files = new Set<string>()
  const builtins = new Set<string>()
  const visit = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    const text = readFileSync(join(dist, file), 'utf8')
    const pattern = lazily ? /(?:from |import ?\(?)"([^"\s]+)"/g : /^(?:import|export|\}).*?"([^"\s]+)";$/gm
    for (const [, name = ''] of text.matchAll(pattern)) {
      if (name.startsWith('./')) visit(name.slice(2))
      else builtins.add(name)
    }
    for (const [, name = ''] of text.matchAll(/from '(node:[^']+)'/g)) builtins.add(name)
  }
  visit(entry)
  return { files, builtins }
}
