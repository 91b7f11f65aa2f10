import { existsSync } from 'node:fs'

/** The package's own folder, whether this runs from `dist/` or from `src/main/`. */
export const packageRoot = rootFrom(new URL('.', import.meta.url))

function rootFrom(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder
  const parent = new URL('..', folder)
  if (parent.href === folder.href) throw new Error('groundwire is not in its package: no package.json above it')
  return rootFrom(parent)
}
