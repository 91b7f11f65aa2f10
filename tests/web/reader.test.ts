import { describe, expect, it } from 'vitest'
import { editionStates } from '../../src/domain/edition.ts'
import type { Amendment } from '../../src/domain/amendment.ts'
import { amendedDeskOf, deskOf, EDITION, sampleApp, sampleView } from './fixture.ts'

function readers(...states: ReturnType<typeof sampleView>['state'][]) {
  const views = states.map((state, index) => {
    const view = sampleView()
    const date = `2026-06-${29 - index}`
    const named = { date, id: `daily/${date}`, subject: `The edition of ${date}` }
    return sampleView({ state, edition: { ...view.edition, ...named } })
  })
  return sampleApp({ mode: 'start', desk: deskOf(...views) })
}

describe('readers', () => {
  it.each([...editionStates, 'unsaved'] as const)('see an edition only when it has been let go: %s', async (state) => {
    const published = ['approved', 'sending', 'sent'].includes(state)
    const app = readers(state)
    expect((await app.request(`/editions/${EDITION}`)).status).toBe(published ? 200 : 404)
    expect((await (await app.request('/editions')).text()).includes('The edition of')).toBe(published)
    expect((await (await app.request('/')).text()).includes('tide gauge')).toBe(published)
  })

  it('find the latest published edition at the front, not the draft before it', async () => {
    const text = await (await readers('draft', 'sent', 'sent').request('/')).text()
    expect(text).toContain('<h1>Sunday, 28\u00A0June\u00A02026</h1>')
    expect(text).toContain('href="/editions/daily/2026-06-28"')
    expect(text).not.toContain('2026-06-29')
  })

  it('find every item with its source, the feeds and the past editions there', async () => {
    const text = await (await readers('sent').request('/')).text()
    expect(text.match(/class="source"/g)).toHaveLength(9)
    for (const path of ['/editions', '/feeds']) expect(text).toContain(`href="${path}"`)
    for (const file of ['rss.xml', 'atom.xml', 'feed.json'])
      expect(text).toMatch(
        new RegExp(`<link rel="alternate" type="application/[a-z+]+" title="[^"]+" href="https://wire[^"]+/${file}"`),
      )
    expect(text).toContain(`<link rel="canonical" href="https://wire.morningcheck.example/editions/${EDITION}" />`)
  })

  it('get the mail’s own page, with word of its card in the head and else untouched, without script', async () => {
    const response = await readers('sent').request(`/editions/${EDITION}`)
    const text = await response.text()
    expect(text).toContain('property="og:image"')
    const untouched = text.replace(
      /(<head[^>]*>)(?:<link rel="alternate"[^>]*>|<meta\s+(?:property="og:|name="twitter:)[^>]*>)+/,
      '$1',
    )
    expect(untouched).toBe(sampleView().channels[0]?.renderings[0]?.page)
    const policy = response.headers.get('Content-Security-Policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/script-src|sandbox/)
  })

  it('get the edition in the look of the house where there is no mail', async () => {
    const view = sampleView({ state: 'sent', channels: [] })
    const response = await sampleApp({ mode: 'start', desk: deskOf(view) }).request(`/editions/${EDITION}`)
    expect(await response.text()).toContain('<h1>Monday, 29\u00A0June\u00A02026</h1>')
  })

  it('are told when nothing has left yet', async () => {
    const app = readers('draft')
    expect(await (await app.request('/')).text()).toContain('The first edition has not left yet.')
    expect(await (await app.request('/editions')).text()).toContain('The first edition has not left yet.')
  })

  it.each(['draft', 'sent'] as const)('have nothing rendered for them, whatever they ask for: %s', async (state) => {
    const desk = { ...deskOf(sampleView({ state })), view: () => Promise.reject(new Error('rendered for a reader')) }
    const app = sampleApp({ mode: 'start', desk })
    const paths = ['/', '/editions', `/editions/${EDITION}`, '/editions/daily/1999-01-01']
    const answers = await Promise.all(paths.map(async (path) => (await app.request(path)).status))
    expect(answers).toEqual([200, 200, state === 'sent' ? 200 : 404, 404])
  })

  it('a preview shows the editor everything', async () => {
    expect((await sampleApp().request(`/editions/${EDITION}`)).status).toBe(200)
  })
})

describe('what was said of an item since', () => {
  const [first, second] = sampleView().edition.stories
  const said = (kind: Amendment['kind'], url = '', note = '', at = '2026-06-30T22:30:00.000Z'): Amendment => ({
    id: `${kind}/2026-07-01-00000000`,
    kind,
    url,
    title: 'A <b>title</b>',
    note,
    at,
  })
  const site = (amendments: readonly Amendment[], over: Parameters<typeof sampleView>[0] = {}) =>
    sampleApp({ mode: 'start', desk: amendedDeskOf(amendments, sampleView({ state: 'sent', ...over })) })

  it('stands above the page that was mailed, with its day and escaped, and leaves that page as it was', async () => {
    const note = 'It is 180, not 108 <script>alert(1)</script>'
    const response = await site([said('correction', first?.url, note)]).request(`/editions/${EDITION}`)
    const text = await response.text()
    expect(text).toContain('“A &lt;b&gt;title&lt;/b&gt;”')
    expect(text).toContain('<b>Correction, 1 July 2026:</b>')
    expect(text).toContain('It is 180, not 108 &lt;script&gt;')
    expect(text).not.toContain('<script')
    const mailed = sampleView().channels[0]?.renderings[0]?.page ?? ''
    const body = mailed.slice(mailed.indexOf('<div'))
    expect(text.indexOf('Correction, 1 July')).toBeLessThan(text.indexOf(body))
    expect(text.endsWith(body)).toBe(true)
  })

  it('stands with its item at the front; what was withdrawn keeps its title and source alone', async () => {
    const app = site([
      said('retraction', first?.url),
      said('correction', first?.url, 'said before'),
      said('correction', second?.url, 'the later'),
      said('correction', second?.url, 'the earlier', '2026-06-29T10:00:00.000Z'),
    ])
    for (const text of [
      await (await app.request('/')).text(),
      await (
        await site([said('retraction', first?.url), said('correction', second?.url, 'the later')], {
          channels: [],
        }).request(`/editions/${EDITION}`)
      ).text(),
    ]) {
      expect(text).toContain('<b>Withdrawn, 1 July 2026.</b>')
      expect(text).toContain('<b>Correction, 1 July 2026:</b> <span dir="auto">the later</span>')
      expect(text).not.toContain('said before')
      expect(text).not.toContain(first?.summary)
      expect(text).toContain(second?.summary)
    }
    const front = await (await app.request('/')).text()
    expect(front).toContain('<b>Correction, 29 June 2026:</b> <span dir="auto">the earlier</span>')
  })

  it('is no edition among the past ones, in a preview either', async () => {
    const view = sampleView({ state: 'sent' })
    const edition = { ...view.edition, id: 'correction/2026-07-01-00000000', subject: 'Correction: a title' }
    const desk = deskOf(sampleView({ state: 'sent', edition }), view)
    const text = await (await sampleApp({ desk }).request('/editions')).text()
    expect(text).toContain(view.edition.subject)
    expect(text).not.toContain('Correction: a title')
    expect(await (await sampleApp({ desk }).request('/desk')).text()).toContain('Correction: a title')
  })

  it('shows in a preview of what has left, too', async () => {
    const desk = amendedDeskOf([said('retraction', first?.url, 'A hoax.')], sampleView({ state: 'sent' }))
    const text = await (await sampleApp({ desk }).request(`/editions/${EDITION}`)).text()
    expect(text).toContain('<b>Withdrawn, 1 July 2026:</b> <span dir="auto">A hoax.</span>')
  })
})
