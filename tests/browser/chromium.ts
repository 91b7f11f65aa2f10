import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium, type Browser } from 'playwright-core'
import * as z from 'zod'

const run = promisify(execFile)

/**
 * Where unpacked browsers are kept: private to this checkout, and gone with `npm ci`. A whole folder arrives by one
 * rename, so parallel test workers never meet half a browser.
 */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/chromium/', import.meta.url))

// What Playwright does not already set: works as root, in a small container, the same pixels everywhere, and no way out of the machine.
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--font-render-hinting=none',
  '--disable-domain-reliability',
  '--no-pings',
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]',
]

/** A real Chromium: `CHROMIUM_PATH` if set, else the bundled one, unpacked at first use (some 3 s). The caller closes it. */
export async function launch(): Promise<Browser> {
  const executablePath = await browserPath()
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS, env: await environment(executablePath) })
}

let problem: Promise<string | undefined> | undefined

/**
 * Why no browser can run here, or undefined when one can. Says so on stderr, so that nothing is skipped in silence:
 * `describe.skipIf(await chromiumProblem())('…')`.
 */
export function chromiumProblem(): Promise<string | undefined> {
  problem ??= probe()
  return problem
}

async function probe(): Promise<string | undefined> {
  try {
    const executablePath = await browserPath()
    await version(executablePath, await environment(executablePath))
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    process.stderr.write(`\nBROWSER TESTS SKIPPED: no Chromium can run here (set CHROMIUM_PATH): ${reason}\n`)
    return reason
  }
}

async function browserPath(): Promise<string> {
  const own = process.env['CHROMIUM_PATH']
  if (own) return own
  const platform = `${process.platform}-${process.arch}`
  if (platform !== 'linux-x64') throw new Error(`the bundled one is for linux-x64, this is ${platform}`)
  return unpacked()
}

async function unpacked(): Promise<string> {
  const require = createRequire(import.meta.url)
  const root = join(dirname(require.resolve('@sparticuz/chromium')), '..')
  const { version: release } = z.object({ version: z.string() }).parse(require(join(root, 'package.json')))
  const folder = join(CACHE, release)
  const executablePath = join(folder, 'chromium')
  if (existsSync(executablePath)) return executablePath
  await mkdir(CACHE, { recursive: true })
  const part = await mkdtemp(join(CACHE, 'part-'))
  try {
    // The package unpacks into the temporary folder of its process: give it one of its own.
    const script = `const { default: chromium, inflate } = await import('@sparticuz/chromium')
      await chromium.executablePath()
      await inflate(process.argv[1])`
    const libraries = join(root, 'bin', 'al2023.tar.br')
    await run(process.execPath, ['--input-type=module', '--eval', script, libraries], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: { ...process.env, TMPDIR: part },
    })
    await writeFile(join(part, 'fonts.conf'), fontConfiguration(folder))
    await rename(part, folder)
  } catch (error) {
    // Another worker may have been first: then its folder is in place and ours is superfluous.
    await rm(part, { recursive: true, force: true })
    if (!existsSync(executablePath)) throw error
  }
  return executablePath
}

/** The machine's own fonts, and the bundled one for machines without any. */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>`
}

type Environment = Record<string, string>

/** The bundled system libraries stand in only where the machine lacks them. */
async function environment(executablePath: string): Promise<Environment> {
  const base: Environment = {}
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) base[name] = value
  const folder = dirname(executablePath)
  const fonts = join(folder, 'fonts.conf')
  if (existsSync(fonts)) base['FONTCONFIG_FILE'] ??= fonts
  const libraries = join(folder, 'al2023', 'lib')
  if (!existsSync(libraries)) return base
  try {
    await version(executablePath, base)
    return base
  } catch {
    return { ...base, LD_LIBRARY_PATH: libraries }
  }
}

async function version(executablePath: string, env: Environment): Promise<void> {
  await run(executablePath, ['--no-sandbox', '--version'], { env, timeout: 30_000 })
}
