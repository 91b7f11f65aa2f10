import { expect, it } from 'vitest'
import * as z from 'zod'
import { blueskyChannel } from '../../channels/bluesky/index.ts'
import { mastodonChannel } from '../../channels/mastodon/index.ts'
import type { Channel } from '../../src/channel.ts'
import { postChannel } from '../../src/channel/post-channel.ts'
import { postSettings } from '../../src/channel/post-settings.ts'
import { rendering } from '../fixtures/channel.ts'
import { context, day } from './post-amended.ts'

const from = new Date('2026-06-29T08:00:00.000Z')

it('gives every account a sequence of its own', () => {
  const settings = { ...z.object(postSettings).parse({}), pictures: false }
  const channel = postChannel<typeof settings>(
    () => [{ name: 'a' }, { name: 'b' }],
    ({ content }) => content,
  )
  const posts = ['a', 'b', 'a', 'a', 'b'].map((account, place) => rendering(`${place}`, account, account))
  const at = channel.times(settings, posts, from, 'UTC').map((time) => time?.toISOString().slice(11, 16))
  expect(at).toEqual(['08:00', '08:00', '08:10', '08:20', '08:10'])
  expect(channel.times(settings, [], from, 'UTC')).toEqual([])
})

async function timesOf<Settings>(channel: Channel<Settings>, settings: unknown): Promise<(string | undefined)[]> {
  const parsed = channel.settings.parse(settings)
  const leaving = (await channel.render(day, context, parsed)).filter(({ mayLeave }) => mayLeave)
  const times = channel.times?.(parsed, leaving, from, 'UTC') ?? []
  return times.map((time) => time?.toISOString().slice(11, 16))
}

const bluesky = [
  { identifier: 'a.example', appPassword: 'x' },
  { identifier: 'b.example', appPassword: 'x' },
]
const mastodon = ['a', 'b'].map((name) => ({ url: `https://${name}.example`, accessToken: 'x' }))

it('spaces the posts of an edition by what its network is set to', async () => {
  const expected = ['08:00', '08:00', '08:30', '08:30']
  expect(await timesOf(blueskyChannel, { accounts: bluesky, gapMinutes: 30, mostPerDay: 2 })).toEqual(expected)
  expect(await timesOf(mastodonChannel, { accounts: mastodon, gapMinutes: 30, mostPerDay: 2 })).toEqual(expected)
})

it('has one time for a thread, and none for the outbox', async () => {
  expect(await timesOf(blueskyChannel, { accounts: bluesky, posts: 'thread' })).toEqual(['08:00', '08:00'])
  expect(await timesOf(blueskyChannel, {})).toEqual([])
  expect(await timesOf(mastodonChannel, {})).toEqual([])
})
