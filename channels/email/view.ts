import type { DigestAmendment, DigestItem, DigestProps } from '../../emails/digest.tsx'
import type { PublicHouse } from '../../src/channel.ts'
import type { Amendment, AmendmentKind } from '../../src/domain/amendment.ts'
import type { Edition } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import { cleanLine, cleanText } from '../../src/domain/text.ts'
import { longDay } from '../../src/domain/time.ts'
import { hostOf } from '../../src/domain/url.ts'

// React Email cuts a preview text after 150 UTF-16 units, if need be through the middle of an emoji.
const PREHEADER_UNITS = 149
const RIGHT_TO_LEFT = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'])

export type DigestView = Omit<DigestProps, 'unsubscribeUrl' | 'images'>

/** What both parts of the mail show, cleaned for either: no control characters, one line where one is meant. */
export function digestView(edition: Edition, house: PublicHouse): DigestView {
  const { publication, publicUrl } = house
  return {
    language: publication.language,
    direction: RIGHT_TO_LEFT.has(publication.language.split('-')[0]?.toLowerCase() ?? '') ? 'rtl' : 'ltr',
    publication: {
      name: cleanLine(publication.name),
      description: cleanLine(publication.description),
      url: publication.url,
    },
    address: lines(publication.address),
    subject: cleanLine(edition.subject),
    preheader: cut(cleanLine(edition.preheader), PREHEADER_UNITS),
    date: longDay(edition.date, publication.language),
    intro: paragraphs(edition.intro),
    stories: edition.stories.map(itemView),
    briefs: edition.briefs.map(itemView),
    background: edition.background.map(itemView),
    corrections: amendmentViews(edition, 'correction'),
    withdrawn: amendmentViews(edition, 'retraction'),
    browserUrl: `${publicUrl}/editions/${edition.id}`,
  }
}

function itemView(item: Item): DigestItem {
  const urls = [...new Set(item.sources.map((source) => source.url))]
  return {
    url: item.url,
    title: cleanLine(item.title),
    summary: cleanLine(item.summary),
    sources: urls.map((url) => ({ url, label: hostOf(url) })),
    ...(item.image ? { image: { url: item.image.url, alt: cleanLine(item.image.alt) } } : {}),
  }
}

function amendmentViews({ amendments = [] }: Edition, kind: AmendmentKind): DigestAmendment[] {
  return amendments.filter((amendment) => amendment.kind === kind).map(amendmentView)
}

function amendmentView({ url, title, note, source }: Amendment): DigestAmendment {
  return {
    url,
    title: cleanLine(title),
    note: cleanLine(note),
    sources: source ? [{ url: source.url, label: hostOf(source.url) }] : [],
  }
}

function lines(text: string): string[] {
  return cleanText(text)
    .split('\n')
    .map(cleanLine)
    .filter((line) => line !== '')
}

function paragraphs(text: string): string[] {
  return cleanText(text)
    .split(/\n\s*\n/)
    .map(cleanLine)
    .filter((paragraph) => paragraph !== '')
}

/** At most `units` UTF-16 units, never through the middle of a character. */
function cut(text: string, units: number): string {
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (kept.length + segment.length > units) break
    kept += segment
  }
  return kept
}
