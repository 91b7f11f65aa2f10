// Bundles src/main.ts into dist/, then runs it with its own arguments (`node build.mjs run --dry-run`) in the same
// process, so that signals and exit code are those of the command. `--build-only` starts from nothing and runs nothing.
// JavaScript, so that an old Node gets as far as the message in src/main.ts.
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))
const dist = join(root, 'dist')
const stamp = join(dist, 'inputs.json')

/**
 * Importing node:http or node:https as a module makes Node read every export of it, and with that load its whole fetch
 * (some 25 ms of each run). Asked for as a built-in, it stays what it is.
 */
const plainHttp = {
  name: 'plain-http',
  setup(bundler) {
    bundler.onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({ path, namespace: 'plain-http' }))
    bundler.onLoad({ filter: /./, namespace: 'plain-http' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

if (process.argv[2] === '--build-only') {
  await rm(dist, { recursive: true, force: true })
  await build()
} else {
  if (!(await isFresh())) await build()
  await import('./dist/main.js')
}

async function build() {
  const esbuild = await import('esbuild')
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    // The command, and what a config file imports.
    entryPoints: ['src/main.ts', 'src/config.ts'],
    outdir: dist,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    jsx: 'automatic',
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    write: false,
    define: { 'process.env.NODE_ENV': '"production"', VERSION: JSON.stringify(version) },
    plugins: [plainHttp],
    // Brings a library of its own for each kind of machine, which is found at run time.
    external: ['sharp'],
    // CommonJS dependencies ask for node's own modules with require.
    banner: {
      js: `import { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url);`,
    },
  })
  await esbuild.stop()
  await mkdir(dist, { recursive: true })
  // Chunks are named by their content and main.js comes last, whole: a run beside this one never meets half a build.
  for (const { path, contents } of outputFiles) {
    if (!basename(path).startsWith('main.js') && !existsSync(path)) await place(path, contents)
  }
  for (const { path, contents } of outputFiles) if (basename(path).startsWith('main.js')) await place(path, contents)
  await place(stamp, JSON.stringify(await signatures(['build.mjs', 'package.json', ...Object.keys(metafile.inputs)])))
}

async function place(path, contents) {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, contents)
  await rename(temporary, path)
}

async function isFresh() {
  try {
    const known = JSON.parse(await readFile(stamp, 'utf8'))
    const now = await signatures(Object.keys(known))
    return Object.entries(known).every(([path, signature]) => now[path] === signature)
  } catch {
    return false
  }
}

/** Time and size of every file that went into the build. */
async function signatures(paths) {
  const entries = paths.map(async (path) => {
    const found = await stat(join(root, path)).catch(() => undefined)
    return [path, found ? `${found.mtimeMs} ${found.size}` : '']
  })
  return Object.fromEntries(await Promise.all(entries))
}
