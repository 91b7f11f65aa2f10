import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/domain/hash.ts'
import { filesOf, sampleApp } from './fixture.ts'

const RSS = '<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Prüfung</title></channel></rss>\n'

function feedApp() {
  return sampleApp({
    mode: 'start',
    files: filesOf({ 'public/rss.xml': RSS, 'public/atom.xml': '<feed/>', 'public/feed.json': '{}' }),
  })
}

describe('feeds', () => {
  it.each([
    ['/rss.xml', 'application/rss+xml; charset=utf-8'],
    ['/atom.xml', 'application/atom+xml; charset=utf-8'],
    ['/feed.json', 'application/feed+json; charset=utf-8'],
  ])('%s comes as %s, for any site, for half an hour', async (path, type) => {
    const { status, headers } = await feedApp().request(path)
    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe(type)
    expect(headers.get('Cache-Control')).toBe('public, max-age=1800')
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(headers.get('Set-Cookie')).toBeNull()
    expect(headers.get('Expires')).toBeNull()
  })

  it('come byte for byte, with the hash of those bytes as a strong ETag', async () => {
    const response = await feedApp().request('/rss.xml')
    expect(response.headers.get('ETag')).toBe(`"${sha256(RSS)}"`)
    expect(response.headers.get('Content-Length')).toBe(String(Buffer.byteLength(RSS)))
    expect(Buffer.from(await response.arrayBuffer()).toString()).toBe(RSS)
  })

  it.each([`"${sha256(RSS)}"`, `W/"${sha256(RSS)}"`, `"other", "${sha256(RSS)}"`, '*'])(
    'are not sent again to who has them: If-None-Match %s',
    async (tag) => {
      const response = await feedApp().request('/rss.xml', { headers: { 'If-None-Match': tag } })
      expect(response.status).toBe(304)
      expect(await response.text()).toBe('')
      expect(response.headers.get('ETag')).toBe(`"${sha256(RSS)}"`)
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=1800')
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    },
  )

  it('are sent to who has others', async () => {
    const response = await feedApp().request('/rss.xml', { headers: { 'If-None-Match': `"${sha256('old')}"` } })
    expect(response.status).toBe(200)
  })

  it('answer HEAD with the same headers and no body', async () => {
    const get = await feedApp().request('/rss.xml')
    const head = await feedApp().request('/rss.xml', { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect([...head.headers]).toEqual([...get.headers])
  })

  it('say plainly when they are not made yet, and keep no cache of that', async () => {
    const response = await sampleApp({ mode: 'start' }).request('/rss.xml')
    expect(response.status).toBe(404)
    expect(response.headers.get('Content-Type')).toContain('text/plain')
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await response.text()).toContain('There is none yet.')
  })
})
