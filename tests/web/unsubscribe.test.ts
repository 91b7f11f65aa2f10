import { describe, expect, it } from 'vitest'
import { readerToken } from '../../src/domain/reader-token.ts'
import { type Subscriber } from '../../src/domain/subscriber.ts'
import { serve } from '../../src/web/serve.ts'
import { renderEdition, sampleHouse } from '../channels/email/support.ts'
import { deskOf, EDITION, memoryLog, readersOf, sampleApp, sampleView } from './fixture.ts'
import type { WebDeps } from '../../src/web/app.ts'

const SECRET = 'a secret for tests'
const ada: Subscriber = { id: 'reader-ada', address: 'ada@reader.example', state: 'active', consent: 'asked' }
const ADA = `/unsubscribe/${readerToken(SECRET, 'unsubscribe', ada.id)}`
const ONE_CLICK = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }

function open(over: Partial<WebDeps> = {}) {
  const store = readersOf(ada)
  const log = memoryLog()
  return { store, log, app: sampleApp({ mode: 'start', store, log, ...over }) }
}

describe('a mail program that unsubscribes its reader (RFC 8058)', () => {
  const form = new FormData()
  form.set('List-Unsubscribe', 'One-Click')

  it.each([
    ['as a form', ONE_CLICK],
    ['as multipart', { method: 'POST', body: form }],
    [
      'without a length',
      {
        ...ONE_CLICK,
        body: ReadableStream.from([new TextEncoder().encode('List-Unsubscribe=One-Click')]),
        duplex: 'half' as const,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      },
    ],
  ])('is answered 200, empty, without cookie or redirect: %s', async (_how, init) => {
    const { app, store, log } = open()
    const response = await app.request(ADA, init)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(response.headers.get('Set-Cookie')).toBeNull()
    expect(response.headers.get('Location')).toBeNull()
    expect(await store.subscriber(ada.id)).toMatchObject({
      state: 'unsubscribed',
      reason: 'by one click (RFC 8058)',
      changedAt: '2026-06-29T05:00:00.000Z',
    })
    expect(log.lines).toEqual(['info: Reader reader-ada unsubscribed by one click (RFC 8058).'])
  })

  it('may do so again: the first reason stays', async () => {
    const { app, store, log } = open()
    await app.request(ADA, { method: 'POST' })
    const again = await app.request(ADA, ONE_CLICK)
    expect([again.status, await again.text()]).toEqual([200, ''])
    expect((await store.subscriber(ada.id))?.reason).toBe('by the link in a mail')
    expect(log.lines).toHaveLength(1)
  })

  it('is answered the same when its reader is not known any more', async () => {
    const response = await sampleApp({ mode: 'start', store: readersOf() }).request(ADA, ONE_CLICK)
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('gets an error, and so tries again, when it could not be kept; the log names no token', async () => {
    const { store } = open()
    const broken = { ...store, unsubscribe: () => Promise.reject(new Error('database is locked')) }
    const { app, log } = open({ store: broken })
    expect((await app.request(ADA, ONE_CLICK)).status).toBe(500)
    expect(log.lines).toEqual(['error: POST /unsubscribe/… failed: database is locked'])
  })
})

describe('looking at the link', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])('changes nothing: %s', async (method) => {
    const { app, store } = open()
    await app.request(`${ADA}?List-Unsubscribe=One-Click`, { method })
    expect(await store.subscriber(ada.id)).toEqual(ada)
  })

  it('says which methods there are', async () => {
    const { app } = open()
    const [asked, wrong] = [await app.request(ADA, { method: 'OPTIONS' }), await app.request(ADA, { method: 'PUT' })]
    expect([asked.status, wrong.status]).toEqual([204, 405])
    for (const { headers } of [asked, wrong]) expect(headers.get('Allow')).toBe('GET, HEAD, POST')
  })

  it('names the publication and the masked address, and has one button and no script', async () => {
    const response = await open().app.request(ADA)
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(text).toContain(
      '<bdi>The Morning Check</bdi> sends no more mail to <bdi class="whole">a…@reader.example</bdi>',
    )
    expect(text).not.toContain('ada@')
    expect(text.match(/<button>/g)).toHaveLength(1)
    expect(text).toContain('<form method="post">')
    expect(text).toContain('<meta name="robots" content="noindex" />')
    expect(text).not.toMatch(/<script|\son\w+=/i)
  })

  it('is not kept by any cache, and told to no other site', async () => {
    const { headers } = await open().app.request(ADA)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('Set-Cookie')).toBeNull()
  })

  it('gives the one page with a form, and no other, leave to send it, and only to us', async () => {
    const { app } = open()
    const policyOf = async (path: string) => (await app.request(path)).headers.get('Content-Security-Policy')
    expect(await policyOf(ADA)).toContain("default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors")
    for (const path of ['/', '/editions', '/nowhere', '/unsubscribe/nobody.x'])
      expect(await policyOf(path)).toContain("form-action 'none'")
    await app.request(ADA, ONE_CLICK)
    expect(await policyOf(ADA)).toContain("form-action 'none'")
  })

  it('shows what is markup in a name as text', async () => {
    const desk = deskOf(sampleView())
    const publication = { ...desk.publication, name: '<img src=x onerror=alert(1)>' }
    const { app } = open({ desk: { ...desk, publication } })
    for (const path of [ADA, '/unsubscribe/x.y']) expect(await (await app.request(path)).text()).not.toContain('<img')
  })
})

