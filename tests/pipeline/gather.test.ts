import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineChannel } from '../../src/channel.ts'
import { cardAlt, editionCard, sourceHosts } from '../../src/domain/card.ts'
import type { Edition } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Picture } from '../../src/domain/picture.ts'
import { gather } from '../../src/pipeline/gather.ts'
import type { Card, Http, Store } from '../../src/ports.ts'
import { createFiles } from '../../src/world/files.ts'
import { createHttp } from '../../src/world/http.ts'
import { createPictures } from '../../src/world/pictures.ts'
import { testClock } from '../fixtures/clock.ts'
import { sampleEdition, sampleItem } from '../fixtures/edition.ts'
import { testLog, testStore } from '../fixtures/store.ts'

const pictures = createPictures()
const PHOTO = await sharp({ create: { width: 200, height: 100, channels: 3, background: '#336699' } })
  .png()
  .toBuffer()
const OTHER = await sharp({ create: { width: 120, height: 90, channels: 3, background: '#993333' } })
  .png()
  .toBuffer()

let root: string
let store: Store
let base: string
let close: () => void
/** What the server answers, by path; anything else is not found. */
const site = new Map<string, string | Buffer | RequestListener>()
const asked: string[] = []

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'groundwire-gather-'))
  store = await testStore()
  site.clear()
  asked.length = 0
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const answer = site.get(path)
    if (typeof answer === 'function') answer(request, response)
    else if (answer === undefined) response.writeHead(404).end('Not found')
    else response.end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  close = () => {
    server.closeAllConnections()
    server.close()
  }
})

afterEach(async () => {
  close()
  await store.close()
  rmSync(root, { recursive: true, force: true })
})

function channel(wantsPictures?: () => boolean) {
  return {
    channel: defineChannel({
      id: 'posts',
      title: 'Posts',
      settings: z.unknown(),
      audience: 'once',
      document: false,
      perAttempt: () => 1,
      ...(wantsPictures && { wantsPictures }),
      render: async () => [],
      open: () => {
        throw new Error('nothing leaves here')
      },
    }),
    settings: {},
  }
}
const wanting = [channel(() => true)]

/** One process: what it keeps lies in the store and the folder. */
function world(http: Http = createHttp({ allowPrivate: true })) {
  const clock = testClock()
  const log = testLog()
  const api = { get: () => Promise.reject(new Error('no')), post: () => Promise.reject(new Error('no')) }
  const ports = { clock, log, http, api, files: createFiles(root), notes: store, pictures }
  const pictureOf = async (over: Partial<Item> = {}): Promise<Picture | undefined> => {
    const item = sampleItem({ url: `${base}/item`, ...over })
    const edition = sampleEdition({ stories: 0, briefs: 0, background: 0 })
    return (await gather(ports, { ...edition, stories: [item] }, wanting)).pictures.get(item.url)
  }
  return { ports, clock, log, pictureOf }
}

const naming = (src: string, alt = '') =>
  `<head><meta property="og:image" content="${src}"><meta property="og:image:alt" content="${alt}"></head>`

