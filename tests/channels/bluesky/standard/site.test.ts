import { describe, expect, it } from 'vitest'
import { asContent } from '../../../../channels/bluesky/content.ts'
import { blueskySettings } from '../../../../channels/bluesky/settings.ts'
import { documentFor } from '../../../../channels/bluesky/standard/document.ts'
import { documentUri, publicationUri } from '../../../../channels/bluesky/standard/publish.ts'
import { standardSite } from '../../../../channels/bluesky/standard/site.ts'
import type { PublicHouse } from '../../../../src/channel.ts'
import type { Edition } from '../../../../src/domain/edition.ts'
import type { Item } from '../../../../src/domain/item.ts'
import type { FrozenRendering } from '../../../../src/ports.ts'
import { sampleEdition, sampleItem, samplePublication } from '../../../fixtures/edition.ts'
import { testNotes } from '../../../fixtures/notes.ts'

const DID = 'did:plc:abcdefghijklmnopqrstuvwx'
const AT = '2026-06-29T05:00:00.000Z'
const EDITION = 'daily/2026-06-29'
const house: PublicHouse = {
  publication: { ...samplePublication, url: 'https://example.com/news' },
  publicUrl: 'https://example.com/news/wire',
}
const settings = blueskySettings.parse({ identifier: '@News.example', appPassword: 'secret', standardSite: true })
const notes = testNotes(new Map([['bluesky news.example did', DID]]))

function rendering(about: Item | Edition, account = 'news.example', channel = 'bluesky'): FrozenRendering {
  const seed = `${account} ${'stories' in about ? about.id : about.url}`
  const document = documentFor(about, seed, AT, house)
  const record = { $type: 'app.bsky.feed.post', text: 'a post' } as const
  const post = { items: [], seed, at: AT, record, ...(document && { document }) }
  return {
    id: account,
    channel,
    hash: '',
    identity: seed,
    title: '',
    mediaType: 'application/json',
    content: asContent({ kind: 'posts', account, posts: [post] }),
    page: '',
    measures: [],
    findings: [],
    mayLeave: true,
  }
}

describe('what readers’ pages say of the records', () => {
  it('is nothing while they are off, there is no account, or it has not signed in', async () => {
    expect(await standardSite({ ...settings, standardSite: false }, notes, house)).toBeUndefined()
    expect(await standardSite(blueskySettings.parse({ standardSite: true }), notes, house)).toBeUndefined()
    expect(await standardSite(settings, testNotes(), house)).toBeUndefined()
  })

  it('is where the publication’s record stands, and at which path', async () => {
    const site = await standardSite(settings, notes, house)
    expect(site).toMatchObject({ publication: publicationUri(DID, house), path: '/news' })
  })

  it('is the document of the edition, not of its items, and of the first account alone', async () => {
    const edition = sampleEdition()
    const item = sampleItem({ url: 'https://example.com/news/a.html' })
    const accounts = [
      { identifier: 'news.example', appPassword: 'a' },
      { identifier: 'other.example', appPassword: 'b' },
    ]
    const several = blueskySettings.parse({ accounts, standardSite: true })
    const site = await standardSite(several, notes, house)
    const own = { seed: `news.example ${EDITION}`, at: AT }
    expect(site?.document(EDITION, [rendering(item), rendering(edition, 'other.example'), rendering(edition)])).toBe(
      documentUri(DID, own),
    )
    expect(site?.document(EDITION, [rendering(edition, 'other.example'), rendering(item)])).toBeUndefined()
  })

  it('is no document where none was frozen, of another channel, or by an earlier version', async () => {
    const site = await standardSite(settings, notes, house)
    const earlier = { ...rendering(sampleEdition()), content: '{"text":"a post"}' }
    const mail = { ...rendering(sampleEdition()), channel: 'email', content: '<p>' }
    expect(site?.document(EDITION, [])).toBeUndefined()
    expect(site?.document(EDITION, [earlier, mail])).toBeUndefined()
  })
})
