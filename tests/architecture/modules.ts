import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync, Visitor } from 'oxc-parser'

/** What the rules need to know of one module; paths are relative to the package, with `/`. */
export interface Module {
  readonly path: string
  readonly lines: number
  /** Static and dynamic imports, re-exports, types and `import('x').Type`: a path of this package, else the specifier. */
  readonly imports: readonly string[]
  readonly hasDefaultExport: boolean
  /** Ambient things that are read: `process`, `new Date()`, `Date.now`, `Math.random`, … */
  readonly ambient: readonly string[]
}

const PRODUCT = ['src', 'channels', 'emails', 'schedules']

/** All modules of the product, read from disk. */
export function productModules(): Module[] {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  return PRODUCT.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => posix.join(folder, name.replaceAll('\\', '/'))),
  )
    .toSorted()
    .map((path) => moduleOf(path, readFileSync(join(root, path), 'utf8')))
}

const AMBIENT_MEMBERS = new Set(['Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID'])
const AMBIENT_IMPORTS = new Set(['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'])

export function moduleOf(path: string, text: string): Module {
  const imports: string[] = []
  const ambient: string[] = []
  let hasDefaultExport = false
  const take = (source: { readonly value: unknown } | null | undefined) => {
    if (typeof source?.value === 'string') imports.push(resolved(path, source.value))
  }
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  new Visitor({
    ImportDeclaration: (node) => {
      take(node.source)
      for (const { local } of node.specifiers) if (AMBIENT_IMPORTS.has(local.name)) ambient.push(local.name)
    },
    ExportAllDeclaration: (node) => take(node.source),
    ExportNamedDeclaration: (node) => take(node.source),
    ExportDefaultDeclaration: () => {
      hasDefaultExport = true
    },
    ExportSpecifier: ({ exported }) => {
      if (('name' in exported ? exported.name : exported.value) === 'default') hasDefaultExport = true
    },
    TSImportType: (node) => take(node.source),
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal') take(source)
      else imports.push('a computed path')
    },
    NewExpression: ({ callee, arguments: given }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0) ambient.push('new Date()')
    },
    CallExpression: ({ callee }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date') ambient.push('Date()')
    },
    MemberExpression: ({ object, property }) => {
      if (object.type !== 'Identifier') return
      if (object.name === 'process') ambient.push('process')
      if (property.type !== 'Identifier') return
      const name = `${object.name}.${property.name}`
      if (AMBIENT_MEMBERS.has(name)) ambient.push(name)
      if (name === 'globalThis.process') ambient.push('process')
    },
    VariableDeclarator: ({ init }) => {
      if (init?.type === 'Identifier' && init.name === 'process') ambient.push('process')
    },
  }).visit(program)
  if (imports.some((name) => name === 'node:process' || name === 'process')) ambient.push('process')
  const lines = text.trimEnd().split('\n').length
  return { path, lines, imports: [...new Set(imports)], hasDefaultExport, ambient: [...new Set(ambient)] }
}

function resolved(path: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier
}
