import { AppBskyFeedPost } from '@atproto/api'
import { describe, expect, it } from 'vitest'
import { type Content, contentSchema, readContent } from '../../../channels/bluesky/content.ts'
import { blueskyChannel } from '../../../channels/bluesky/index.ts'
import type { AmendmentKind } from '../../../src/domain/amendment.ts'
import type { Item } from '../../../src/domain/item.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { amended, amendmentOf, context, day, itemAt, posted } from '../../channel/post-amended.ts'

const account = { identifier: 'news.example', appPassword: 'secret' }
const NOTE = 'it is 371 days, not 317.'

const amend = (kind: AmendmentKind, settings: unknown = account, item: Item = itemAt(1), note = NOTE) =>
  amended(blueskyChannel, settings, amendmentOf(kind, item, note))

function contentOf(rendering: Rendering | undefined): Content {
  return contentSchema.parse(JSON.parse(rendering?.content ?? ''))
}

describe('a correction', () => {
  it('answers the post of the item with note and source', async () => {
    const [rendering, ...others] = await amend('correction')
    expect(others).toEqual([])
    const content = contentOf(rendering)
    const of = `bluesky/02-optical-clock-runs-for-a-year-without-a-missed-tick`
    expect(content).toMatchObject({ kind: 'reply', account: 'news.example', of, part: 0 })
    const post = content.kind === 'reply' ? content.post : undefined
    expect(post).toMatchObject({
      items: [itemAt(1).url],
      seed: `news.example correction/2026-06-30-1f0c2b7a ${of}`,
      at: '2026-06-30T08:00:00.000Z',
      record: {
        text: `Correction: ${NOTE}\n\nSource: www.nature.com/articles/s41586-026…`,
        langs: ['en'],
        facets: [{ features: [{ uri: itemAt(1).sources[0]?.url }] }],
      },
    })
    const dated = { ...post?.record, createdAt: '2026-06-30T08:00:00Z' }
    expect(AppBskyFeedPost.validateRecord(dated).success).toBe(true)
    expect(rendering).toMatchObject({
      identity: `correction/2026-06-30-1f0c2b7a ${of}`,
      item: itemAt(1).url,
      mayLeave: true,
      findings: [],
    })
    expect(rendering?.id).toMatch(/^01-correction-optical-clock/)
  })

  it('brings the document of the item up to date, where there is one', async () => {
    const [without] = await amend('correction')
    expect(without?.content).not.toContain('document')
    const corrected = itemAt(1, { title: 'Optical clock runs for 371 days' })
    const [rendering] = await amend('correction', { ...account, standardSite: true }, corrected)
    const content = contentOf(rendering)
    expect(content.kind === 'reply' && content.post.document).toMatchObject({
      seed: `news.example ${itemAt(1).url}`,
      record: { title: 'Optical clock runs for 371 days', updatedAt: '2026-06-30T08:00:00.000Z' },
    })
  })

  it('is shown below the post that it answers', async () => {
    const [rendering] = await amend('correction')
    expect(rendering?.page.match(/<article/g)).toHaveLength(2)
    expect(rendering?.page).toMatch(/A strontium clock .*Correction: it is 371/s)
    expect(rendering?.page).toContain('<h1>The answer, as Bluesky draws it</h1>')
  })

  it('names the source as it now is, and does not leave without one', async () => {
    const [moved] = await amend('correction', account, itemAt(1, { sources: [{ url: 'https://doi.org/10.1/x' }] }))
    expect(moved?.text).toContain('Source: doi.org/10.1/x')
    const [none] = await amend('correction', account, itemAt(1, { sources: [] }))
    expect(none).toMatchObject({ mayLeave: false, findings: [{ code: 'no-source' }] })
  })

  it('is never cut: a note that is too long is an error that says by how much', async () => {
    const [rendering] = await amend('correction', account, itemAt(1), 'n'.repeat(300))
    expect(rendering).toMatchObject({ mayLeave: false, findings: [{ severity: 'error', code: 'note-too-long' }] })
    expect(rendering?.findings[0]?.message).toMatch(/The note is, with the links, \d+ graphemes longer/)
    expect(rendering?.text).toContain('n'.repeat(300))
  })

  it('answers the part of a thread that tells of the item', async () => {
    const [rendering, ...others] = await amend('correction', { ...account, posts: 'thread' })
    expect(others).toEqual([])
    expect(contentOf(rendering)).toMatchObject({ kind: 'reply', of: 'bluesky/thread', part: 2 })
    expect(rendering?.identity).toBe('correction/2026-06-30-1f0c2b7a bluesky/thread 2')
  })

  it('says which item it is about below a digest, as far as it fits', async () => {
    const digest = { ...account, posts: 'digest' }
    const [rendering] = await amend('correction', digest)
    expect(rendering?.text).toBe(
      `Correction to “${itemAt(1).title}”: ${NOTE}\n\nSource: www.nature.com/articles/s41586-026…`,
    )
    const [tight] = await amend('correction', digest, itemAt(1), 'n'.repeat(220))
    expect(tight).toMatchObject({ mayLeave: true })
    expect(tight?.text).toMatch(/^Correction( to “.*…”)?: n{220}\n/)
  })

  it('has nothing to say to a digest that did not name the item', async () => {
    expect(await amend('correction', { ...account, posts: 'digest' }, itemAt(4))).toEqual([])
  })

  it('answers the posts of every account, under ids of their own, and warns of one that is configured no more', async () => {
    const accounts = [account, { identifier: 'other.example', appPassword: 'secret' }]
    const made = await amend('correction', { accounts })
    expect(made.map((each) => contentOf(each).account)).toEqual(['news.example', 'other.example'])
    expect(new Set(made.map(({ id }) => id)).size).toBe(2)
    const left = posted(
      blueskyChannel,
      await blueskyChannel.render(day, context, blueskyChannel.settings.parse({ accounts })),
    )
    const input = { ...amendmentOf('correction', itemAt(1), NOTE), posted: left }
    const now = await blueskyChannel.amend?.(input, day, context, blueskyChannel.settings.parse(account))
    expect(now?.map((each) => contentOf(each).account)).toEqual(['news.example', 'other.example'])
    expect(now?.map(({ findings }) => findings.map(({ severity, code }) => [severity, code]))).toEqual([
      [],
      [['warning', 'account-gone']],
    ])
    expect(now?.[1]).toMatchObject({
      mayLeave: true,
      findings: [{ message: expect.stringContaining('other.example posted this'), item: itemAt(1).url }],
    })
  })

  it('of what was written to the outbox is written there, too', async () => {
    const left = posted(blueskyChannel, await blueskyChannel.render(day, context, blueskyChannel.settings.parse({})))
    const input = { ...amendmentOf('correction', itemAt(1), NOTE), posted: left }
    const now = await blueskyChannel.amend?.(input, day, context, blueskyChannel.settings.parse(account))
    expect(now).toMatchObject([{ findings: [] }])
    expect(contentOf(now?.[0]).account).toBe('outbox')
  })
})

