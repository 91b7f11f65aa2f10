import type { Amendment } from '../../src/domain/amendment.ts'
import { escapeHtml } from '../../src/domain/html.ts'
import { feedFormats } from '../../src/domain/feed-format.ts'
import type { Finding } from '../../src/domain/finding.ts'
import { sha256 } from '../../src/domain/hash.ts'
import type { Item } from '../../src/domain/item.ts'
import { hostOf } from '../../src/domain/url.ts'
import type { Desk, EditionLine, EditionView, FeedLink } from '../../src/pipeline/view.ts'
import type { Subscriber } from '../../src/domain/subscriber.ts'
import type { Files, FrozenRendering, Log } from '../../src/ports.ts'
import { createApp, type WebDeps } from '../../src/web/app.ts'
import { testClock } from '../fixtures/clock.ts'
import { sampleEdition, samplePublication } from '../fixtures/edition.ts'

export const EDITION = 'daily/2026-06-29'

/** A draft with four stories, three briefs and a lesson, drawn by four channels, with a finding of every kind and place. */
export function sampleView(over: Partial<EditionView> = {}): EditionView {
  const edition = sampleEdition({ stories: 4, briefs: 3, background: 2 })
  const items = [...edition.stories, ...edition.briefs]
  return {
    edition,
    state: 'draft',
    reason: '',
    findings: editionFindings(items),
    channels: [
      { id: 'email', title: 'E-mail', renderings: [digest(items)], counts: [] },
      { id: 'feeds', title: 'Feeds', renderings: ['rss.xml', 'atom.xml', 'feed.json'].map(feed), counts: [] },
      {
        id: 'bluesky',
        title: 'Bluesky',
        renderings: items.map((item, n) => post('bluesky', item, n, 300)),
        counts: [],
      },
      {
        id: 'mastodon',
        title: 'Mastodon',
        renderings: items.map((item, n) => post('mastodon', item, n, 500)),
        counts: [],
      },
    ],
    ...over,
  }
}

function editionFindings(items: readonly Item[]): Finding[] {
  const [first, second, , fourth] = items.map(({ url }) => url)
  return [
    {
      severity: 'note',
      code: 'edition-background',
      message: 'Two lessons are linked by the day’s items and stand under Background.',
    },
    {
      severity: 'warning',
      code: 'source-is-home-page',
      message: 'The source https://www.bast.example.de/ is a home page: a reader cannot check the item there.',
      advice: 'Link the page or the paper itself.',
      field: 'sources',
      ...(fourth ? { item: fourth } : {}),
    },
    {
      severity: 'warning',
      code: 'shared-source',
      message: 'Shares its source nature.com with “Bees tell four from five, but only in the morning”.',
      advice: 'Keep both if they tell different things; else drop one.',
      ...(second ? { item: second } : {}),
    },
    {
      severity: 'note',
      code: 'summary-long',
      message: 'The summary has 171 characters; a phone shows about 160 before it folds.',
      field: 'summary',
      ...(first ? { item: first } : {}),
    },
    {
      severity: 'error',
      code: 'no-source',
      message: '“The comet nobody pointed at” names no primary source and stays out of the edition.',
      advice: 'Add the source where the item is published; the next run reads it again.',
      item: 'https://morningcheck.example/news/comet.html',
    },
    {
      severity: 'warning',
      code: 'preheader-short',
      message:
        'The preheader has 34 characters; mail clients fill the rest of the row with the first words of the mail.',
      advice: 'Write 40 to 90 characters.',
      field: 'preheader',
    },
    {
      severity: 'note',
      code: 'outbox',
      message: 'No account is set up: posts stay in the outbox.',
      channel: 'bluesky',
    },
  ]
}

function frozen(rendering: Omit<FrozenRendering, 'hash'>): FrozenRendering {
  return { ...rendering, hash: sha256(rendering.content) }
}

