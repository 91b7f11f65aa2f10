import { describe, expect, it } from 'vitest'
import { feedsChannel } from '../../channels/feeds/index.ts'
import { hubsOf } from '../../src/main/hubs.ts'
import { fakeChannel } from '../fixtures/channel.ts'

const other = { channel: fakeChannel('posts', {}), settings: { hubs: ['https://no.example/'] } }
const feeds = (settings: object) => ({ channel: feedsChannel, settings: feedsChannel.settings.parse(settings) })

describe('the hubs that our server names', () => {
  it('are those of the feeds, and none where there are none', () => {
    const hubs = ['https://hub.example/', 'http://localhost:1/']
    expect(hubsOf([other, feeds({ hubs })])).toEqual(hubs)
    expect(hubsOf([other, feeds({})])).toEqual([])
    expect(hubsOf([other])).toEqual([])
  })
})