describe('the button of the page', () => {
  it.each([
    ['with nothing in it', { method: 'POST' }],
    ['as browsers send an empty form', { method: 'POST', body: new URLSearchParams() }],
    [
      'with a body that cannot be read',
      { method: 'POST', body: '--', headers: { 'Content-Type': 'multipart/form-data' } },
    ],
    ['with names that are traps', { method: 'POST', body: new URLSearchParams('__proto__=x&constructor[a]=1') }],
  ])('acts, and leads back to the page, which says so: %s', async (_what, init) => {
    const { app, store } = open()
    const response = await app.request(ADA, init)
    expect(response.status).toBe(303)
    expect(new URL(response.headers.get('Location') ?? '', `https://p.example/news${ADA}`).href).toBe(
      `https://p.example/news${ADA}`,
    )
    expect(await store.subscriber(ada.id)).toMatchObject({ state: 'unsubscribed', reason: 'by the link in a mail' })
    const page = await (await app.request(ADA)).text()
    expect(page).toContain('<h1>You are unsubscribed</h1>')
    expect(page).toContain('<bdi class="whole">a…@reader.example</bdi>')
    expect(page).not.toContain('<button')
  })

  it('is answered as if done when its reader is not known any more', async () => {
    const app = sampleApp({ mode: 'start', store: readersOf() })
    expect((await app.request(ADA, { method: 'POST' })).status).toBe(303)
    expect(await (await app.request(ADA)).text()).toContain('sends no more mail to you.')
  })

  it.each(['as a length', 'in pieces'])('may not bring more than 4 kB: %s', async (how) => {
    const { app, store } = open()
    const bytes = new Uint8Array(4097)
    const init =
      how === 'as a length'
        ? { body: bytes, headers: { 'Content-Length': '4097' } }
        : { body: ReadableStream.from([bytes.slice(96), bytes.slice(0, 96)]), duplex: 'half' as const }
    expect((await app.request(ADA, { method: 'POST', ...init })).status).toBe(413)
    expect(await store.subscriber(ada.id)).toEqual(ada)
  })

  it('works at the link with a slash added, and is sent to no other host or path from there', async () => {
    const { app, store } = open()
    const asked = await app.request(`${ADA}/`)
    expect([asked.status, asked.headers.get('Location')]).toEqual([200, null])
    const pressed = await app.request(`${ADA}/`, { method: 'POST' })
    expect(new URL(pressed.headers.get('Location') ?? '', `https://p.example/news${ADA}/`).href).toBe(
      `https://p.example/news${ADA}`,
    )
    expect((await store.subscriber(ada.id))?.state).toBe('unsubscribed')
    expect((await app.request(`${ADA}/`, ONE_CLICK)).status).toBe(200)
    expect((await app.request('/unsubscribe/nobody.x/')).status).toBe(404)
  })

  it('is shown in a preview, and acts on nothing there', async () => {
    const { app, store } = open({ mode: 'preview' })
    const page = await (await app.request(ADA)).text()
    expect(page).toContain('<button disabled>')
    expect(page).not.toContain('<form')
    expect((await app.request(ADA, ONE_CLICK)).status).toBe(405)
    expect(await store.subscriber(ada.id)).toEqual(ada)
  })
})

