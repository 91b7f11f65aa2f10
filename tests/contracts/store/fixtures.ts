import type { Delivery } from '../../../src/domain/delivery.ts'
import type { Edition } from '../../../src/domain/edition.ts'
import { contentHash, type Item } from '../../../src/domain/item.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Subscriber } from '../../../src/domain/subscriber.ts'
import type { Claim, ClaimRequest, Freeze, FrozenRendering, Mailing, Reading, Store } from '../../../src/ports.ts'

export const NOON = new Date('2026-06-29T12:00:00.000Z')

export function minutesAfterNoon(minutes: number): Date {
  return new Date(NOON.getTime() + minutes * 60_000)
}

export function itemNamed(name: string, more: Partial<Item> = {}): Item {
  return {
    url: `https://paper.example/${name}`,
    section: 'news',
    title: `About ${name}`,
    summary: `What there is to say of ${name}.`,
    body: { format: 'markdown', text: `All of *${name}*.` },
    links: [],
    sources: [{ url: `https://source.example/${name}` }],
    authors: [],
    tags: [],
    ...more,
  }
}

type ReadItem = Reading['items'][number]

export function readItem(item: Item, more: Partial<ReadItem> = {}): ReadItem {
  return { item, hash: contentHash(item), state: 'new', day: '2026-06-29', position: 0, ...more }
}

/** Lessons have no day. */
export function undatedItem(item: Item): ReadItem {
  return { item, hash: contentHash(item), state: 'undated', position: 0 }
}

export function readingOf(items: readonly ReadItem[], more: Partial<Reading> = {}): Reading {
  return { source: 'paper', at: NOON.toISOString(), validators: {}, about: {}, findings: [], items, ...more }
}

export function editionOf(date: string, more: Partial<Edition> = {}): Edition {
  return {
    id: `daily/${date}`,
    schedule: 'daily',
    date,
    plannedAt: `${date}T06:00:00.000Z`,
    source: 'paper',
    publication: {
      name: 'Paper',
      description: '',
      url: 'https://paper.example',
      language: 'en',
      zone: 'UTC',
      address: '',
    },
    subject: `The news of ${date}`,
    preheader: '',
    intro: '',
    stories: [],
    briefs: [],
    background: [],
    ...more,
  }
}

export function renderingOf(channel: string, id: string, more: Partial<FrozenRendering> = {}): FrozenRendering {
  const content = `content of ${id}`
  return {
    channel,
    id,
    identity: id,
    title: id,
    mediaType: 'text/plain',
    content,
    hash: sha256(content),
    page: `<p>${content}</p>`,
    measures: [],
    findings: [],
    mayLeave: true,
    ...more,
  }
}

/** A post of the 29th, alone in its attempt group unless told. */
export function postNamed(name: string, more: Partial<Delivery> = {}): Delivery {
  const key = `posts/${name}`
  return { key, group: key, edition: 'daily/2026-06-29', channel: 'posts', rendering: 'post', target: name, ...more }
}

export function mailingOf(more: Partial<Mailing> = {}): Mailing {
  return {
    key: 'mail/daily/2026-06-29',
    channel: 'mail',
    rendering: 'digest',
    perAttempt: 2,
    frequency: 'daily',
    ...more,
  }
}

/** The edition of the 29th with one rendering for each of the channels `posts`, `mail` and `files`. */
export function freezeOf(deliveries: readonly Delivery[], more: Partial<Freeze> = {}): Freeze {
  return {
    edition: editionOf('2026-06-29'),
    findings: [],
    at: NOON.toISOString(),
    renderings: [renderingOf('posts', 'post'), renderingOf('mail', 'digest'), renderingOf('files', 'feed')],
    deliveries,
    mailings: [],
    documents: [],
    ...more,
  }
}

export function subscriberNamed(id: string, more: Partial<Subscriber> = {}): Subscriber {
  return { id, address: `${id}@reader.example`, state: 'active', consent: 'asked on paper', ...more }
}

/** A worker that takes nobody for gone, at noon, for all three channels. */
export function requestBy(worker: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    worker,
    now: NOON,
    channels: ['posts', 'mail', 'files'],
    staleBefore: new Date('2026-06-29T11:50:00.000Z'),
    gone: [],
    ...more,
  }
}

/** Claims until nothing is due. */
export async function claimAll(store: Store, request: ClaimRequest): Promise<Claim[]> {
  const claims: Claim[] = []
  for (;;) {
    const claim = await store.claim(request)
    if (!claim) return claims
    claims.push(claim)
  }
}

export function keysOf(claim: Claim | undefined): string[] {
  return (claim?.deliveries ?? []).map(({ key }) => key)
}
