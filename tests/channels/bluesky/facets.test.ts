import { expect, it } from 'vitest'
import { facetsOf, labelsAt } from '../../../channels/bluesky/facets.ts'
import { type Segment, postText } from '../../../src/domain/post.ts'

it.each(['plain', 'é', '漢字', '👨‍👩‍👧‍👦', 'مرحبا', '🇫🇷', '\uFEFFmark', ''])(
  'counts bytes, not characters, after %j',
  (prose) => {
    const segments: Segment[] = [
      { text: prose },
      { text: 'e.com/ü…', link: 'https://e.com/%C3%BC' },
      { text: ' ' },
      { text: '#日本', tag: '日本' },
    ]
    const facets = facetsOf(segments)
    const before = Buffer.byteLength(prose)
    expect(facets).toEqual([
      {
        index: { byteStart: before, byteEnd: before + 11 },
        features: [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://e.com/%C3%BC' }],
      },
      {
        index: { byteStart: before + 12, byteEnd: before + 19 },
        features: [{ $type: 'app.bsky.richtext.facet#tag', tag: '日本' }],
      },
    ])
    expect(labelsAt(postText(segments), facets)).toEqual(['e.com/ü…', '#日本'])
  },
)

it('shows a facet that lies beside its words', () => {
  const facet = { index: { byteStart: 1, byteEnd: 4 }, features: [] }
  expect(labelsAt('é bc', [facet])).not.toEqual(['é'])
  expect(labelsAt('short', [{ index: { byteStart: 90, byteEnd: 99 }, features: [] }])).toEqual([''])
})
