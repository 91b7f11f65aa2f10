import { describe, expect, it } from 'vitest'
import { blueskyChannel } from '../../channels/bluesky/index.ts'
import { feedsChannel } from '../../channels/feeds/index.ts'
import { standardSiteOf } from '../../src/main/standard-site.ts'
import { samplePublication } from '../fixtures/edition.ts'
import { testNotes } from '../fixtures/notes.ts'

const DID = 'did:plc:abcdefghijklmnopqrstuvwx'
const house = { publication: samplePublication, publicUrl: 'https://wire.morningcheck.example' }
const notes = testNotes(new Map([['bluesky news.example did', DID]]))

/** As the configuration gives it: settings that were read once. */
function bluesky(over: object) {
  const settings = blueskyChannel.settings.parse({ identifier: 'news.example', appPassword: 'a', ...over })
  return { channels: [{ channel: blueskyChannel, settings }] }
}

describe('the records beside our posts', () => {
  it('are told of once they are on and the account is known', async () => {
    const site = await standardSiteOf(bluesky({ standardSite: true, posts: 'digest' }), notes, house)
    expect(site?.publication).toMatch(new RegExp(`^at://${DID}/site\\.standard\\.publication/[2-7a-z]{13}$`))
    expect(await standardSiteOf(bluesky({ standardSite: true }), testNotes(), house)).toBeUndefined()
  })

  it('are not told of while they are off, or Bluesky is', async () => {
    expect(await standardSiteOf(bluesky({}), notes, house)).toBeUndefined()
    const feeds = { channels: [{ channel: feedsChannel, settings: feedsChannel.settings.parse({}) }] }
    expect(await standardSiteOf(feeds, notes, house)).toBeUndefined()
  })
})
