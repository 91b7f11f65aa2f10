import type { PublicHouse } from '../../src/channel.ts'
import { EDITIONS_FOLDER, type Folder } from '../../src/domain/feed-format.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { webAddress } from './address.ts'
import type { FeedListing } from './document.ts'

/** One feed of the publication. */
export interface Feed extends FeedListing {
  /** See `FeedDocument.id`. */
  readonly id: string
  /** See `FeedDocument.description`. */
  readonly description: string
  readonly of: 'items' | 'editions'
}

/** All that is new, in the root. Its title and id are the publication's own: readers who are there know it by them. */
export function mainFeed(house: PublicHouse): Feed {
  const { name, description, home } = publisherOf(house)
  const about = 'All that is new, of every section, each item with its primary source.'
  return { id: home, title: name, about, description, folder: '', home, of: 'items' }
}

export function sectionFeed(section: string, folder: Folder, house: PublicHouse): Feed {
  const { name, home } = publisherOf(house)
  const label = capitalised(cleanLine(section) || folder.slice(folder.lastIndexOf('/') + 1))
  const about = `Only what is published in the section “${label}”.`
  const id = `${house.publicUrl}/${folder}`
  return { id, title: `${name}: ${label}`, about, description: about, folder, home, of: 'items' }
}

export function editionsFeed(house: PublicHouse): Feed {
  const title = `${publisherOf(house).name}: Daily editions`
  const about = 'One entry for each edition, with all that it carries: the digest that is sent by e-mail.'
  const home = `${house.publicUrl}/editions`
  const id = `${house.publicUrl}/${EDITIONS_FOLDER}`
  return { id, title, about, description: about, folder: EDITIONS_FOLDER, home, of: 'editions' }
}

/** Clean, as feeds show it. */
export function publisherOf({ publication, publicUrl }: PublicHouse): Record<'name' | 'description' | 'home', string> {
  return {
    name: cleanLine(publication.name),
    description: cleanLine(publication.description),
    home: webAddress(publication.url) ?? publicUrl,
  }
}

function capitalised(text: string): string {
  const [first = ''] = text
  return first.toUpperCase() + text.slice(first.length)
}
