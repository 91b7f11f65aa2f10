import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { editionStates } from '../../src/domain/edition.ts'
import { sha256 } from '../../src/domain/hash.ts'
import type { Card, Drawn } from '../../src/ports.ts'
import { createFiles } from '../../src/world/files.ts'
import { testClock } from '../fixtures/clock.ts'
import { deskOf, EDITION, memoryLog, sampleApp, sampleView } from './fixture.ts'

const CARD = '/cards/daily-2026-06-29.png'
const URL = 'https://wire.morningcheck.example'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'groundwire-cards-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function app(state: ReturnType<typeof sampleView>['state'] = 'sent') {
  const drawn: Card[] = []
  const draw = async (card: Card): Promise<Drawn> => {
    drawn.push(card)
    const content = Buffer.from(`a card: ${card.title}`)
    const hash = sha256(content)
    return {
      content,
      sha256: hash,
      bytes: content.length,
      width: 1200,
      height: 630,
      mediaType: 'image/png',
      preview: '',
    }
  }
  const files = createFiles(root)
  const desk = deskOf(sampleView({ state }))
  return { drawn, desk, files, app: sampleApp({ mode: 'start', desk, files, pictures: { draw } }) }
}

describe('the card of an edition', () => {
  it('is drawn with its publication, subject and the hosts of all its sources', async () => {
    const { app: web, drawn } = app()
    const response = await web.request(CARD)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'public, max-age=86400',
      'x-content-type-options': 'nosniff',
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(response.headers.get('ETag')).toBe(`"${sha256(bytes)}"`)
    expect(drawn).toEqual([
      {
        publication: 'The Morning Check',
        title: 'A tide gauge from 1846 still agrees with the satellites',
        sources: ['arxiv.org', 'nature.com', 'biorxiv.org', 'bast.example.de', 'github.com'],
      },
    ])
  })

  it('is drawn once, kept where a static host finds it, and served from there', async () => {
    const { app: web, drawn, desk } = app()
    const first = await (await web.request(CARD)).text()
    expect(readdirSync(join(root, 'public/cards'))).toEqual(['daily-2026-06-29.png'])
    const later = sampleApp({ mode: 'start', desk, files: createFiles(root) })
    expect(await (await later.request(CARD)).text()).toBe(first)
    expect(drawn).toHaveLength(1)
  })

  it('is drawn once for a crowd that comes at once', async () => {
    const { app: web, drawn } = app()
    const answers = await Promise.all(Array.from({ length: 20 }, async () => web.request(CARD)))
    expect([answers.every(({ status }) => status === 200), drawn.length]).toEqual([true, 1])
  })

  it('is not sent again to who has it', async () => {
    const { app: web } = app()
    const tag = (await web.request(CARD)).headers.get('ETag') ?? ''
    const again = await web.request(CARD, { headers: { 'If-None-Match': tag } })
    expect([again.status, again.headers.get('Cache-Control')]).toEqual([304, 'public, max-age=86400'])
  })

  it('is served also when it cannot be kept', async () => {
    const { desk, files } = app()
    const log = memoryLog()
    const write = () => Promise.reject(new Error('the disk is full'))
    const draw = async () => ({ ...(await drawnOf()), content: Buffer.from('a card') })
    const web = sampleApp({ mode: 'start', desk, log, files: { ...files, write }, pictures: { draw } })
    expect(await (await web.request(CARD)).text()).toBe('a card')
    expect(log.lines).toEqual([`warn: The card of ${EDITION} is drawn anew each time: the disk is full`])
  })

  it('that failed once is not tried again for each stranger, but ten minutes later', async () => {
    const { desk, files } = app()
    const log = memoryLog()
    const clock = testClock()
    let tried = 0
    const draw = () => (tried++ === 0 ? Promise.reject(new Error('no memory')) : drawnOf())
    const web = sampleApp({ mode: 'start', desk, files, log, clock, pictures: { draw } })
    const crowd = await Promise.all(Array.from({ length: 20 }, async () => web.request(CARD)))
    clock.advance(600_000 - 1)
    const late = await web.request(CARD)
    expect([...crowd, late].map(({ status }) => status)).toEqual(Array.from({ length: 21 }, () => 503))
    expect([late.headers.get('Retry-After'), late.headers.get('Cache-Control'), tried]).toEqual(['600', 'no-store', 1])
    expect(log.lines).toEqual([`error: The card of ${EDITION} could not be drawn: no memory`])
    clock.advance(1)
    expect([(await web.request(CARD)).status, tried]).toEqual([200, 2])
  })

  it.each([...editionStates, 'unsaved'] as const)(
    'is there only when readers may see the edition: %s',
    async (state) => {
      const published = ['approved', 'sending', 'sent'].includes(state)
      const { app: web, drawn } = app(state)
      expect((await web.request(CARD)).status).toBe(published ? 200 : 404)
      expect(drawn.length).toBe(published ? 1 : 0)
    },
  )

  it('is not there any more when the edition is not, though it was kept', async () => {
    const { app: web } = app('sent')
    await web.request(CARD)
    const { app: later } = app('cancelled')
    expect((await later.request(CARD)).status).toBe(404)
  })

  it.each([
    '/cards/daily-2026-06-29',
    '/cards/daily-2026-06-28.png',
    '/cards/2026-06-29.png',
    '/cards/..%2Fdaily-2026-06-29.png',
    '/cards/..%2F..%2Fstore-2026-06-29.png',
    '/cards/Daily-2026-06-29.png',
    '/cards/daily-2026-06-29-xyz.png',
    '/cards',
  ])('is nowhere else: %s', async (path) => {
    const { app: web, drawn } = app()
    expect([(await web.request(path)).status, drawn.length]).toEqual([404, 0])
  })
})

