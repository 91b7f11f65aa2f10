import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { RenderContext } from '../../../src/channel.ts'
import type { RecentItem } from '../../../src/channel/published.ts'
import type { Item } from '../../../src/domain/item.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { publishedOf } from '../../fixtures/published.ts'
import { sampleEdition, sampleItem, samplePublication } from '../../fixtures/edition.ts'

interface Made {
  readonly rss: string
  readonly atom: string
  readonly json: string
  readonly renderings: readonly Rendering[]
}

/** One item of the feed; the number makes its address and its second of the day. */
export function recent(number: number, over: Partial<Item> = {}, updated?: string): RecentItem {
  const instant = new Date(Date.UTC(2026, 5, 29, 10, 0, 0) - number * 1000).toISOString()
  const item = sampleItem({ url: `https://morningcheck.example/news/${number}.html`, ...over })
  return { item, published: instant, updated: updated ?? instant }
}

export function plainItems(count: number): RecentItem[] {
  return Array.from({ length: count }, (_, index) => recent(index + 1, { title: `Item ${index + 1}` }))
}

export function contextOf(items: readonly RecentItem[], given: Parameters<typeof publishedOf>[0] = {}): RenderContext {
  return {
    house: { publication: samplePublication, publicUrl: 'https://feeds.morningcheck.example' },
    published: publishedOf({ items, ...given }),
  }
}

export async function make(items: readonly RecentItem[], settings: object = {}): Promise<Made> {
  const renderings = await feedsChannel.render(sampleEdition(), contextOf(items), feedsChannel.settings.parse(settings))
  const content = (id: string): string => renderings.find((one) => one.id === id)?.content ?? ''
  return { rss: content('rss.xml'), atom: content('atom.xml'), json: content('feed.json'), renderings }
}

const LONE = '\uD800'
const CONTROLS = '\0\u000B\u001B\u0085\uFFFF\uFFFD\uFDD0'
const BREAKOUT = ']]></title><link>https://evil.example/</link><title><![CDATA[x]]>'
/** Everything that was seen to break a feed, as one text. */
export const NASTY = `a${CONTROLS}${LONE}b ]]> ]]> ${BREAKOUT} <div> &amp; &#0; <script>alert(1)</script> \u202E\u200F "it's" 🗞️ é`

/** Items in which every field is hostile, and one plain item that must come through. */
export function nastyItems(): RecentItem[] {
  const links = '[go](javascript:alert(1)) [rel](../learn/x.html) ![i](/i.png)'
  const markup = '<iframe src="https://evil.example/"></iframe><p onclick="alert(1)" style="x">p &#11;</p>'
  const body = `${markup}\n\n${links}\n\n# ${NASTY}\n\n${NASTY}`
  const fields = {
    summary: NASTY,
    authors: [NASTY, '', 'Ann & Bob <ann@example.org>'],
    tags: [NASTY, '<&>"\''],
    sources: [
      { url: 'https://arxiv.org/abs/1?a=1&b=<2>|3#x', title: NASTY },
      { url: 'https://doi.org/10.1/x' },
      { url: 'javascript:alert(1)', title: 'no' },
    ],
    image: { url: 'https://morningcheck.example/i.png?a=1&b="2"', alt: NASTY },
  }
  return [
    recent(1, { ...fields, title: NASTY, body: { format: 'markdown', text: body } }),
    recent(2, { ...fields, title: 'x'.repeat(10_000), body: { format: 'html', text: body } }),
    recent(3, { title: 'How to use <div> &amp; "quotes" 🗞️' }),
    recent(4, { url: 'tag:morningcheck.example,2026:4', title: 'A tag id' }),
    recent(5, { url: 'javascript:alert(1)', title: 'A script' }),
    recent(6, { sources: [], title: 'No source' }),
    recent(7, { title: CONTROLS }),
    recent(8, { url: 'https://morningcheck.example/news/8.html?q=a|b&c=\u00e9', title: 'Odd address' }),
    recent(3, { title: 'The third again' }),
    { ...recent(9, { title: 'No date' }), published: 'soon' },
    recent(10, { title: 'Plain' }),
  ]
}
