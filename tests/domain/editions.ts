import type { Edition } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import { newsItem } from './hostile-text.ts'

export function editionOf(stories: readonly Item[]): Edition {
  return {
    id: 'daily/2026-06-29',
    schedule: 'daily',
    date: '2026-06-29',
    plannedAt: '2026-06-29T06:30:00.000Z',
    source: 'paper',
    publication: {
      name: 'Paper',
      description: '',
      url: 'https://paper.example',
      language: 'en',
      zone: 'UTC',
      address: '',
    },
    subject: '',
    preheader: '',
    intro: '',
    stories,
    briefs: [],
    background: [],
  }
}

/** The news of an `llms-full.txt` in its collapsed form: only what a post needs, and read apart from `src/sources`. */
export function realNews(text: string): Item[] {
  const pattern = /### (.{1,400}?) \((\d{4}-\d\d-\d\d)\) Summary: (.*?) Primary source \(verified\): (\S+) URL: (\S+)/g
  return Array.from(text.matchAll(pattern), ([, title = '', published = '', summary = '', source = '', url = '']) =>
    newsItem({ url, title, summary, published, sources: [{ url: source }] }),
  )
}