function digest(items: readonly Item[]): FrozenRendering {
  const stories = items.map(
    ({ url, title, summary, sources }) =>
      `<h2 style="font:700 22px/1.25 Georgia,serif;margin:32px 0 8px"><a href="${url}" style="color:inherit;text-decoration:none">${escapeHtml(title)}</a></h2><p style="margin:0 0 8px">${escapeHtml(summary)}</p><p class="source" style="margin:0;color:#17694a">Source: ${hostOf(sources[0]?.url ?? '')} ↗</p>`,
  )
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Digest</title><style>:root{color-scheme:light dark}body{background:#fbf8f2;color:#1c1a17}@media (prefers-color-scheme: dark){body{background:#1a1815;color:#ece6da}.source{color:#7fcaa6 !important}}</style></head><body style="margin:0;font:16px/1.6 Arial,sans-serif"><div style="max-width:600px;margin:0 auto;padding:32px 20px"><h1 style="font:400 32px Georgia,serif;margin:0">The Morning Check</h1><p>Monday, 29 June 2026</p>${stories.join('')}</div></body></html>`
  return frozen({
    id: 'digest',
    channel: 'email',
    identity: EDITION,
    title: 'Digest',
    mediaType: 'text/html',
    content: page,
    page,
    text: `THE MORNING CHECK\nMonday, 29 June 2026\n\n${items.map(({ title, summary, sources }) => `${title}\n${summary}\nSource: ${sources[0]?.url}\n`).join('\n')}`,
    measures: [
      { name: 'HTML bytes', value: page.length, limit: 102_400 },
      { name: 'text bytes', value: 2_104 },
    ],
    findings: [
      {
        severity: 'note',
        code: 'images-absent',
        message: 'No story has an image; the mail is text alone.',
      },
    ],
    mayLeave: true,
  })
}

function post(channel: string, { url, title, sources }: Item, index: number, limit: number): FrozenRendering {
  const text = `${title}\n\nSource: ${hostOf(sources[0]?.url ?? '')}`
  const tooLong = channel === 'bluesky' && index === 2
  return frozen({
    id: `${String(index + 1).padStart(2, '0')}-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    channel,
    identity: url,
    title,
    item: url,
    mediaType: 'application/json',
    content: JSON.stringify({ text, langs: ['en'] }, null, 2),
    page: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>:root{color-scheme:light dark}body{margin:0;padding:16px;font:15px/1.45 system-ui,sans-serif;background:#fff;color:#111}@media (prefers-color-scheme: dark){body{background:#151d28;color:#eee}}.card{border:1px solid #8888;border-radius:10px;padding:12px;margin-top:12px}</style></head><body><b>The Morning Check</b><p style="white-space:pre-wrap">${escapeHtml(text)}</p><div class="card"><small>${hostOf(url)}</small><br><b>${escapeHtml(title)}</b></div></body></html>`,
    measures: [{ name: limit === 300 ? 'graphemes' : 'characters', value: tooLong ? 312 : text.length, limit }],
    findings: tooLong
      ? [
          {
            severity: 'error',
            code: 'post-too-long',
            message: 'The post has 312 graphemes and the limit is 300: it cannot leave.',
            advice: 'Shorten the title.',
            field: 'title',
            item: url,
            channel,
          },
        ]
      : [],
    mayLeave: !tooLong,
  })
}

function feed(file: string): FrozenRendering {
  const content =
    file === 'feed.json' ? '{"version":"https://jsonfeed.org/version/1.1"}' : '<rss version="2.0"><channel/></rss>'
  return frozen({
    id: file,
    channel: 'feeds',
    identity: file,
    title: file,
    mediaType: 'application/xml',
    content,
    page: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${file}</title></head><body><h1>${file}</h1><p>Eight entries.</p></body></html>`,
    measures: [{ name: 'entries', value: 8 }],
    findings: [],
    mayLeave: true,
  })
}

/** The feed of everything, in three formats. */
const sampleFeeds: readonly FeedLink[] = feedFormats.map(({ name, file, mediaType }) => ({
  title: `The Morning Check (${name})`,
  mediaType,
  path: file,
}))

/** A desk that knows these editions, newest first. */
export function deskOf(...views: EditionView[]): Desk {
  return amendedDeskOf([], ...views)
}

/** The same, with what was said since of the items of any. */
export function amendedDeskOf(amendments: readonly Amendment[], ...views: EditionView[]): Desk {
  const lines = (of: readonly EditionView[]): EditionLine[] =>
    of.map(({ edition, state }) => ({
      id: edition.id,
      date: edition.date,
      subject: edition.subject,
      state,
      items: edition.stories.length + edition.briefs.length,
    }))
  const published = views.filter(({ state }) => ['approved', 'sending', 'sent'].includes(state))
  return {
    publication: samplePublication,
    list: async (limit) => lines(views).slice(0, limit),
    vanished: async () => [],
    view: async (id) => views.find(({ edition }) => edition.id === id),
    feeds: async () => sampleFeeds,
    listPublished: async (limit) => lines(published).slice(0, limit),
    published: async (id) => {
      const view = published.find(({ edition }) => edition.id === id)
      const renderings = async () => view?.channels.flatMap((channel) => channel.renderings) ?? []
      return view && { edition: view.edition, renderings, amendments: async () => amendments }
    },
  }
}

function filesOf(files: Readonly<Record<string, string>>): Files {
  return {
    read: async (path) => files[path],
    readBytes: async (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
    list: async () => Object.keys(files),
    stamp: (path) => (files[path] === undefined ? undefined : { version: sha256(files[path]), modifiedMs: 0 }),
    write: async () => {
      throw new Error('web pages write no file')
    },
  }
}

/** Readers as a store keeps them; whoever has left keeps why and when. No report is of a delivery it knows. */
export function readersOf(...subscribers: Subscriber[]): WebDeps['store'] {
  const byId = new Map(subscribers.map((subscriber) => [subscriber.id, subscriber]))
  return {
    subscriber: async (id) => byId.get(id),
    async unsubscribe(id, reason, at) {
      const reader = byId.get(id)
      if (!reader || reader.state === 'unsubscribed') return reader && 'already'
      byId.set(id, { ...reader, state: 'unsubscribed', reason, changedAt: at.toISOString() })
      return 'done'
    },
    report: async () => 'foreign',
  }
}

/** Remembers what was logged: the errors, and everything as `level: message`. */
export function memoryLog(): Log & { readonly errors: string[]; readonly lines: string[] } {
  const errors: string[] = []
  const lines: string[] = []
  const keep = (level: string) => (message: string) => {
    lines.push(`${level}: ${message}`)
    if (level === 'error') errors.push(message)
  }
  return { errors, lines, info: keep('info'), warn: keep('warn'), error: keep('error') }
}

export function sampleApp(over: Partial<WebDeps> = {}) {
  return createApp({
    desk: deskOf(sampleView()),
    files: filesOf({}),
    log: memoryLog(),
    clock: testClock(),
    pictures: { draw: () => Promise.reject(new Error('not for this test')) },
    store: readersOf(),
    tokenSecrets: ['a secret for tests'],
    webhooks: [],
    publicUrl: 'https://wire.morningcheck.example',
    hubs: [],
    health: async () => ({ ok: true, detail: { store: 'open' } }),
    mode: 'preview',
    ...over,
  })
}
