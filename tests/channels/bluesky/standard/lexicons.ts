import { lexicons } from '@atproto/api'

const text = (maxGraphemes: number) => ({ type: 'string', maxGraphemes, maxLength: maxGraphemes * 10 }) as const
const datetime = { type: 'string', format: 'datetime' } as const
const uri = { type: 'string', format: 'uri' } as const
const channelOfColor = { type: 'integer', minimum: 0, maximum: 255 } as const
const color = { type: 'union' as const, refs: ['site.standard.theme.color#rgb'] }

// As in bluesky-social/atproto, lexicons/site/standard (2026-08-20), without descriptions and what we never write.
lexicons.add({
  lexicon: 1,
  id: 'site.standard.theme.color',
  defs: {
    rgb: {
      type: 'object',
      required: ['r', 'g', 'b'],
      properties: { r: channelOfColor, g: channelOfColor, b: channelOfColor },
    },
  },
})
lexicons.add({
  lexicon: 1,
  id: 'site.standard.theme.basic',
  defs: {
    // A record there; but this validator follows a `ref` to none.
    main: {
      type: 'object',
      required: ['background', 'foreground', 'accent', 'accentForeground'],
      properties: { background: color, foreground: color, accent: color, accentForeground: color },
    },
  },
})
lexicons.add({
  lexicon: 1,
  id: 'site.standard.publication',
  defs: {
    main: {
      type: 'record',
      key: 'tid',
      record: {
        type: 'object',
        required: ['url', 'name'],
        properties: {
          url: uri,
          name: text(500),
          description: text(3000),
          basicTheme: { type: 'ref', ref: 'site.standard.theme.basic' },
        },
      },
    },
  },
})
lexicons.add({
  lexicon: 1,
  id: 'site.standard.document',
  defs: {
    main: {
      type: 'record',
      key: 'tid',
      record: {
        type: 'object',
        required: ['site', 'title', 'publishedAt'],
        properties: {
          site: uri,
          path: { type: 'string' },
          title: text(500),
          description: text(3000),
          textContent: { type: 'string' },
          tags: { type: 'array', items: text(128) },
          publishedAt: datetime,
          updatedAt: datetime,
          bskyPostRef: { type: 'ref', ref: 'com.atproto.repo.strongRef' },
        },
      },
    },
  },
})

/** Throws for a record that a server would refuse. */
export function assertValid(collection: string, record: unknown): void {
  lexicons.assertValidRecord(collection, record)
}