describe('a retraction', () => {
  it('deletes the post of the item and shows which', async () => {
    const made = await amend('retraction')
    expect(made.map(contentOf)).toEqual([
      {
        kind: 'delete',
        account: 'news.example',
        of: 'bluesky/02-optical-clock-runs-for-a-year-without-a-missed-tick',
        part: 0,
      },
    ])
    expect(made[0]?.page).toContain('class="post gone"')
    expect(made[0]?.page).toContain('<h1>To be deleted from Bluesky</h1>')
  })

  it('deletes the document of the item, too, whose name is frozen with it', async () => {
    const [rendering] = await amend('retraction', { ...account, standardSite: true })
    expect(contentOf(rendering)).toMatchObject({
      document: { seed: `news.example ${itemAt(1).url}`, at: '2026-06-28T22:00:00.000Z' },
    })
  })

  it('is shown, and waits, where the account is configured no more', async () => {
    const left = posted(
      blueskyChannel,
      await blueskyChannel.render(day, context, blueskyChannel.settings.parse(account)),
    )
    const input = { ...amendmentOf('retraction', itemAt(1), NOTE), posted: left }
    const renamed = { identifier: 'renamed.example', appPassword: 'secret' }
    const now = await blueskyChannel.amend?.(input, day, context, blueskyChannel.settings.parse(renamed))
    expect(now).toMatchObject([{ mayLeave: true, findings: [{ severity: 'warning', code: 'account-gone' }] }])
  })

  it('deletes the part of a thread', async () => {
    const made = await amend('retraction', { ...account, posts: 'thread' })
    expect(made.map(contentOf)).toMatchObject([{ kind: 'delete', of: 'bluesky/thread', part: 2 }])
  })

  it('answers a digest, also where the item has no source any more and nothing is said why', async () => {
    const digest = { ...account, posts: 'digest' }
    const [rendering] = await amend('retraction', digest)
    expect(rendering?.text).toMatch(new RegExp(`^Withdrawn: “${itemAt(1).title}”. ${NOTE}\n\nSource: `))
    const [bare] = await amend('retraction', digest, itemAt(1, { sources: [] }), '')
    expect(bare).toMatchObject({ text: `Withdrawn: “${itemAt(1).title}”.`, mayLeave: true })
  })

  it('deletes the answer that corrected the item before, which a later correction leaves alone', async () => {
    const answer = await amend('correction')
    const before = posted(blueskyChannel, answer)
    const made = await amended(blueskyChannel, account, amendmentOf('retraction', itemAt(1), ''), before)
    expect(made.map(contentOf)).toMatchObject([
      { kind: 'delete', of: 'bluesky/02-optical-clock-runs-for-a-year-without-a-missed-tick' },
      { kind: 'delete', of: before[0]?.delivery.key, part: 0 },
    ])
    const again = await amended(blueskyChannel, account, amendmentOf('correction', itemAt(1), 'And more.'), before)
    expect(again).toHaveLength(1)
  })
})

it('passes over what an earlier version froze', async () => {
  expect(readContent('{"text":"old"}')).toBeUndefined()
  expect(readContent('<html>')).toBeUndefined()
})

it('draws hostile words without live markup', async () => {
  const item = itemAt(1, { title: '<img src=x onerror=1>' })
  const [rendering] = await amend('correction', { ...account, posts: 'digest' }, item, '<script>alert(1)</script>')
  expect(rendering?.page).not.toMatch(/<script|<img/)
  expect(rendering?.page).toContain('&lt;script&gt;')
})