describe('a picture for an item', () => {
  it('is the one that the item names, before its page is asked', async () => {
    site.set('/photo', PHOTO)
    const picture = await world().pictureOf({ image: { url: `${base}/photo`, alt: 'Two ledgers' } })
    expect(picture).toMatchObject({ origin: 'item', alt: 'Two ledgers', width: 200, height: 100 })
    expect(picture?.path).toBe(`pictures/${picture?.sha256}.jpg`)
    expect(readdirSync(join(root, 'pictures'))).toContain(`${picture?.sha256}.jpg`)
    expect(asked).toEqual(['/photo'])
  })

  it('is else the one that its page names, from where that page really is', async () => {
    site.set('/item', (_request, response) => response.writeHead(302, { location: '/moved/item' }).end())
    site.set('/moved/item', naming('photo', 'A gauge'))
    site.set('/moved/photo', PHOTO)
    expect(await world().pictureOf()).toMatchObject({ origin: 'page', alt: 'A gauge', width: 200 })
  })

  it('is else a card that is drawn', async () => {
    site.set('/item', '<head></head>')
    const picture = await world().pictureOf()
    expect(picture).toMatchObject({ origin: 'drawn', mediaType: 'image/png', width: 1200, height: 630 })
    expect(picture?.alt).toBe('A tide gauge from 1846 still agrees with the satellites, checked against arxiv.org')
    expect(picture?.path).toBe(`pictures/${picture?.sha256}.png`)
  })

  it('that says nothing of itself is described by the title', async () => {
    site.set('/photo', PHOTO)
    site.set('/item', naming('/photo'))
    const own = await world().pictureOf({ title: 'One', image: { url: `${base}/photo`, alt: '' } })
    const page = await world().pictureOf({ title: 'Two' })
    expect([own?.alt, page?.alt]).toEqual(['One', 'Two'])
  })

  it.each([
    ['is not there', undefined],
    ['is no picture', 'a picture, honestly'],
    ['is a broken one', PHOTO.subarray(0, 60)],
    [
      'breaks off',
      (_request, response) =>
        response.writeHead(200, { 'content-length': '999' }).write(PHOTO, () => response.destroy()),
    ],
    ['is refused', (_request, response) => response.writeHead(403).end(PHOTO)],
    [
      'never ends',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '30000000' })
        response.end(Buffer.alloc(30_000_000))
      },
    ],
  ] satisfies [string, string | Buffer | RequestListener | undefined][])(
    'that %s gives way to the page’s, and that to a card',
    async (_what, answer) => {
      if (answer !== undefined) site.set('/photo', answer)
      site.set('/item', naming('/other'))
      site.set('/other', OTHER)
      const image = { url: `${base}/photo`, alt: '' }
      expect(await world().pictureOf({ image })).toMatchObject({ origin: 'page', width: 120 })
      site.delete('/other')
      expect(await world().pictureOf({ image, title: 'Another' })).toMatchObject({ origin: 'drawn' })
    },
  )

  it('is not fetched from a private address unless that is allowed', async () => {
    site.set('/photo', PHOTO)
    const picture = await world(createHttp()).pictureOf({ image: { url: `${base}/photo`, alt: '' } })
    expect([picture?.origin, asked]).toEqual(['drawn', []])
  })
})

describe('what was once found', () => {
  const image = () => ({ url: `${base}/photo`, alt: '' })

  it('costs no call the second time, in another process', async () => {
    site.set('/photo', PHOTO)
    const first = await world().pictureOf({ image: image() })
    site.set('/photo', OTHER)
    expect(await world().pictureOf({ image: image() })).toEqual(first)
    expect(asked).toEqual(['/photo'])
  })

  it('is looked for again when the item has another picture, title or source', async () => {
    site.set('/photo', PHOTO)
    site.set('/other', OTHER)
    await world().pictureOf({ image: image() })
    const other = await world().pictureOf({ image: { url: `${base}/other`, alt: '' } })
    expect(other).toMatchObject({ width: 120 })
    await world().pictureOf({ title: 'New title', image: image() })
    expect(asked).toEqual(['/photo', '/other', '/photo'])
  })

  it('is looked for again when its bytes are gone', async () => {
    site.set('/photo', PHOTO)
    const first = await world().pictureOf({ image: image() })
    const before = readdirSync(join(root, 'pictures'))
    rmSync(join(root, 'pictures'), { recursive: true })
    expect(await world().pictureOf({ image: image() })).toEqual(first)
    expect(readdirSync(join(root, 'pictures'))).toEqual(before)
  })

  it('stays a card for ever where everything answered and there was no picture', async () => {
    site.set('/item', '<head></head>')
    const { pictureOf, clock } = world()
    await pictureOf()
    clock.advance(30 * 86_400_000)
    await pictureOf()
    expect(asked).toEqual(['/item'])
  })

  it('stays a card for six hours where something did not answer, and is then looked for again', async () => {
    const { pictureOf, clock } = world()
    const first = await pictureOf({ image: image() })
    expect(first?.origin).toBe('drawn')
    site.set('/photo', PHOTO)
    clock.advance(6 * 3_600_000 - 1)
    expect(await pictureOf({ image: image() })).toEqual(first)
    expect(asked).toEqual(['/photo', '/item'])
    clock.advance(1)
    expect(await pictureOf({ image: image() })).toMatchObject({ origin: 'item' })
    clock.advance(86_400_000)
    expect(await pictureOf({ image: image() })).toMatchObject({ origin: 'item' })
    expect(asked).toEqual(['/photo', '/item', '/photo'])
  })

  it('is the same for two workers who look at the same time', async () => {
    let turn = 0
    site.set('/photo', (_request, response) => response.end(turn++ === 0 ? PHOTO : OTHER))
    const both = await Promise.all([world().pictureOf({ image: image() }), world().pictureOf({ image: image() })])
    expect(both[0]).toEqual(both[1])
    expect(asked).toEqual(['/photo', '/photo'])
    expect(await world().pictureOf({ image: image() })).toEqual(both[0])
  })

  it('is made anew where the note cannot be read any more', async () => {
    site.set('/photo', PHOTO)
    const { ports, pictureOf } = world()
    const known: string[] = []
    const notes = { ...ports.notes, recall: async (name: string) => (known.push(name), store.recall(name)) }
    await gather(
      { ...ports, notes },
      { ...sampleEdition({ stories: 0, briefs: 0 }), stories: [sampleItem({ url: `${base}/item`, image: image() })] },
      wanting,
    )
    const [name = ''] = known
    await store.replace(name, await store.recall(name), '{"of":"another time"}')
    expect(await pictureOf({ image: image() })).toMatchObject({ origin: 'item' })
  })
})

