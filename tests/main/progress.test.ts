import { expect, it } from 'vitest'
import { openProgress } from '../../src/main/progress.ts'
import type { Terminal } from '../../src/main/terminal.ts'
import type { Progress } from '../../src/pipeline/deliver.ts'
import type { Settlement } from '../../src/ports.ts'
import { rendering } from '../fixtures/channel.ts'

function terminal(isTerminal: boolean): Terminal & { readonly written: string[] } {
  const written: string[] = []
  return {
    written,
    environment: {},
    folder: '/',
    isTerminal,
    out: () => {
      throw new Error('progress never goes to standard output')
    },
    err: (text) => written.push(text),
  }
}

function step(channel: string, ...kinds: readonly ('sent' | 'rejected')[]): Progress {
  const settlements = kinds.map((kind): Settlement =>
    kind === 'sent' ? { kind, remoteId: '1' } : { kind, reason: 'no such reader' },
  )
  const frozen = { ...rendering('1', '1', 'A'), channel, hash: '' }
  return {
    channel,
    settlements,
    claim: { channel, group: '1', rendering: frozen, deliveries: [], settled: [], kind: 'fresh' },
  }
}

it('counts what has left on one line, and wipes it at the end', () => {
  const screen = terminal(true)
  const progress = openProgress(screen)
  progress.step(step('email', 'sent', 'sent', 'rejected'))
  progress.step(step('feeds', 'sent'))
  progress.step(step('email', 'sent'))
  progress.end()
  progress.end()
  expect(screen.written).toEqual([
    '\r\u001B[2K  delivering: email 2',
    '\r\u001B[2K  delivering: email 2, feeds 1',
    '\r\u001B[2K  delivering: email 3, feeds 1',
    '\r\u001B[2K',
  ])
})

it('writes nothing where nobody watches, and nothing when nothing left', () => {
  const pipe = terminal(false)
  const progress = openProgress(pipe)
  progress.step(step('email', 'sent'))
  progress.end()
  expect(pipe.written).toEqual([])
  const screen = terminal(true)
  openProgress(screen).end()
  expect(screen.written).toEqual([])
})
