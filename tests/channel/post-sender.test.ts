import { describe, expect, it } from 'vitest'
import type { Attempt, Sender } from '../../src/channel.ts'
import type { LedgerEntry } from '../../src/domain/delivery.ts'
import { postSender } from '../../src/channel/post-sender.ts'
import { rendering } from '../fixtures/channel.ts'
import { channelPorts } from '../fixtures/ports.ts'

const never = new AbortController().signal
const delivery: LedgerEntry = {
  key: 'posts/one',
  group: 'posts/one',
  edition: 'daily/2026-06-29',
  channel: 'posts',
  rendering: '01-one',
  target: '01-one',
  state: 'claimed',
  attempts: 1,
  doubts: 0,
}

function attemptFor(account: string): Attempt {
  const frozen = { ...rendering('01-one', account, account), channel: 'posts', hash: '' }
  return { key: delivery.key, rendering: frozen, deliveries: [delivery], settled: [] }
}

function open(...accounts: string[]): Sender & { readonly written: string[] } {
  const written: string[] = []
  const ports = channelPorts({
    outbox: {
      async put({ id }) {
        written.push(id)
        return `outbox/posts/${id}.json`
      },
    },
  })
  const sender = postSender({
    channel: 'posts',
    accounts,
    ports,
    accountOf: ({ content }) => content,
    remote: {
      replayWindowMs: 1000,
      send: async () => [{ kind: 'sent', remoteId: 'on the network' }],
      find: async () => ({ kind: 'sent', remoteId: 'found on the network' }),
    },
  })
  return Object.assign(sender, { written })
}

describe('posts', () => {
  it('of an account go to its network, with a lane for each', async () => {
    const sender = open('news', 'science')
    expect(await sender.send(attemptFor('news'), never)).toEqual([{ kind: 'sent', remoteId: 'on the network' }])
    expect(await sender.find?.(delivery, attemptFor('news').rendering, never)).toMatchObject({
      remoteId: 'found on the network',
    })
    expect(sender).toMatchObject({ destination: 'news, science', lanes: 2, replayWindowMs: 1000, written: [] })
  })

  it('that were approved for the outbox stay there, though there is an account by now', async () => {
    const sender = open('news')
    expect(await sender.send(attemptFor('outbox'), never)).toEqual([
      { kind: 'sent', remoteId: 'outbox/posts/01-one.json' },
    ])
    expect(await sender.find?.(delivery, attemptFor('outbox').rendering, never)).toMatchObject({ kind: 'later' })
  })

  it('that were approved for an account never end in the outbox, though there is none any more', async () => {
    const sender = open()
    expect(sender).toMatchObject({ destination: 'the outbox', replayWindowMs: Infinity, lanes: 1 })
    await sender.send(attemptFor('news'), never)
    expect(sender.written).toEqual([])
  })
})
