import { expect, it } from 'vitest'
import { outboxSender } from '../../src/channel/outbox-sender.ts'
import type { LedgerEntry } from '../../src/domain/delivery.ts'
import type { Clock, FrozenRendering, OutboxMessage } from '../../src/ports.ts'

const clock: Clock = {
  now: () => new Date('2026-06-29T06:30:00.000Z'),
  deadline: () => AbortSignal.any([]),
  wait: async () => undefined,
}
const rendering: FrozenRendering = {
  id: '01-title',
  identity: 'https://news.example/a',
  title: 'Title',
  mediaType: 'application/json',
  content: '{\n  "text": "Title"\n}\n',
  page: '<!doctype html>',
  measures: [
    { name: 'graphemes', value: 5, limit: 300 },
    { name: 'bytes', value: 5 },
  ],
  findings: [],
  mayLeave: true,
  channel: 'bluesky',
  hash: 'abc',
}
const delivery: LedgerEntry = {
  key: 'bluesky/outbox/https://news.example/a',
  group: 'g',
  edition: 'daily/2026-06-29',
  channel: 'bluesky',
  rendering: '01-title',
  target: 'https://news.example/a',
  state: 'claimed',
  attempts: 1,
  doubts: 0,
}
const attempt = { key: 'k', rendering, deliveries: [delivery], settled: [] }

it('puts the frozen content and its page into the outbox, byte for byte', async () => {
  const messages: OutboxMessage[] = []
  const outbox = {
    put: async (message: OutboxMessage) => `outbox/${message.channel}/${messages.push(message)}.json`,
  }
  const outcomes = await outboxSender('bluesky', { clock, outbox }).send(attempt, new AbortController().signal)
  expect(outcomes).toEqual([{ kind: 'sent', remoteId: 'outbox/bluesky/1.json' }])
  expect(messages).toEqual([
    {
      channel: 'bluesky',
      edition: 'daily/2026-06-29',
      id: '01-title',
      title: 'Title',
      detail: '5 of 300 graphemes, 5 bytes',
      files: { json: rendering.content, html: rendering.page },
    },
  ])
})

it('asks for another attempt a minute later when the outbox cannot be written', async () => {
  const outbox = { put: async (): Promise<string> => Promise.reject(new Error('disk full')) }
  const outcomes = await outboxSender('bluesky', { clock, outbox }).send(attempt, new AbortController().signal)
  expect(outcomes).toEqual([
    {
      kind: 'later',
      notBefore: new Date('2026-06-29T06:31:00.000Z'),
      reason: 'The outbox could not be written: disk full',
    },
  ])
})

it('may repeat an attempt for ever', () => {
  const sender = outboxSender('bluesky', { clock, outbox: { put: async () => '' } })
  expect(sender).toMatchObject({ replayWindowMs: Infinity, destination: 'the outbox' })
})
