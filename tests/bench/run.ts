// npm run bench [-- rounds [recipients of the large list]]: every ratio of the project, measured here and now, in one table.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { bundle } from './bundle.ts'
import { measureRewriting } from './feeds-rewrite.ts'
import { measureFeedsServing } from './feeds-serving.ts'
import { measureMail } from './mail.ts'
import { medians, print, type Row } from './table.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'dist/main.js')
const real = { source: join(root, '../shared/data/ground-truth-llms-full.txt'), day: '2026-06-29' }
const bundled = { source: join(root, 'sample/llms-full.txt'), day: '2026-10-14' }
const { source, day } = existsSync(real.source) ? real : bundled
const rounds = Number(process.argv[2] ?? 11)
const largeList = Number(process.argv[3] ?? 1_000_000)

const scratch = mkdtempSync(join(tmpdir(), 'groundwire-bench-'))
try {
  print(`${basename(source)}, ${day}; medians of ${rounds} alternating runs; Node ${process.version}`, await measure())
  const serving = await measureFeedsServing(scratch, Math.min(rounds, 5))
  print(`Serving feeds, medians of ${Math.min(rounds, 5)} alternating runs`, serving)
  const rewriting = await measureRewriting(scratch, Math.min(rounds, 3))
  print(`Writing feeds, medians of ${Math.min(rounds, 3)} runs`, rewriting.rows)
  console.log(rewriting.facts.join('\n'))
  const mail = await measureMail(scratch, Math.min(rounds, 5), largeList)
  print(`Mail, medians of ${Math.min(rounds, 5)} alternating runs`, mail.rows)
  console.log(mail.facts.join('\n'))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function measure(): Promise<Row[]> {
  const bare = await bundle('bare', scratch)
  const read = await bundle('read', scratch)
  let folder = ''
  const digest = () => run(main, 'run', '--source', source, '--date', day, '--data', folder)
  const [nothing = 0, version = 0, minimum = 0, first = 0, second = 0] = medians(rounds, [
    () => run('-e', '0'),
    () => run(main, '--version'),
    () => run(bare, source, day, join(scratch, 'bare')),
    () => {
      folder = mkdtempSync(join(scratch, 'data-'))
      return digest()
    },
    digest,
  ])
  const { ms, items } = z.object({ ms: z.number(), items: z.number() }).parse(JSON.parse(run(read, source)))
  return [
    {
      what: 'whole run',
      ms: first,
      against: 'bare minimum: parse, one render, three feeds',
      thanMs: minimum,
      aim: 1.5,
    },
    { what: 'second run, nothing new', ms: second, against: 'first run', thanMs: first, aim: 1 / 3 },
    { what: 'groundwire --version', ms: version, against: 'node -e 0', thanMs: nothing, aim: 1.5 },
    { what: `reading ${items} items, warm`, ms, against: 'a fixed 50 ms', thanMs: 50, aim: 1 },
  ]
}

/** Runs a script, or node with arguments, in a process of its own; what it prints. */
function run(...given: readonly string[]): string {
  const env = { PATH: process.env['PATH'], HOME: scratch, GROUNDWIRE_SECRET: 'a secret for the bench alone' }
  return execFileSync(process.execPath, given, {
    cwd: scratch,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
