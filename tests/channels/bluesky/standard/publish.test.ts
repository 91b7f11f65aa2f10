import { cidForLex } from '@atproto/lex-cbor'
import { describe, expect, it } from 'vitest'
import { correctedDocument, documentFor, type FrozenDocument } from '../../../../channels/bluesky/standard/document.ts'
import { standardKey } from '../../../../channels/bluesky/standard/key.ts'
import {
  documentUri,
  linkPost,
  publicationUri,
  publishDocument,
  type Records,
} from '../../../../channels/bluesky/standard/publish.ts'
import type { PublicHouse } from '../../../../src/channel.ts'
import { sampleItem, samplePublication } from '../../../fixtures/edition.ts'
import { assertValid } from './lexicons.ts'

const DID = 'did:plc:abcdefghijklmnopqrstuvwx'
const AT = '2026-06-28T22:00:00.000Z'
const POST = {
  uri: `at://${DID}/app.bsky.feed.post/3mpabcdefgh2c`,
  cid: 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a',
}
const house: PublicHouse = { publication: samplePublication, publicUrl: 'https://wire.morningcheck.example' }
/** Lexicon syntax of a TID (atproto.com/specs/tid). */
const TID = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/

/** A repository that checks what it is given, as a PDS does; `writes` counts those that changed something. */
function repository() {
  const records = new Map<string, string>()
  const cids = new Map<string, string>()
  const state = { writes: 0 }
  const put: Records['put'] = async (collection, rkey, record) => {
    assertValid(collection, record)
    expect(rkey).toMatch(TID)
    const bytes = JSON.stringify(record)
    const cid = (await cidForLex(JSON.parse(bytes))).toString()
    const uri = `at://${DID}/${collection}/${rkey}`
    if (records.get(uri) !== bytes) state.writes += 1
    records.set(uri, bytes)
    cids.set(uri, cid)
    return { uri, cid }
  }
  const get: Records['get'] = async (collection, rkey) => {
    const uri = `at://${DID}/${collection}/${rkey}`
    const cid = cids.get(uri)
    return cid === undefined ? undefined : { uri, cid, value: JSON.parse(records.get(uri) ?? '') }
  }
  const replace: Records['replace'] = async (collection, rkey, record, cid) =>
    ((await get(collection, rkey))?.cid ?? null) === cid ? put(collection, rkey, record) : undefined
  const read = (uri: string): unknown => JSON.parse(records.get(uri) ?? 'null')
  return { calls: { get, put, replace }, read, records, cids, state }
}

function document(url = 'https://morningcheck.example/news/a.html'): FrozenDocument {
  const made = documentFor(sampleItem({ url }), `news.example ${url}`, AT, house)
  if (!made) throw new Error('this item has a document')
  return made
}

