import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { bundle } from './bundle.ts'
import { median, type Row } from './table.ts'

const here = fileURLToPath(new URL('mail/', import.meta.url))

const measured = z.object({
  sent: z.number(),
  freezeMs: z.number(),
  sendMs: z.number(),
  firstCallMs: z.number(),
  maxRssMb: z.number(),
})
const bareMeasured = z.object({ sendMs: z.number() })

/** Bundled as the product is: what turns TypeScript into JavaScript at run time takes memory too. */
interface Lab {
  readonly scratch: string
  readonly whole: string
  readonly bare: string
}

export interface MailFigures {
  readonly rows: readonly Row[]
  /** What is no ratio of two times, one sentence each. */
  readonly facts: readonly string[]
}

/** Sending a digest, against loops that send the same and keep no books; both to a process that takes everything. */
export async function measureMail(scratch: string, rounds: number, large: number): Promise<MailFigures> {
  const [whole, bare] = [await bundle('mail/whole', scratch), await bundle('mail/bare', scratch)]
  const lab: Lab = { scratch, whole, bare }
  const provider = await sink('sink.ts')
  const server = await sink('smtp-sink.ts')
  try {
    const rows = [
      compare(lab, rounds, { how: 'resend', url: provider.url, recipients: 20_000, kilobytes: 30, aim: 1 / 0.6 }),
      compare(lab, rounds, { how: 'resend', url: provider.url, recipients: 20_000, kilobytes: 60, aim: 1 / 0.6 }),
      compare(lab, rounds, { how: 'smtp', url: server.url, recipients: 2000, kilobytes: 30, aim: 1 / 0.9 }),
    ]
    return { rows, facts: size(lab, provider.url, large) }
  } finally {
    provider.stop()
    server.stop()
  }
}

interface Contest {
  readonly how: 'resend' | 'smtp'
  readonly url: string
  readonly recipients: number
  readonly kilobytes: number
  readonly aim: number
}

function compare(lab: Lab, rounds: number, { how, url, recipients, kilobytes, aim }: Contest): Row {
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const result = send(lab, how, url, recipients, kilobytes)
    if (result.sent !== recipients) throw new Error(`only ${result.sent} of ${recipients} mails were sent`)
    ours.push(result.sendMs)
    theirs.push(bareMeasured.parse(JSON.parse(node(lab.bare, how, url, `${recipients}`, `${kilobytes * 1000}`))).sendMs)
  }
  const ms = median(ours)
  return {
    what: `${how}: ${recipients} mails of ${kilobytes} kB, ${Math.round((recipients / ms) * 1000)}/s`,
    ms,
    against: 'a bare loop with the same calls in flight, no ledger',
    thanMs: median(theirs),
    aim,
  }
}

/** Memory, freezing and starting again do not grow with the list. */
function size(lab: Lab, url: string, large: number): string[] {
  const small = send(lab, 'resend', url, 10_000, 5)
  const big = send(lab, 'resend', url, large, 5)
  const again = [10_000, large].map((recipients) => restart(lab, url, recipients))
  return [
    `${large} recipients were frozen at ${Math.round((large / big.freezeMs) * 1000)} rows/s and sent at ${Math.round((large / big.sendMs) * 1000)}/s (5 kB).`,
    `Peak memory: ${big.maxRssMb.toFixed(0)} MB at ${large}, ${small.maxRssMb.toFixed(0)} MB at 10000: ${(big.maxRssMb / small.maxRssMb).toFixed(2)} (aim 1.2, and below 250 MB).`,
    `First call after a restart in the middle: ${again.map((ms) => `${ms.toFixed(0)} ms`).join(' at 10000, ')} at ${large}.`,
  ]
}

type Result = z.infer<typeof measured>

function send(lab: Lab, how: string, url: string, recipients: number, kilobytes: number): Result {
  return inStore(lab, recipients, (path) =>
    measured.parse(JSON.parse(node(lab.whole, 'send', how, path, url, `${recipients}`, `${kilobytes * 1000}`))),
  )
}

/** Sends one chunk, stops, and opens the store again; time to the first call. */
function restart(lab: Lab, url: string, recipients: number): number {
  return inStore(lab, recipients, (path) => {
    node(lab.whole, 'first', 'resend', path, url, `${recipients}`, '5000')
    const again = node(lab.whole, 'resume', 'resend', path, url, `${recipients}`, '5000')
    return measured.parse(JSON.parse(again)).firstCallMs
  })
}

/** With a store of so many readers, made by a process of its own: its memory is not what is measured. */
function inStore<T>(lab: Lab, recipients: number, act: (path: string) => T): T {
  const folder = mkdtempSync(join(lab.scratch, 'mail-'))
  const path = join(folder, 'groundwire.db')
  try {
    node(lab.whole, 'fill', '', path, '', `${recipients}`)
    return act(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function node(script: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, ['--max-semi-space-size=8', script, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 20,
  })
}

/** A process of its own that says where it listens. */
async function sink(script: string): Promise<{ readonly url: string; stop(): void }> {
  const child: ChildProcess = spawn(process.execPath, [join(here, script)], { stdio: ['pipe', 'pipe', 'inherit'] })
  if (!child.stdout) throw new Error(`${script} has no output`)
  const [first]: unknown[] = await once(child.stdout, 'data')
  return { url: String(first).trim(), stop: () => void child.kill() }
}
