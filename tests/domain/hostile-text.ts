import type { Item } from '../../src/domain/item.ts'

/** Seeded numbers from 0 to below 1 (mulberry32), so that a failing case can be run again. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const PIECES = [
  ['a', 'word', 'a sentence that ends here. ', 'So? ', 'café', 'e\u0301', '\u0301', '\u0308\u0301'],
  ['👨‍👩‍👧‍👦', '👩🏽‍🚀', '🇫', '🇫🇷', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '\u200D', '\uFE0F', '1️⃣'],
  ['漢字かな交じり文。', '한국어', 'हिन्दी क्ष', 'தமிழ்', 'مرحبا بالعالم', 'שלום', '\u202E', '\u2067', '\u0600'],
  ['\uD83D', '\uDE00', '\u0000', '\uFFFE', '\r\n', '\n', '\t', '\u00A0', ' '],
  ['@bob', '#ai', ':tada:', 'C#', 'x.ai', 'https://e.com/a', 'http://e.com/(b).', 'e.com/path', 'www.e.com', '--'],
].flat()

export function hostileText(random: () => number, most: number): string {
  const pieces = Array.from({ length: Math.floor(random() * most) }, () => PIECES[Math.floor(random() * PIECES.length)])
  return pieces.join(random() < 0.7 ? ' ' : '')
}

export function hostileUrl(random: () => number): string {
  const path = [
    'a_(b)',
    'ünï',
    'x'.repeat(Math.floor(random() * 300)),
    'a.b.',
    '~',
    'q?x=1&y=(2)',
    '2606.27608',
    'a|b',
    '',
  ]
  const host = ['arxiv.org', 'www.example.com', 'bücher.example', 'a-very-long-host-name.research.example.org'][
    Math.floor(random() * 4)
  ]
  return `https://${host}/${path[Math.floor(random() * path.length)]}`
}

export function newsItem(changes: Partial<Item> = {}): Item {
  return {
    url: 'https://news.example/news/small-model.html',
    section: 'news',
    title: 'A small model learns to say when it is unsure',
    summary: 'It refuses about as often as it would have been wrong. The weights are open.',
    body: { format: 'markdown', text: '' },
    links: [],
    published: '2026-06-29',
    sources: [{ url: 'https://arxiv.org/abs/2606.27608' }],
    authors: [],
    tags: [],
    ...changes,
  }
}

export const publication = {
  name: 'The Example',
  description: 'News with its sources.',
  url: 'https://news.example/',
  language: 'en',
  zone: 'Europe/Berlin',
  address: '1 Example Street',
}