describe('the card of an edition', () => {
  it('is the one that our own pages show, and is drawn once', async () => {
    const { ports } = world({ get: () => Promise.reject(new Error('asked')) })
    const edition = sampleEdition({ stories: 2, briefs: 1 })
    let drawings = 0
    const counting = { ...pictures, draw: (card: Card) => ((drawings += 1), pictures.draw(card)) }
    const first = (await gather({ ...ports, pictures: counting }, edition, wanting)).pictures.get(edition.id)
    const page = await pictures.draw(editionCard(edition))
    expect(first).toMatchObject({ origin: 'drawn', sha256: page.sha256, mediaType: 'image/png' })
    expect(first?.alt).toBe(cardAlt(edition.subject, sourceHosts([...edition.stories, ...edition.briefs])))
    expect(await ports.files.readBytes(first?.path ?? '')).toEqual(Buffer.from(page.content))
    expect((await gather({ ...ports, pictures: counting }, edition, wanting)).pictures.get(edition.id)).toEqual(first)
    expect(drawings).toBe(4)
  })

  it('changes with its subject and its sources, and there is none of an edition without items', async () => {
    const { ports } = world({ get: () => Promise.reject(new Error('asked')) })
    const edition = sampleEdition({ stories: 1, briefs: 0 })
    const of = async (about: Edition) => (await gather(ports, about, wanting)).pictures.get(about.id)?.sha256
    const stories = edition.stories.map((item) => ({ ...item, sources: [{ url: 'https://other.example/x' }] }))
    const all = [await of(edition), await of({ ...edition, subject: 'Another' }), await of({ ...edition, stories })]
    expect([all.includes(undefined), new Set(all).size]).toEqual([false, 3])
    expect(await of({ ...edition, stories: [] })).toBeUndefined()
  })
})

