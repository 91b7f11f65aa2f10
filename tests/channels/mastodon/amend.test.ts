import { describe, expect, it } from 'vitest'
import { type Content, contentSchema } from '../../../channels/mastodon/content.ts'
import { mastodonChannel } from '../../../channels/mastodon/index.ts'
import type { AmendmentKind } from '../../../src/domain/amendment.ts'
import type { Item } from '../../../src/domain/item.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { amended, amendmentOf, context, day, itemAt, posted } from '../../channel/post-amended.ts'

const account = { url: 'https://m.example', accessToken: 'secret' }
const digest = { ...account, posts: 'digest' }
const NOTE = 'it is 371 days, not 317.'
const PAGE = 'https://morningcheck.example/editions/daily/2026-06-29'
const OF = 'mastodon/02-optical-clock-runs-for-a-year-without-a-missed-tick'

const amend = (kind: AmendmentKind, settings: unknown = account, item: Item = itemAt(1), note = NOTE) =>
  amended(mastodonChannel, settings, amendmentOf(kind, item, note))

function contentOf(rendering: Rendering | undefined): Content {
  return contentSchema.parse(JSON.parse(rendering?.content ?? ''))
}

describe('a correction', () => {
  it('edits the post: the item as it now is, with what was put right', async () => {
    const settings = { ...account, visibility: 'unlisted', contentWarning: 'Numbers' }
    const [rendering, ...others] = await amend('correction', settings, itemAt(1, { title: 'A clock' }))
    expect(others).toEqual([])
    expect(contentOf(rendering)).toEqual({
      kind: 'edit',
      account: 'm.example',
      of: OF,
      part: 0,
      at: '2026-06-30T08:00:00.000Z',
      status: {
        status: `A clock\n\n${itemAt(1).summary}\n\nCorrection: ${NOTE}\n\nRead: ${itemAt(1).url}\nSource: ${itemAt(1).sources[0]?.url}`,
        language: 'en',
        visibility: 'unlisted',
        spoilerText: 'Numbers',
      },
    })
    expect(rendering).toMatchObject({ identity: `correction/2026-06-30-1f0c2b7a ${OF}`, mayLeave: true, findings: [] })
    expect(rendering?.page).toContain('<h1>The edited post, as Mastodon draws it</h1>')
  })

  it('keeps the note whole while the summary gives way', async () => {
    const [rendering] = await amend('correction', account, itemAt(1), 'n'.repeat(300))
    expect(rendering).toMatchObject({ mayLeave: true, findings: [{ code: 'post-shortened' }] })
    expect(rendering?.text).toContain(`371 days without a gap.\n\nCorrection: ${'n'.repeat(300)}\n\nRead: `)
    const [tooLong] = await amend('correction', account, itemAt(1), 'n'.repeat(460))
    expect(tooLong).toMatchObject({ mayLeave: false, findings: [{ severity: 'error', code: 'note-too-long' }] })
    expect(tooLong?.findings[0]?.message).toMatch(/\d+ characters? longer/)
  })

  it('guards the note like all prose', async () => {
    const [rendering] = await amend('correction', account, itemAt(1), 'said @bob in #ai')
    expect(rendering?.text).toContain('Correction: said @\u200Bbob in #\u200Bai')
  })

  it('edits the part of a thread that tells of the item', async () => {
    const [rendering] = await amend('correction', { ...account, posts: 'thread' })
    expect(contentOf(rendering)).toMatchObject({ kind: 'edit', of: 'mastodon/thread', part: 2 })
    expect(rendering?.text).toContain(`Correction: ${NOTE}`)
  })

  it('makes a digest anew with the item in its place and the note below', async () => {
    const [rendering] = await amend('correction', digest, itemAt(1, { title: 'A clock' }))
    expect(rendering).toMatchObject({ mayLeave: true })
    expect(rendering?.text).toMatch(/^Monday, 29 June 2026\n\n• A tide gauge .*\n\S+\n• A clock\nhttps:\/\/www\.nature/)
    expect(rendering?.text).toContain(`\n\nCorrection to “A clock”: ${NOTE}\n\n`)
    expect(rendering?.text?.endsWith(PAGE)).toBe(true)
  })

  it('names what it puts right in a digest with its source, whatever else has room', async () => {
    const [rendering] = await amend('correction', digest, itemAt(3), 'n'.repeat(260))
    expect(rendering).toMatchObject({ mayLeave: true })
    expect(rendering?.text).toContain(itemAt(3).sources[0]?.url)
    expect(rendering?.text).not.toContain(itemAt(0).sources[0]?.url)
  })
})

describe('a retraction', () => {
  it('deletes the post of the item, or the part of a thread, and shows which', async () => {
    const made = await amend('retraction')
    expect(made.map(contentOf)).toEqual([{ kind: 'delete', account: 'm.example', of: OF, part: 0 }])
    expect(made[0]?.page).toContain('class="post gone"')
    const thread = await amend('retraction', { ...account, posts: 'thread' })
    expect(thread.map(contentOf)).toMatchObject([{ kind: 'delete', of: 'mastodon/thread', part: 2 }])
  })

  it('edits a digest: without the item, and with the note', async () => {
    const [rendering] = await amend('retraction', digest)
    expect(contentOf(rendering)).toMatchObject({ kind: 'edit', of: 'mastodon/digest', part: 0 })
    expect(rendering?.text).not.toContain(itemAt(1).sources[0]?.url)
    expect(rendering?.text).toContain(itemAt(0).sources[0]?.url)
    expect(rendering?.text).toContain(`Withdrawn: “${itemAt(1).title}”. ${NOTE}`)
    const [silent] = await amend('retraction', digest, itemAt(1), '')
    expect(silent?.text).toContain(`Withdrawn: “${itemAt(1).title}”.\n\n`)
  })
})

it('says again in a digest what was said before of its other items, and brings nothing back', async () => {
  const earlier = [
    amendmentOf('correction', itemAt(0, { title: 'A gauge' }), 'An older word.'),
    amendmentOf('correction', itemAt(0, { title: 'A gauge' }), 'It was 1847.'),
    amendmentOf('retraction', itemAt(2), ''),
  ]
  const input = { ...amendmentOf('correction', itemAt(1, { title: 'A clock' }), NOTE), earlier }
  const [rendering] = await amended(mastodonChannel, digest, input)
  expect(rendering?.text).not.toContain(itemAt(2).sources[0]?.url)
  expect(rendering?.text).not.toContain('An older word.')
  expect(rendering?.text).toContain('• A gauge\n')
  for (const note of ['“A gauge”: It was 1847.', `Withdrawn: “${itemAt(2).title}”.`, `“A clock”: ${NOTE}`])
    expect(rendering?.text).toContain(note)
})

it.each(['correction', 'retraction'] as const)('a %s warns of an account that is configured no more', async (kind) => {
  const left = posted(
    mastodonChannel,
    await mastodonChannel.render(day, context, mastodonChannel.settings.parse(account)),
  )
  const other = mastodonChannel.settings.parse({ ...account, account: 'other@m.example' })
  const input = { ...amendmentOf(kind, itemAt(1), NOTE), posted: left }
  const [rendering] = (await mastodonChannel.amend?.(input, day, context, other)) ?? []
  expect(rendering?.mayLeave).toBe(true)
  expect(rendering?.findings).toMatchObject([{ severity: 'warning', code: 'account-gone', channel: 'mastodon' }])
  const [known] = (await mastodonChannel.amend?.(input, day, context, mastodonChannel.settings.parse(account))) ?? []
  expect(known?.findings).toEqual([])
})
