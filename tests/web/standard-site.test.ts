import { describe, expect, it } from 'vitest'
import type { StandardSite } from '../../src/web/standard-site.ts'
import { deskOf, EDITION, memoryLog, sampleApp, sampleView } from './fixture.ts'

const PUBLICATION = 'at://did:plc:abc/site.standard.publication/3mnb7zq2w3c2a'
const DOCUMENT = 'at://did:plc:abc/site.standard.document/3mnb7zq2w3c2b'
const WELL_KNOWN = '/.well-known/site.standard.publication'
const LINK = `<link rel="site.standard.document" href="${DOCUMENT}" />`

function app(site: Partial<StandardSite> | undefined, view = sampleView({ state: 'sent' })) {
  const whole = site && { publication: PUBLICATION, path: '', document: () => DOCUMENT, ...site }
  return sampleApp({ mode: 'start', desk: deskOf(view), standardSite: async () => whole })
}

describe('whoever verifies the publication', () => {
  it('gets the address of its record as text, from any site', async () => {
    const response = await app({}).request(WELL_KNOWN)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(PUBLICATION)
    expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect((await app({}).request(WELL_KNOWN, { method: 'HEAD' })).status).toBe(200)
    expect((await app({}).request(WELL_KNOWN, { method: 'POST' })).status).toBe(405)
  })

  it('finds it also with the publication’s own path behind it, and with no other', async () => {
    const below = app({ path: '/caf%C3%A9/news' })
    expect(await (await below.request(`${WELL_KNOWN}/caf%C3%A9/news`)).text()).toBe(PUBLICATION)
    expect((await below.request(WELL_KNOWN)).status).toBe(200)
    for (const path of ['/news', '/caf%C3%A9', '/caf%C3%A9/news/more', 'x'])
      expect((await below.request(WELL_KNOWN + path)).status).toBe(404)
    expect((await app({}).request(`${WELL_KNOWN}/news`)).status).toBe(404)
  })

  it('finds nothing while there are no records', async () => {
    expect((await app(undefined).request(WELL_KNOWN)).status).toBe(404)
    expect((await sampleApp({ mode: 'start' }).request(WELL_KNOWN)).status).toBe(404)
  })
})

describe('the page of an edition', () => {
  it('names its document in its head, also where it is the mail’s own', async () => {
    const plain = await (await app({ document: () => undefined }).request(`/editions/${EDITION}`)).text()
    const response = await app({}).request(`/editions/${EDITION}`)
    const text = await response.text()
    expect(text).toBe(plain.replace('</head>', `${LINK}</head>`))
    expect(response.headers.get('Content-Type')).toMatch(/^text\/html/)
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    const ours = app({}, sampleView({ state: 'sent', channels: [] }))
    expect(await (await ours.request(`/editions/${EDITION}`)).text()).toContain(`${LINK}</head>`)
  })

  it('asks for the document of just this edition, with what was frozen for it', async () => {
    const asked: unknown[] = []
    const document: StandardSite['document'] = (edition, renderings) => {
      asked.push(edition, renderings.length)
      return undefined
    }
    await app({ document }).request(`/editions/${EDITION}`)
    expect(asked).toEqual([EDITION, sampleView().channels.flatMap(({ renderings }) => renderings).length])
  })

  it('names none where it has none, or there are no records', async () => {
    for (const site of [undefined, { document: () => undefined }])
      expect(await (await app(site).request(`/editions/${EDITION}`)).text()).not.toContain('site.standard')
  })

  it('is not found before it was let go, records or not', async () => {
    const draft = app({}, sampleView({ state: 'draft' }))
    const response = await draft.request(`/editions/${EDITION}`)
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain(DOCUMENT)
  })

  it('that could not be made is asked for once, and told of once', async () => {
    const log = memoryLog()
    const published = () => Promise.reject(new Error('the store is gone'))
    const desk = { ...deskOf(sampleView({ state: 'sent' })), published }
    const site = { publication: PUBLICATION, path: '', document: () => DOCUMENT }
    const broken = sampleApp({ mode: 'start', desk, log, standardSite: async () => site })
    expect((await broken.request(`/editions/${EDITION}`)).status).toBe(500)
    expect(log.errors).toHaveLength(1)
  })

  it('cannot be broken by what a document is named', async () => {
    const hostile = app({ document: () => 'at://x"></head><script>$&' })
    const text = await (await hostile.request(`/editions/${EDITION}`)).text()
    expect(text).toContain('href="at://x&quot;&gt;&lt;/head&gt;&lt;script&gt;$&amp;" />')
  })
})
