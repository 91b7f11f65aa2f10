import type { Entry, FeedDocument, FeedList } from '../../../channels/feeds/document.ts'

const SOURCES = [{ url: 'https://arxiv.org/abs/1?a=1&b=2', title: 'One & <two>' }, { url: 'https://doi.org/10.1/x' }]

/** The entry of an item; the number makes its address and its second of the day. */
export function itemEntry(number: number, over: Partial<Entry> = {}): Entry {
  const instant = new Date(Date.UTC(2026, 5, 29, 10, 0, 0) - number * 1000)
  return {
    id: `https://morningcheck.example/news/${number}.html`,
    title: `Item ${number}`,
    summary: 'A summary & more.',
    html: '<p>The <strong>whole</strong> text.</p>',
    published: instant,
    updated: instant,
    authors: ['Ann & Bob'],
    tags: ['oceans'],
    section: 'News & views',
    sources: SOURCES,
    about: 'https://arxiv.org/abs/1?a=1&b=2',
    attachments: [],
    corrections: [],
    ...over,
  }
}

export function editionEntry(number: number): Entry {
  const { section: _section, about: _about, ...entry } = itemEntry(number)
  return { ...entry, id: `https://feeds.morningcheck.example/editions/daily/2026-06-${10 + number}` }
}

/** What readers poll, of the feed with everything. */
export function feedDocument(over: Partial<FeedDocument> = {}): FeedDocument {
  return {
    id: 'https://morningcheck.example/',
    title: 'The Morning Check',
    description: 'Each item checked against its primary source.',
    publisher: 'The Morning Check',
    home: 'https://morningcheck.example/',
    language: 'en',
    ttlMinutes: 60,
    updated: new Date('2026-06-29T10:00:00.000Z'),
    entries: [itemEntry(1), itemEntry(2)],
    hubs: [],
    publicUrl: 'https://feeds.morningcheck.example',
    folder: '',
    archive: { kind: 'subscription' },
    ...over,
  }
}

export const polled = feedDocument({
  hubs: ['https://hub.example/?a=1&b=2', 'https://second.example/'],
  archive: { kind: 'subscription', previous: 'feeds/archive/2026-06' },
})

export const growing = feedDocument({
  folder: 'feeds/archive/2026-06',
  archive: { kind: 'growing', current: '', previous: 'feeds/archive/2026-05' },
})

export const closed = feedDocument({
  folder: 'feeds/archive/2026-05',
  archive: { kind: 'closed', current: '', previous: 'feeds/archive/2026-04', next: 'feeds/archive/2026-06' },
})

/** A recording with all that may be known of one, and a paper of which nothing is. */
export const attachments: Entry['attachments'] = [
  { url: 'https://media.example/a.mp3?x=1&y', mediaType: 'audio/mpeg', title: 'Aloud', bytes: 1234, seconds: 61.5 },
  { url: 'https://media.example/b.pdf', mediaType: 'application/pdf', bytes: 0 },
]

/** All that an entry may have. */
export const richEntry = itemEntry(3, {
  attachments,
  image: { url: 'https://media.example/i.JPG', alt: 'A gauge & sea' },
})

export const feedList: FeedList = {
  publisher: 'The Morning Check',
  description: 'Each item checked against its primary source.',
  home: 'https://morningcheck.example/',
  language: 'en',
  publicUrl: 'https://feeds.morningcheck.example',
  hubs: [],
  feeds: [
    {
      title: 'The Morning Check',
      about: 'Everything, the newest first.',
      folder: '',
      home: 'https://morningcheck.example/',
    },
    {
      title: 'The Morning Check: R&D',
      about: 'What stands in the section R&D.',
      folder: 'feeds/r-d',
      home: 'https://morningcheck.example/',
    },
    {
      title: 'The Morning Check: Daily editions',
      about: 'One entry a day.',
      folder: 'feeds/editions',
      home: 'https://feeds.morningcheck.example/editions',
    },
  ],
}
