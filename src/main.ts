#!/usr/bin/env -S node --max-semi-space-size=8
import module from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { helpText, parseCommand, type Command } from './cli.ts'
import { printable, type Terminal } from './main/terminal.ts'

const NODE_MAJOR = 24

/** Ends with 0 when done, 1 when something owed could not be delivered, 2 for wrong use or configuration. */
async function main(): Promise<number> {
  const parsed = parseCommand(process.argv.slice(2))
  if (parsed.kind === 'help') return say(helpText)
  if (parsed.kind === 'version') return say(`groundwire ${packageJson.version}\n`)
  if (parsed.kind === 'usage') return fail(parsed.message, 2, process.argv.includes('--json'))
  // Beside the bundle, where only its owner writes. Saves compiling the same code at every start.
  module.enableCompileCache?.(fileURLToPath(new URL('.cache', import.meta.url)))
  process.stdout.on('error', (error) => {
    if (!isPipeClosed(error)) throw error
  })
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)))
  try {
    return await carryOut(parsed.command, stop.signal)
  } catch (error) {
    if (isPipeClosed(error)) return 0
    if (stop.signal.aborted)
      return complain('Stopped. What was begun is in the store; the next run goes on from there.', 1)
    const wrongUse = error instanceof Error && ['ConfigError', 'UsageError'].includes(error.name)
    const message = error instanceof Error ? error.message : String(error)
    return fail(message, wrongUse ? 2 : 1, parsed.command.json)
  }
}

/** Each command loads only what it needs: `status` never waits for React. */
async function carryOut(command: Command, signal: AbortSignal): Promise<number> {
  switch (command.kind) {
    case 'run':
      return (await import('./main/run.ts')).runCommand(command, terminal, signal)
    case 'start':
      return (await import('./main/start.ts')).startCommand(command, terminal, signal)
    case 'preview':
      return (await import('./main/preview.ts')).previewCommand(command, terminal, signal)
    case 'status':
      return (await import('./main/status.ts')).statusCommand(command, terminal)
    case 'approve':
    case 'hold':
    case 'cancel':
      return (await import('./main/control.ts')).controlCommand(command, terminal)
    case 'resolve':
      return (await import('./main/resolve.ts')).resolveCommand(command, terminal)
    case 'correct':
    case 'retract':
      return (await import('./main/amend.ts')).amendCommand(command, terminal, signal)
    case 'subscribers':
      return (await import('./main/subscribers.ts')).subscribersCommand(command, terminal, signal)
    case 'doctor':
      return (await import('./main/doctor.ts')).doctorCommand(command, terminal, signal)
    case 'migrate':
      return (await import('./main/migrate.ts')).migrateCommand(command, terminal)
  }
}

const terminal: Terminal = {
  environment: process.env,
  folder: process.cwd(),
  isTerminal: process.stderr.isTTY,
  out: (text) => process.stdout.write(printable(text)),
  err: (text) => process.stderr.write(text),
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(printable(text), (error) => (error ? reject(error) : resolve()))
    }),
  get input() {
    return process.stdin
  },
}

/** `groundwire … | head`: whoever reads has read enough. */
function isPipeClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

/** With `--json` standard output carries one object whatever happens. */
function fail(message: string, exitCode: number, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify({ error: message, exitCode })}\n`)
  return complain(message, exitCode)
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`groundwire: ${printable(message)}\n`)
  return exitCode
}

if (Number.parseInt(process.versions.node) < NODE_MAJOR) {
  process.exitCode = complain(
    `needs Node ${NODE_MAJOR} or newer; this is ${process.version} (${process.execPath}). See https://nodejs.org, or use npm run, which brings its own on Linux.`,
    2,
  )
} else {
  process.exitCode = await main()
}