describe('a picture that the process ends with', () => {
  const KILLER = Buffer.from('the decoder dies of this')
  const isKiller = (content: Uint8Array): boolean => Buffer.from(content).equals(KILLER)

  /** One process, up to where it is killed, if it is; what it returns is what its decoder was given. */
  async function pass(items: readonly Item[]) {
    const { ports, log } = world()
    const looked: Uint8Array[] = []
    const killed = Promise.withResolvers<undefined>()
    const fit: typeof pictures.fit = (content) => {
      looked.push(content)
      if (!isKiller(content)) return pictures.fit(content)
      killed.resolve(undefined)
      return new Promise(() => undefined)
    }
    const edition = { ...sampleEdition({ stories: 0, briefs: 0 }), stories: [...items] }
    const gathered = gather({ ...ports, pictures: { ...pictures, fit } }, edition, wanting)
    const found = (await Promise.race([gathered, killed.promise]))?.pictures
    return { found, killers: looked.filter(isKiller).length, lines: log.lines }
  }

  it('ends it twice at most; then there is a card, and every other item has its picture', async () => {
    site.set('/killer', KILLER)
    site.set('/photo', PHOTO)
    const item = (path: string, image: string) =>
      sampleItem({ url: base + path, title: path, image: { url: base + image, alt: '' } })
    const items = ['/a', '/b', '/bad', '/c', '/d'].map((path) => item(path, path === '/bad' ? '/killer' : '/photo'))
    expect((await pass(items)).found).toBeUndefined()
    expect((await pass(items)).found).toBeUndefined()
    const third = await pass(items)
    const origins = items.map(({ url }) => third.found?.get(url)?.origin)
    expect([third.killers, origins]).toEqual([0, ['item', 'item', 'drawn', 'item', 'item']])
    expect(third.lines).toEqual([
      `warn: The picture of ${base}/bad is left alone: 2 times the worker ended while it looked at one.`,
    ])
    expect((await pass(items)).lines).toEqual([])
  })

  it('once, by chance, is looked at again, and its past is forgotten', async () => {
    const bad = sampleItem({ url: `${base}/bad`, image: { url: `${base}/photo`, alt: '' } })
    site.set('/photo', KILLER)
    await pass([bad])
    site.set('/photo', PHOTO)
    expect((await pass([bad])).found?.get(bad.url)?.origin).toBe('item')
    rmSync(join(root, 'pictures'), { recursive: true })
    site.set('/photo', KILLER)
    expect([(await pass([bad])).killers, (await pass([bad])).killers, (await pass([bad])).killers]).toEqual([1, 1, 0])
  })
})

describe('gathering', () => {
  const refuse = { get: () => Promise.reject(new Error('asked')) }

  it('asks for nothing and draws nothing where no channel wants pictures', async () => {
    const { ports } = world(refuse)
    const none = {
      fit: () => Promise.reject(new Error('no')),
      named: () => Promise.reject(new Error('no')),
      draw: () => Promise.reject(new Error('no')),
    }
    const on = [channel(), channel(() => false)]
    const { pictures: found } = await gather({ ...ports, pictures: none }, sampleEdition(), on)
    expect([found.size, ports.log.lines]).toEqual([0, []])
  })

  it('finds one for every story and brief and for the edition itself, not for background', async () => {
    const { ports } = world(refuse)
    const edition = sampleEdition({ stories: 2, briefs: 2, background: 1 })
    const { pictures: found } = await gather(ports, edition, wanting)
    const items = [1, 2, 3, 4].map((n) => `https://morningcheck.example/news/item-${n}.html`)
    expect([...found.keys()].toSorted()).toEqual([edition.id, ...items])
    expect(new Set([...found.values()].map(({ sha256 }) => sha256)).size).toBe(5)
  })

  it('stops asking when its time is up, and draws what is left', async () => {
    const { ports, clock } = world()
    site.set('/photo', () => clock.advance(60_000))
    const image = { url: `${base}/photo`, alt: '' }
    const stories = ['/a', '/b', '/c', '/d', '/e'].map((path) => sampleItem({ url: base + path, title: path, image }))
    const { pictures: found } = await gather(ports, { ...sampleEdition({ stories: 0, briefs: 0 }), stories }, wanting)
    expect([...found.values()].map(({ origin }) => origin)).toEqual(Array.from({ length: 6 }, () => 'drawn'))
    expect(asked.length).toBeLessThanOrEqual(3)
  })

  it('leaves out what cannot be made, says why, and goes on', async () => {
    const { ports } = world(refuse)
    const draw: typeof pictures.draw = (card) =>
      card.title === 'Bad' ? Promise.reject(new Error('no room on the disk')) : pictures.draw(card)
    const stories = [sampleItem({ url: `${base}/bad`, title: 'Bad' }), sampleItem({ url: `${base}/good` })]
    const edition = { ...sampleEdition({ stories: 0, briefs: 0 }), stories }
    const { pictures: found } = await gather({ ...ports, pictures: { ...pictures, draw } }, edition, wanting)
    expect([...found.keys()].toSorted()).toEqual([edition.id, `${base}/good`])
    expect(ports.log.lines).toEqual([`warn: There is no picture for ${base}/bad: no room on the disk`])
  })
})
