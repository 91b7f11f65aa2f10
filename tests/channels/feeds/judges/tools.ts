import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A document to judge, as it is served. */
export interface Exhibit {
  readonly id: string
  /** The address that it has, and that its self link must name. */
  readonly base: string
  /** As it is served. */
  readonly type: string
  /** What it is: XML feeds are served as plain XML, which browsers show. */
  readonly mediaType: string
  readonly text: string
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; a failure is an answer, not being there is an error. */
export function ended(file: string, given: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const limits = { maxBuffer: 1 << 28, timeout: 120_000, killSignal: 'SIGKILL' } as const
    const child = execFile(file, given, limits, (error, stdout, stderr) => {
      const code = error?.code ?? 0
      if (typeof code === 'number' && !error?.killed) resolve({ code, stdout, stderr })
      else reject(error ?? new Error(`${file} ended in an odd way`))
    })
    // One that ends without reading says why on stderr.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

/** Says once, for whoever runs the tests, what is skipped and what it takes. */
export function skipped(what: string, advice: string): undefined {
  console.warn(`SKIPPED: ${what}. ${advice}`)
  return undefined
}

/** The first Python that can import them all. */
export async function pythonWith(...modules: readonly string[]): Promise<string | undefined> {
  for (const python of ['python3', '/usr/bin/python3']) {
    const works = await run(python, ['-c', `import ${modules.join(', ')}`]).then(
      () => true,
      () => false,
    )
    if (works) return python
  }
  return undefined
}

/** A script that lies beside this file. */
export function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** The folder that a variable of the environment names, where it is one. */
export function folderFrom(variable: string): string | undefined {
  const folder = process.env[variable]
  return folder && existsSync(folder) ? folder : undefined
}
