import { AtpAgent, XRPCError } from '@atproto/api'
import { TID } from '@atproto/common-web'
import { cidForLex, type LexValue } from '@atproto/lex-cbor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pdsProblem, startPds, type Pds } from './start.ts'

const collection = 'app.bsky.feed.post'
const NOON = Date.parse('2026-06-29T12:00:00.000Z')

interface PostRecord {
  readonly $type: typeof collection
  readonly text: string
  readonly createdAt: string
  readonly [name: string]: LexValue
}

/** What the sender relies on. A release of the server that answers otherwise shows here first. */
describe.skipIf(await pdsProblem())('a real PDS', () => {
  let pds: Pds
  let agent: AtpAgent
  let repo: string
  let keys = 0

  beforeAll(async () => {
    pds = await startPds()
    const [{ did, handle, appPassword }] = pds.accounts
    repo = did
    agent = new AtpAgent({ service: pds.url })
    await agent.login({ identifier: handle, password: appPassword })
  })
  afterAll(async () => pds.close())

  const newKey = (): string => TID.fromTime(NOON * 1000 + ++keys, 7).toString()
  const post = (text: string, more: Readonly<Record<string, LexValue>> = {}): PostRecord => ({
    $type: collection,
    text,
    createdAt: '2026-06-29T12:00:00.000Z',
    ...more,
  })
  const put = (rkey: string, record: PostRecord, swapRecord: string | null = null) =>
    agent.com.atproto.repo.putRecord({ repo, collection, rkey, record, swapRecord })
  const create = (rkey: string, record: PostRecord) =>
    agent.com.atproto.repo.createRecord({ repo, collection, rkey, record })
  const get = (rkey: string) => agent.com.atproto.repo.getRecord({ repo, collection, rkey })

  describe('asked to create', () => {
    it('takes a record under a new key', async () => {
      expect((await create(newKey(), post('new'))).success).toBe(true)
    })

    it.each([
      ['the same bytes', 'there'],
      ['other bytes', 'there, but different'],
    ])('answers 500 as if it had crashed when the key is taken, by %s', async (_, text) => {
      const rkey = newKey()
      await create(rkey, post('there'))
      const again = { status: 500, error: 'InternalServerError' }
      expect(await refusal(create(rkey, post(text)))).toMatchObject(again)
      const write = { $type: 'com.atproto.repo.applyWrites#create' as const, collection, rkey, value: post(text) }
      expect(await refusal(agent.com.atproto.repo.applyWrites({ repo, writes: [write] }))).toMatchObject(again)
    })
  })

  describe('asked to put where nothing may be (swapRecord: null)', () => {
    it('takes a record whose key is free', async () => {
      const { data } = await put(newKey(), post('free'))
      expect(data.commit).toBeDefined()
    })

    it('takes the same bytes again and commits nothing', async () => {
      const rkey = newKey()
      const first = await put(rkey, post('same'))
      const second = await put(rkey, post('same'))
      expect(second.data).toMatchObject({ uri: first.data.uri, cid: first.data.cid })
      expect(second.data.commit).toBeUndefined()
    })

    it('refuses other bytes under a key that is taken, and leaves what is there', async () => {
      const rkey = newKey()
      const { data } = await put(rkey, post('ours'))
      const refused = await refusal(put(rkey, post('theirs')))
      expect(refused).toMatchObject({ status: 400, error: 'InvalidSwap', message: `Record was at ${data.cid}` })
      expect((await get(rkey)).data.value).toMatchObject({ text: 'ours' })
    })

    it('lets one of five through that come at once with different bytes', async () => {
      const rkey = newKey()
      const tries = [1, 2, 3, 4, 5].map((at) => put(rkey, post(`at once ${at}`)))
      const answers = await Promise.allSettled(tries)
      const refused = answers.filter(({ status }) => status === 'rejected')
      expect(refused.map((each) => (each.status === 'rejected' ? nameOf(each.reason) : ''))).toEqual(
        Array.from({ length: 4 }, () => 'InvalidSwap'),
      )
    })

    it('has no memory of what was deleted: the same put brings it back', async () => {
      const rkey = newKey()
      await put(rkey, post('gone?'))
      await agent.com.atproto.repo.deleteRecord({ repo, collection, rkey })
      expect((await put(rkey, post('gone?'))).data.commit).toBeDefined()
    })
  })

  it('puts the same bytes without swapRecord, and says that nothing changed', async () => {
    const rkey = newKey()
    await put(rkey, post('plain'))
    const { data } = await agent.com.atproto.repo.putRecord({ repo, collection, rkey, record: post('plain') })
    expect(data.commit).toBeUndefined()
  })

  it('refuses a put that expects what is no longer there', async () => {
    const rkey = newKey()
    const { data } = await put(rkey, post('first'))
    await put(rkey, post('second'), data.cid)
    expect(await refusal(put(rkey, post('third'), data.cid))).toMatchObject({ status: 400, error: 'InvalidSwap' })
  })

  it('deletes twice without complaint', async () => {
    const rkey = newKey()
    await put(rkey, post('twice gone'))
    for (let times = 0; times < 2; times += 1)
      expect((await agent.com.atproto.repo.deleteRecord({ repo, collection, rkey })).success).toBe(true)
  })

  it('names what it does not have', async () => {
    expect(await refusal(get(newKey()))).toMatchObject({ status: 400, error: 'RecordNotFound' })
  })

  it('takes no key that is no TID', async () => {
    expect(await refusal(put('a-tide-gauge', post('slug')))).toMatchObject({ status: 400 })
  })

  it('keeps a picture under the same name when it comes again, and refuses one that it never saw', async () => {
    const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
    const [first, second] = [await upload(bytes), await upload(bytes)]
    expect(second).toEqual(first)
    const card = (thumb: LexValue) => ({
      embed: {
        $type: 'app.bsky.embed.external',
        external: { uri: 'https://tidewatch.example/', title: 'Tide', description: '', thumb },
      },
    })
    expect((await put(newKey(), post('with a picture', card(first.ipld())))).success).toBe(true)
    const ref = { $link: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku' }
    const strange = { $type: 'blob', ref, mimeType: 'image/jpeg', size: 7 }
    expect(await refusal(put(newKey(), post('strange', card(strange))))).toMatchObject({
      status: 400,
      error: 'BlobNotFound',
    })
  })

  async function upload(bytes: Uint8Array) {
    return (await agent.com.atproto.repo.uploadBlob(bytes, { encoding: 'image/jpeg' })).data.blob
  }

  describe('given a thread in one write', () => {
    async function thread(length: number) {
      const writes = []
      let root: { uri: string; cid: string } | undefined
      let parent = root
      for (let at = 0; at < length; at += 1) {
        const rkey = newKey()
        const value = post(`part ${at}`, root && parent && { reply: { root, parent } })
        parent = { uri: `at://${repo}/${collection}/${rkey}`, cid: (await cidForLex(value)).toString() }
        root ??= parent
        writes.push({ $type: 'com.atproto.repo.applyWrites#create' as const, collection, rkey, value })
      }
      return writes
    }
    const head = async () => (await agent.com.atproto.sync.getLatestCommit({ did: repo })).data.cid

    it('takes all of it, under the CIDs that were computed here', async () => {
      const writes = await thread(3)
      await agent.com.atproto.repo.applyWrites({ repo, writes, swapCommit: await head() })
      for (const { rkey, value } of writes) {
        const { data } = await get(rkey)
        expect(data.cid).toBe((await cidForLex(value)).toString())
      }
    })

    it('refuses all of it when something was written in between', async () => {
      const stale = await head()
      await put(newKey(), post('in between'))
      const writes = await thread(3)
      const refused = await refusal(agent.com.atproto.repo.applyWrites({ repo, writes, swapCommit: stale }))
      expect(refused).toMatchObject({ status: 400, error: 'InvalidSwap' })
      for (const { rkey } of writes) expect(await refusal(get(rkey))).toMatchObject({ error: 'RecordNotFound' })
    })

    it('refuses all of it when one key is taken', async () => {
      const writes = await thread(3)
      const [root, , last] = writes
      if (!root || !last) throw new Error('a thread of three')
      await put(last.rkey, post('taken'))
      const refused = agent.com.atproto.repo.applyWrites({ repo, writes, swapCommit: await head() })
      expect(await refusal(refused)).toMatchObject({ status: 500 })
      expect(await refusal(get(root.rkey))).toMatchObject({ error: 'RecordNotFound' })
    })
  })
})

/** How the server refused. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; error: string; message: string }> {
  try {
    await call
  } catch (error) {
    if (error instanceof XRPCError) return { status: error.status, error: error.error, message: error.message }
    throw error
  }
  throw new Error('it was not refused')
}

function nameOf(error: unknown): string {
  return error instanceof XRPCError ? error.error : String(error)
}