describe('a link that is not ours', () => {
  const good = readerToken(SECRET, 'unsubscribe', ada.id)
  it.each([
    ['foreign', readerToken('another secret', 'unsubscribe', ada.id)],
    ['for something else', readerToken(SECRET, 'preferences', ada.id)],
    ['of another reader', `reader-bob${good.slice(good.lastIndexOf('.'))}`],
    ['cut short', good.slice(0, -1)],
    ['only the reader', `${ada.id}.`],
    ['without a full stop', 'nonsense'],
    ['hostile', encodeURIComponent('../../<script>alert(1)</script>')],
    ['badly encoded', '%E0%A4%A.%'],
    ['long', `${'x'.repeat(8000)}.${'y'.repeat(43)}`],
  ])('is not found, with help, and nothing happens: %s', async (_what, token) => {
    const { app, store, log } = open()
    const page = await app.request(`/unsubscribe/${token}`)
    expect(page.status).toBe(404)
    const text = await page.text()
    expect(text).toContain('<h1>This link does not work</h1>')
    expect(text).not.toMatch(/alert|<form/)
    const posted = await app.request(`/unsubscribe/${token}`, ONE_CLICK)
    expect([posted.status, await posted.text()]).toEqual([404, ''])
    expect(await store.subscriber(ada.id)).toEqual(ada)
    expect(log.lines).toEqual([])
  })
})

it('links made before a secret was configured work beside those made since', async () => {
  for (const made of ['configured since', 'made by the store']) {
    const { app, store } = open({ tokenSecrets: ['configured since', 'made by the store'] })
    await app.request(`/unsubscribe/${readerToken(made, 'unsubscribe', ada.id)}`, ONE_CLICK)
    expect((await store.subscriber(ada.id))?.state).toBe('unsubscribed')
  }
})

it('the archive carries no link that unsubscribes anybody', async () => {
  const { page } = await renderEdition()
  const view = sampleView({ state: 'sent' })
  const channels = view.channels.map((channel) => ({
    ...channel,
    renderings: channel.renderings.map((rendering) => ({ ...rendering, page })),
  }))
  const app = sampleApp({ mode: 'start', desk: deskOf({ ...view, channels }) })
  for (const path of ['/', '/editions', `/editions/${EDITION}`]) {
    const text = await (await app.request(path)).text()
    expect(text).not.toMatch(/\/unsubscribe\/|slot-unsubscribe/)
  }
  expect(page).toContain(sampleHouse.publication.name)
})

it('works the same over a socket', async () => {
  const { app, store } = open()
  const { url, close } = await serve(app, { port: 0 })
  try {
    const page = await fetch(`${url}${ADA}`, { method: 'POST' })
    expect([page.status, page.redirected, page.url]).toEqual([200, true, `${url}${ADA}`])
    expect(await page.text()).toContain('You are unsubscribed')
    const click = await fetch(`${url}${ADA}`, { ...ONE_CLICK, redirect: 'manual' })
    expect([click.status, await click.text()]).toEqual([200, ''])
    const large = await fetch(`${url}${ADA}`, { method: 'POST', body: 'x'.repeat(5000) })
    expect(large.status).toBe(413)
    expect((await store.subscriber(ada.id))?.state).toBe('unsubscribed')
  } finally {
    await close()
  }
})
