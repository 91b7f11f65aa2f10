import type { Edition } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import { editionOf as dayOf } from '../contracts/store/fixtures.ts'
import { newsItem } from './hostile-text.ts'

export function editionOf(stories: readonly Item[]): Edition {
  return dayOf('2026-06-29', { stories })
}

/** The news of an `llms-full.txt` in its collapsed form: only what a post needs, and read apart from `src/sources`. */
export function realNews(text: string): Item[] {
  const pattern = /### (.{1,400}?) \((\d{4}-\d\d-\d\d)\) Summary: (.*?) Primary source \(verified\): (\S+) URL: (\S+)/g
  return Array.from(text.matchAll(pattern), ([, title = '', published = '', summary = '', source = '', url = '']) =>
    newsItem({ url, title, summary, published, sources: [{ url: source }] }),
  )
}
