import { afterEach, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/domain/finding.ts'
import type { EditionView } from '../../src/pipeline/view.ts'
import type { FrozenRendering } from '../../src/ports.ts'
import { serve, type Served } from '../../src/web/serve.ts'
import { deskOf, EDITION, sampleApp, sampleView } from './fixture.ts'

const NOT_KEPT = 'A newer edition has replaced this file; its bytes are no longer kept.'
const FIRST = ['rss.xml', 'atom.xml', 'feed.json']
const OTHERS = ['news', 'learn', 'editions'].flatMap((name) =>
  [`feeds/${name}`, `feeds/${name}/archive/2026-06`].flatMap((folder) => FIRST.map((file) => `${folder}/${file}`)),
)

function document(id: string, over: Partial<FrozenRendering> = {}): FrozenRendering {
  return {
    id,
    channel: 'feeds',
    identity: `${id}@${EDITION}`,
    title: `Title of ${id}`,
    mediaType: 'application/rss+xml',
    content: `<rss>${id}</rss>`,
    page: `<!doctype html><title>${id}</title><p>Page of ${id}</p>`,
    measures: [
      { name: 'bytes', value: 11 + id.length },
      { name: 'entries', value: 8 },
    ],
    findings: [],
    mayLeave: true,
    hash: id,
    ...over,
  }
}

function viewOf(...renderings: readonly FrozenRendering[]): EditionView {
  return sampleView({ state: 'sent', channels: [{ id: 'feeds', title: 'Feeds', renderings, counts: [] }] })
}

async function feedsOf(...renderings: readonly FrozenRendering[]): Promise<string> {
  const app = sampleApp({ desk: deskOf(viewOf(...renderings)) })
  const text = await (await app.request(`/desk/${EDITION}`)).text()
  return text.slice(text.indexOf('<section id="feeds">'), text.indexOf('<section id="deliveries">'))
}

const many = [...FIRST, ...OTHERS].map((id) => document(id))

describe('an edition with dozens of documents', () => {
  it('shows the first feed, and lists what lies in folders with title, entries, address and bytes', async () => {
    const text = await feedsOf(...many)
    expect(text.match(/<iframe/g)).toHaveLength(3)
    expect(text).toContain('18 more documents')
    for (const id of OTHERS) {
      const path = `/desk/${EDITION}/feeds/${encodeURIComponent(id)}`
      expect(text).toContain(`<a href="${path}/page" dir="auto">Title of ${id}</a>`)
      expect(text).toContain(`<a href="${path}/content">${id}, ${11 + id.length} bytes</a>`)
    }
    expect(text.match(/<span>8 entries<\/span>/g)).toHaveLength(3 + OTHERS.length)
    expect(text).not.toMatch(/\d bytes<\/span>/)
  })

  it('counts a single entry as one', async () => {
    const text = await feedsOf(document('feeds/editions/rss.xml', { measures: [{ name: 'entries', value: 1 }] }))
    expect(text).toContain('<span>1 entry</span>')
  })

  it('folds a long list, opens a short one, and shows one with a finding before it', async () => {
    const opened = async (...renderings: readonly FrozenRendering[]): Promise<boolean | undefined> =>
      (await feedsOf(...renderings))
        .match(/<details class="document"[^>]*>/g)
        ?.at(-1)
        ?.includes('open')
    const finding: Finding = { severity: 'warning', code: 'x', message: 'It is large.' }
    expect(await opened(...many)).toBe(false)
    expect(await opened(...many.slice(0, 3 + 12))).toBe(true)
    const flawed = document('feeds/x/rss.xml', { findings: [finding] })
    expect(await opened(...many, flawed)).toBe(false)
    const text = await feedsOf(...many, flawed)
    expect(text.indexOf('It is large.')).toBeLessThan(text.lastIndexOf('<details'))
  })

  it('says once what every one of them says of an item', async () => {
    const finding: Finding = { severity: 'warning', code: 'feeds-left-out', message: '“Tides” stays out of the feeds.' }
    const text = await feedsOf(...many.map((rendering) => ({ ...rendering, findings: [finding] })))
    expect(text.match(/stays out of the feeds/g)).toHaveLength(1)
  })

  it('names a document that does not leave', async () => {
    const text = await feedsOf(document('feeds/news/rss.xml', { mayLeave: false }))
    expect(text).toContain('<b class="over">does not leave</b>')
  })

  it('shows the list alone where the first feed is not among them', async () => {
    const text = await feedsOf(document('feeds/news/archive/2025-11/rss.xml'))
    expect(text).toContain('<h3>1 document</h3>')
    expect(text).not.toContain('<iframe')
  })

  it('keeps hostile titles and names as text', async () => {
    const nasty = '"><script>alert(1)</script>'
    const text = await feedsOf(document(`feeds/${nasty}/rss.xml`, { title: nasty }))
    expect(text).toContain('&lt;script&gt;')
    expect(text).not.toContain('<script')
  })
})

describe('what hubs are told', () => {
  it('stands in one line for each hub, without frames or links', async () => {
    const announced = ['hub-example-1f0c2b7a', 'other-example-00000000'].flatMap((hub) =>
      FIRST.map((file) => document(`websub/${hub}/feeds/news/${file}`, { title: `WebSub: ${hub} is told of it` })),
    )
    const text = await feedsOf(...FIRST.map((id) => document(id)), ...announced)
    expect(text).toContain('<h3>6 announcements</h3>')
    for (const hub of ['hub-example-1f0c2b7a', 'other-example-00000000'])
      expect(text).toContain(`WebSub: ${hub} is told of it, feeds/news/atom.xml, feeds/news/feed.json`)
    expect(text.match(/<li /g)).toHaveLength(2)
    expect(text).not.toContain('websub%2F')
    expect(text).not.toContain('more document')
  })
})

describe('a document whose bytes are no longer kept', () => {
  const gone = { content: '', page: '' }

  it('is named, once for all such, without a frame or a link', async () => {
    const text = await feedsOf(document('rss.xml', gone), document('feeds/news/rss.xml', gone), document('atom.xml'))
    expect(text).toContain('<h3>2 documents replaced since</h3>')
    expect(text.match(/A newer edition has replaced these files; their bytes are no longer kept\./g)).toHaveLength(1)
    for (const id of ['rss.xml', 'feeds/news/rss.xml']) expect(text).toContain(`<span dir="auto">Title of ${id}</span>`)
    expect(text.match(/<iframe/g)).toHaveLength(1)
    expect(text).not.toContain('/feeds/rss.xml/')
    expect(text).not.toContain('feeds%2Fnews%2Frss.xml')
  })

  it('is answered as gone, in the same words', async () => {
    const app = sampleApp({ desk: deskOf(viewOf(document('feeds/news/rss.xml', gone))) })
    for (const form of ['page', 'content']) {
      const answer = await app.request(`/desk/${EDITION}/feeds/${encodeURIComponent('feeds/news/rss.xml')}/${form}`)
      expect([form, answer.status, await answer.text()]).toEqual([form, 410, NOT_KEPT])
    }
  })
})

describe('over HTTP', () => {
  let served: Served | undefined
  afterEach(() => served?.close())

  it('every document is found under its own name, however many folders and odd signs that has', async () => {
    const ids = ['rss.xml', 'feeds/news/archive/2026-06/rss.xml', 'feeds/a%2Fb/rss.xml', 'feeds/caf\u00E9 ?#+/rss.xml']
    served = await serve(sampleApp({ desk: deskOf(viewOf(...ids.map((id) => document(id)))) }), { port: 0 })
    const page = await (await fetch(`${served.url}/desk/${EDITION}`)).text()
    for (const form of ['page', 'content']) {
      const paths = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].flatMap(([, path = '']) =>
        path.endsWith(`/${form}`) ? [path] : [],
      )
      expect(paths).toHaveLength(ids.length)
      const texts = await Promise.all(paths.map(async (path) => (await fetch(`${served?.url}${path}`)).text()))
      for (const [at, id] of ids.entries()) expect(texts[at]).toContain(id)
    }
    const raw = `${served.url}/desk/${EDITION}/feeds/feeds/news/archive/2026-06/rss.xml/content`
    expect((await fetch(raw)).status).toBe(404)
  })
})
