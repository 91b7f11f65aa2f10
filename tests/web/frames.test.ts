import { describe, expect, it } from 'vitest'
import { framedPage } from '../../src/web/desk/frames.ts'
import { EDITION, sampleApp, sampleView } from './fixture.ts'

const MAIL = `/desk/${EDITION}/email/digest`

describe('a page in a frame', () => {
  const page = `<!doctype html><html><head lang="en"><style>
@media screen and ( prefers-color-scheme:dark ){a{}} @media (prefers-color-scheme: light){b{}}</style></head>
<body><picture><source media="(prefers-color-scheme: dark)" srcset="d.png"></picture>Use (prefers-color-scheme: dark).</body></html>`

  it('takes the colours it is told, whatever the machine prefers', () => {
    const dark = framedPage(page, 'dark')
    expect(dark).toContain('@media screen and (min-width:0){a{}} @media (max-width:0){b{}}')
    expect(dark).toContain('<source media="(min-width:0)"')
    expect(dark).toContain('<style>:root{color-scheme:dark !important}</style>')
    expect(framedPage(page, 'light')).toContain('@media screen and (max-width:0){a{}} @media (min-width:0){b{}}')
  })

  it('keeps its words', () => {
    expect(framedPage(page, 'dark')).toContain('Use (prefers-color-scheme: dark).')
  })

  it('follows the machine when told nothing', () => {
    expect(framedPage(page)).toBe(page.replace('<head lang="en">', '<head lang="en"><base target="_blank">'))
  })

  it('opens its links outside the frame even when it has no head', () => {
    expect(framedPage('<p>Bare</p>')).toBe('<base target="_blank"><p>Bare</p>')
  })
})

describe('the document of a frame', () => {
  it('is shut off: an origin of its own, no script, no form, nothing loaded but pictures', async () => {
    const { headers } = await sampleApp().request(`${MAIL}/page?scheme=dark`)
    const policy = headers.get('Content-Security-Policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain('sandbox allow-popups allow-popups-to-escape-sandbox')
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/)
  })

  it('takes no scheme but light and dark', async () => {
    const text = await (await sampleApp().request(`${MAIL}/page?scheme=%3Cscript%3E`)).text()
    expect(text).not.toContain('script>')
    expect(text).toContain('(prefers-color-scheme: dark)')
  })

  it('is not kept by the browser: a draft changes', async () => {
    expect((await sampleApp().request(`${MAIL}/page`)).headers.get('Cache-Control')).toBe('no-store')
  })

  it('answers HEAD', async () => {
    const response = await sampleApp().request(`${MAIL}/page`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })
})

describe('the forms of a rendering', () => {
  const rendering = sampleView().channels[0]?.renderings[0]

  it('come as the very text', async () => {
    const response = await sampleApp().request(`${MAIL}/text`)
    expect(response.headers.get('Content-Type')).toBe('text/plain; charset=UTF-8')
    expect(await response.text()).toBe(rendering?.text)
  })

  it('come as the very bytes, never as a page of this origin', async () => {
    const response = await sampleApp().request(`${MAIL}/content`)
    expect(response.headers.get('Content-Type')).toBe('text/plain; charset=UTF-8')
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(await response.text()).toBe(rendering?.content)
  })

  it('whose id has unusual characters are found', async () => {
    const text = await (await sampleApp().request(`/desk/${EDITION}/feeds/rss.xml/page`)).text()
    expect(text).toContain('<h1>rss.xml</h1>')
  })
})
