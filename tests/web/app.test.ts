import { describe, expect, it } from 'vitest'
import { css } from '../../src/web/style.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { deskOf, EDITION, memoryLog, sampleApp, sampleView } from './fixture.ts'

const PAGES = ['/desk', `/desk/${EDITION}`, '/editions', '/nowhere']

describe('every page', () => {
  it.each(PAGES)('%s carries no script and forbids all of it', async (path) => {
    const response = await sampleApp().request(path)
    const text = await response.text()
    expect(text).not.toMatch(/<script|\son\w+=|javascript:/i)
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    expect(response.headers.get('Content-Security-Policy')).not.toMatch(/script-src|unsafe/)
  })

  it.each(PAGES)('%s says that it is what it says it is, tells no other site, and is framed by none', async (path) => {
    const { headers } = await sampleApp().request(path)
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'self'")
    expect(headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
  })

  it('allows exactly the style sheet it carries', async () => {
    const response = await sampleApp().request('/desk')
    const style = /<style>(.*)<\/style>/s.exec(await response.text())?.[1]
    expect(style).toBe(css)
    const hash = Buffer.from(sha256(style ?? ''), 'hex').toString('base64')
    expect(response.headers.get('Content-Security-Policy')).toContain(`style-src 'sha256-${hash}'`)
  })
})

describe('addresses that lead nowhere', () => {
  it.each([
    '/nowhere',
    '/desk/daily/2026-01-01',
    '/desk/daily/29-06-2026',
    '/desk/daily',
    '/desk/..%2f..%2fetc/passwd',
    '/desk/%2e%2e/%2e%2e/etc/passwd',
    `/desk/${EDITION}/email/..%2fdigest/page`,
    `/desk/${EDITION}/email/constructor/page`,
    `/desk/${EDITION}/constructor/digest/page`,
    `/desk/${EDITION}/bluesky/..%2f..%2f..%2fetc%2fpasswd/content`,
    `/desk/${EDITION}/feeds/rss.xml/text`,
    '/editions/daily/2026-01-01',
    '/public/rss.xml',
    '/%00',
  ])('%s is not found, in the look of the house', async (path) => {
    const response = await sampleApp().request(path)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('<h1>Not found</h1>')
  })

  it('a slash too many leads to the page without it', async () => {
    const response = await sampleApp().request(`/desk/${EDITION}/?scheme=dark`)
    expect(response.status).toBe(301)
    const location = response.headers.get('Location') ?? ''
    expect(location).toBe('../2026-06-29?scheme=dark')
    expect(new URL(location, `https://p.example/behind/desk/${EDITION}/`).pathname).toBe(`/behind/desk/${EDITION}`)
    expect((await sampleApp().request('/nowhere//')).status).toBe(404)
  })

  it('only reading is understood', async () => {
    const response = await sampleApp().request(`/desk/${EDITION}`, { method: 'POST', body: 'approve=1' })
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe('GET, HEAD')
  })
})

describe('when something fails', () => {
  const failing = {
    ...deskOf(),
    view: async () => {
      throw new Error('database disk image is malformed')
    },
  }

  it('the page says so without a stack, and the log says what', async () => {
    const log = memoryLog()
    const response = await sampleApp({ desk: failing, log }).request(`/desk/${EDITION}`)
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).toContain('Something went wrong')
    expect(text).not.toMatch(/malformed|\.ts|at Object/)
    expect(log.errors).toEqual([`GET /desk/${EDITION} failed: database disk image is malformed`])
  })

  it('a later request asks again instead of keeping the failure', async () => {
    let broken = true
    const desk = deskOf(sampleView())
    const view: typeof desk.view = async (id) => {
      if (broken) throw new Error('locked')
      return desk.view(id)
    }
    const app = sampleApp({ desk: { ...desk, view } })
    expect((await app.request(`/desk/${EDITION}`)).status).toBe(500)
    broken = false
    expect((await app.request(`/desk/${EDITION}`)).status).toBe(200)
  })
})

describe('the desk, which knows no sign-in', () => {
  it.each(['http://localhost:4750', 'http://127.0.0.1:4750', 'http://127.8.0.1', 'http://[::1]:4750'])(
    'answers under %s',
    async (origin) => {
      expect((await sampleApp().request(`${origin}/desk/${EDITION}`)).status).toBe(200)
    },
  )

  it.each([
    'http://evil.example',
    'http://192.168.1.5:4750',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'https://wire.morningcheck.example',
  ])('does not answer under %s', async (origin) => {
    for (const path of ['/desk', `/desk/${EDITION}`, `/desk/${EDITION}/email/digest/page`]) {
      const response = await sampleApp().request(origin + path)
      expect(response.status).toBe(403)
      expect(await response.text()).not.toContain('tide gauge')
    }
  })

  it('does not answer through a proxy that names itself this machine', async () => {
    const headers = { 'X-Forwarded-For': '203.0.113.9' }
    expect((await sampleApp().request('/desk', { headers })).status).toBe(403)
  })

  it.each(['/desk', `/desk/${EDITION}`, `/desk/${EDITION}/email/digest/page`])(
    'is not there at all where readers are served, by whatever name: %s',
    async (path) => {
      for (const origin of ['http://localhost:4750', 'https://wire.morningcheck.example']) {
        const response = await sampleApp({ mode: 'start' }).request(origin + path)
        expect(response.status).toBe(404)
        expect(await response.text()).not.toContain('tide gauge')
      }
    },
  )

  it('calls the publication by its name of this moment', async () => {
    let name = 'localhost'
    const desk = deskOf(sampleView({ state: 'sent' }))
    const current = {
      ...desk,
      get publication() {
        return { ...desk.publication, name }
      },
    }
    const [editors, readers] = [sampleApp({ desk: current }), sampleApp({ desk: current, mode: 'start' })]
    name = 'The New Name'
    for (const path of ['/desk', `/desk/${EDITION}`, '/nowhere'])
      expect(await (await editors.request(path)).text()).toContain('· The New Name</title>')
    for (const path of ['/', '/editions', '/nowhere'])
      expect(await (await readers.request(path)).text()).toContain('· The New Name</title>')
    expect(await (await editors.request('http://evil.example/desk')).text()).toContain('· The New Name</title>')
  })

  it('a preview answers nobody else at all, while the worker serves its readers', async () => {
    const elsewhere = 'https://wire.morningcheck.example/editions'
    expect((await sampleApp({ mode: 'preview' }).request(elsewhere)).status).toBe(403)
    expect((await sampleApp({ mode: 'start' }).request(elsewhere)).status).toBe(200)
  })
})

describe('health', () => {
  it('is 200 with its detail when well', async () => {
    const response = await sampleApp().request('/healthz')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ ok: true, detail: { store: 'open' } })
    expect(response.headers.get('Cache-Control')).toBe('no-store')
  })

  it('is 503 when not well, and readiness says no more than that', async () => {
    const app = sampleApp({ health: async () => ({ ok: false, detail: { store: 'locked' } }) })
    expect((await app.request('/healthz')).status).toBe(503)
    const ready = await app.request('/readyz')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({ ok: false })
  })

  it('is 503, not an error page, when the check itself fails', async () => {
    const log = memoryLog()
    const response = await sampleApp({
      health: () => Promise.reject(new Error('cannot open /secret/path')),
      log,
    }).request('/healthz')
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('secret')
    expect(log.errors).toEqual(['health check failed: cannot open /secret/path'])
  })
})