describe('before a post', () => {
  it('publication and document are written, and named for its card in this order', async () => {
    const { calls, read, cids } = repository()
    const refs = await publishDocument(calls, document(), house)
    expect(refs.map(({ uri }) => uri)).toEqual([documentUri(DID, document()), publicationUri(DID, house)])
    expect(refs.map(({ cid }) => cid)).toEqual(refs.map(({ uri }) => cids.get(uri)))
    expect(read(publicationUri(DID, house))).toMatchObject({
      url: 'https://morningcheck.example',
      name: 'The Morning Check',
      description: samplePublication.description,
      basicTheme: {
        background: { $type: 'site.standard.theme.color#rgb', r: 0xfb, g: 0xf8, b: 0xf2 },
        accent: { r: 0x1c, g: 0x1a, b: 0x17 },
      },
    })
    // Bluesky takes neither unless the document names just this publication.
    expect(read(documentUri(DID, document()))).toEqual({ ...document().record, site: publicationUri(DID, house) })
  })

  it('the same call again, after a crash between any two writes, changes nothing', async () => {
    for (const dieAfter of [0, 1, 2]) {
      const { calls, records, state } = repository()
      let left = dieAfter
      const step = (): void => {
        if (left === 0) throw new Error('killed')
        left -= 1
      }
      const dying: Records = {
        ...calls,
        async put(...call) {
          step()
          return calls.put(...call)
        },
        async replace(...call) {
          step()
          return calls.replace(...call)
        },
      }
      await publishDocument(dying, document(), house).catch(() => undefined)
      const refs = await publishDocument(calls, document(), house)
      expect(await publishDocument(calls, document(), house)).toEqual(refs)
      expect(records.size).toBe(2)
      expect(state.writes).toBe(2)
    }
  })

  it('a refusal is told to the caller', async () => {
    const refusing = { ...repository().calls, put: () => Promise.reject(new Error('InvalidRequest')) }
    await expect(publishDocument(refusing, document(), house)).rejects.toThrow('InvalidRequest')
  })

  it('an answer that carries more than uri and cid does not get into a record', async () => {
    const { calls, read } = repository()
    const put: Records['put'] = async (...call) => ({ ...(await calls.put(...call)), validationStatus: 'valid' })
    const replace: Records['replace'] = async (...call) => {
      const written = await calls.replace(...call)
      return written && { ...written, validationStatus: 'valid' }
    }
    const more = { ...calls, put, replace }
    const [ref] = await publishDocument(more, document(), house)
    expect(Object.keys(ref ?? {})).toEqual(['uri', 'cid'])
    await linkPost(calls, document(), house, Object.assign({ commit: {} }, POST))
    expect(read(documentUri(DID, document()))).toMatchObject({ bskyPostRef: POST })
  })

  it('the publication keeps its key when its name changes, and one at another address has another', () => {
    const other = (over: object): PublicHouse => ({ ...house, publication: { ...samplePublication, ...over } })
    const uri = publicationUri(DID, house)
    expect(publicationUri(DID, other({ name: 'The Evening Check', url: 'https://MorningCheck.example/' }))).toBe(uri)
    expect(publicationUri(DID, other({ url: 'https://morningcheck.example/en' }))).not.toBe(uri)
  })
})

describe('after a post', () => {
  it('the document names it, and nothing else of it changes', async () => {
    const { calls, read, records } = repository()
    await publishDocument(calls, document(), house)
    await linkPost(calls, document(), house, POST)
    await linkPost(calls, document(), house, POST)
    expect(records.size).toBe(2)
    expect(read(documentUri(DID, document()))).toEqual({
      ...document().record,
      site: publicationUri(DID, house),
      bskyPostRef: POST,
    })
  })

  it('a document that is changed each time is given up', async () => {
    const { calls } = repository()
    const busy: Records = { ...calls, replace: async () => undefined }
    await expect(linkPost(busy, document(), house, POST)).rejects.toThrow('changed each time')
  })

  it('a corrected document is the same record, and still names its post', async () => {
    const { calls, read, records } = repository()
    await publishDocument(calls, document(), house)
    await linkPost(calls, document(), house, POST)
    const item = sampleItem({ url: 'https://morningcheck.example/news/a.html', title: 'Put right' })
    await linkPost(calls, correctedDocument(document(), item, '2026-06-30T09:00:00.000Z', house), house, POST)
    expect(records.size).toBe(2)
    expect(read(documentUri(DID, document()))).toMatchObject({
      title: 'Put right',
      publishedAt: AT,
      updatedAt: '2026-06-30T09:00:00.000Z',
      bskyPostRef: POST,
    })
  })
})

describe('the key of a record', () => {
  it('is the same for ever', () => {
    expect(standardKey('news.example https://morningcheck.example/news/a.html', AT)).toBe('3mpeydonxanct')
    expect(documentUri(DID, document())).toBe(`at://${DID}/site.standard.document/3mpeydonxanct`)
  })

  it.each(['1969-12-31T00:00:00.000Z', '1999-01-01T00:00:00.000Z', AT, '2300-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'is a TID also for %s, and another for each seed',
    (at) => {
      const keys = Array.from({ length: 2000 }, (_, index) => standardKey(`seed ${index}`, at))
      for (const key of keys) expect(key).toMatch(TID)
      expect(new Set(keys).size).toBe(keys.length)
    },
  )
})