async function drawnOf(): Promise<Drawn> {
  const content = Buffer.from('another card')
  return { content, sha256: sha256(content), bytes: 12, width: 1200, height: 630, mediaType: 'image/png', preview: '' }
}

/** What a page says of itself, by name. */
function metas(text: string): Record<string, string> {
  const found = text.matchAll(/<meta\s+(?:property|name)="([^"]+)"\s+content="([^"]*)"/g)
  return Object.fromEntries(Array.from(found, ([, name = '', content = '']) => [name, content]))
}

describe('a page that is shared', () => {
  it.each([
    ['/', sampleView({ state: 'sent' })],
    [`/editions/${EDITION}`, sampleView({ state: 'sent' })],
    [`/editions/${EDITION}`, sampleView({ state: 'sent', channels: [] })],
  ])('%s says what it is and which picture stands for it', async (path, view) => {
    const text = await (await sampleApp({ mode: 'start', desk: deskOf(view) }).request(path)).text()
    expect(metas(text.slice(0, text.indexOf('</head>')))).toMatchObject({
      'og:site_name': 'The Morning Check',
      'og:type': 'article',
      'og:title': 'A tide gauge from 1846 still agrees with the satellites',
      'og:description': 'Also: a slower clock, bees that count, and what a bridge remembers.',
      'og:url': `${URL}/editions/${EDITION}`,
      'og:image': `${URL}${CARD}`,
      'og:image:type': 'image/png',
      'og:image:width': '1200',
      'og:image:height': '630',
      'og:image:alt': 'A tide gauge from 1846 still agrees with the satellites, checked against arxiv.org and 4 more',
      'twitter:card': 'summary_large_image',
    })
  })

  it('names a picture that is really there', async () => {
    const { app: web } = app()
    const { 'og:image': image = '' } = metas(await (await web.request('/')).text())
    expect((await web.request(image.replace(URL, ''))).status).toBe(200)
  })

  it('stays whole whatever its subject is', async () => {
    const view = sampleView({ state: 'sent' })
    const subject = '"><script>alert(1)</script> $& $1'
    const desk = deskOf({ ...view, edition: { ...view.edition, subject } })
    for (const path of ['/', `/editions/${EDITION}`]) {
      const text = await (await sampleApp({ mode: 'start', desk }).request(path)).text()
      expect(metas(text)['og:title']).toBe('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; $&amp; $1')
      expect(text).not.toContain('<script>alert')
    }
  })

  it('says nothing of a picture where there is no edition yet', async () => {
    expect(await (await app('draft').app.request('/')).text()).not.toContain('og:')
  })
})
