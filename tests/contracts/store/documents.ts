import { expect, test } from 'vitest'
import type { Freeze, FrozenRendering, Settlement, Store } from '../../../src/ports.ts'
import { editionOf, freezeOf, keysOf, minutesAfterNoon, NOON, postNamed, renderingOf, requestBy } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const sent: Settlement = { kind: 'sent', remoteId: '1' }
const rejected: Settlement = { kind: 'rejected', reason: 'no room' }
const MONDAY = '2026-06-29'
const TUESDAY = '2026-06-30'

/** An edition of a day with these documents, each owed to the file of its name. */
function filesOf(date: string, ids: readonly string[], more: Partial<FrozenRendering> = {}): Freeze {
  const edition = editionOf(date)
  const at = `${date}T12:00:00.000Z`
  return freezeOf(
    ids.map((id) =>
      postNamed(id, {
        key: `files/${id}@${edition.id}`,
        group: `files/${id}@${edition.id}`,
        edition: edition.id,
        channel: 'files',
        rendering: id,
      }),
    ),
    {
      edition,
      at,
      renderings: ids.map((id) => renderingOf('files', id, { basis: `basis of ${date}`, ...more })),
      documents: ['files'],
    },
  )
}

/** Takes all that is due and gives every delivery the same end. */
async function settleAll(store: Store, settlement: Settlement): Promise<void> {
  for (;;) {
    const claim = await store.claim(requestBy('w', { now: minutesAfterNoon(5000) }))
    if (!claim) return
    await store.settle('w', new Map(keysOf(claim).map((key) => [key, settlement])), minutesAfterNoon(5000))
  }
}

const standing = async (store: Store): Promise<string[]> =>
  (await store.standing('files')).documents.map(({ id, edition }) => `${id} ${edition}`)

/** Those that can be relied on. */
const known = async (store: Store): Promise<string[]> =>
  (await store.standing('files')).documents.flatMap(({ id, basis }) => (basis === undefined ? [] : [id]))

const contentOf = async (store: Store, date: string): Promise<string[]> =>
  (await store.renderings(`daily/${date}`)).map(({ content, page }) => `${content} ${page}`)

export function documentContract(open: OpenStore): void {
  test('stand from their approval on, with what they were made of, each the newest of its id', async () => {
    const { store, reopen } = await forThisTest(open)
    expect((await store.standing('files')).documents).toEqual([])
    await store.approve(filesOf(MONDAY, ['a', 'b']))
    await store.approve(filesOf(TUESDAY, ['b', 'c'], { title: 'New', mediaType: 'application/xml' }))
    const again = await reopen()
    const { documents } = await again.standing('files')
    expect(documents).toMatchObject([
      { id: 'a', title: 'a', mediaType: 'text/plain', basis: 'basis of 2026-06-29', edition: 'daily/2026-06-29' },
      {
        id: 'b',
        title: 'New',
        mediaType: 'application/xml',
        basis: 'basis of 2026-06-30',
        edition: 'daily/2026-06-30',
      },
      {
        id: 'c',
        title: 'New',
        mediaType: 'application/xml',
        basis: 'basis of 2026-06-30',
        edition: 'daily/2026-06-30',
      },
    ])
    expect((await again.standing('posts')).documents).toEqual([])
  })

  test('tell the hash of their bytes, and whether they have left', async () => {
    const { store } = await forThisTest(open)
    const monday = filesOf(MONDAY, ['a', 'b'])
    await store.approve(monday)
    const claim = await store.claim(requestBy('w'))
    await store.settle('w', new Map(keysOf(claim).map((key) => [key, sent])), NOON)
    const { documents } = await store.standing('files')
    expect(documents.map(({ id, hasLeft }) => `${id} ${hasLeft}`)).toEqual(['a true', 'b false'])
    expect(documents.map(({ hash }) => hash)).toEqual(monday.renderings.map(({ hash }) => hash))
  })

  test('stand when they have left, and while they wait or are in doubt', async () => {
    const { store } = await forThisTest(open)
    await store.approve(filesOf(MONDAY, ['a', 'b', 'c']))
    const later: Settlement = { kind: 'later', notBefore: minutesAfterNoon(9000), reason: 'busy' }
    const unknown: Settlement = { kind: 'unknown', notBefore: minutesAfterNoon(9000), reason: 'no answer' }
    for (const settlement of [sent, later, unknown]) {
      const claim = await store.claim(requestBy('w'))
      await store.settle('w', new Map(keysOf(claim).map((key) => [key, settlement])), NOON)
    }
    expect(await standing(store)).toEqual(['a', 'b', 'c'].map((id) => `${id} daily/2026-06-29`))
    expect(await known(store)).toEqual(['a', 'b', 'c'])
  })

  test('stand when they were refused or given up, made of nobody knows what; but not when they may not leave', async () => {
    const { store } = await forThisTest(open)
    await store.approve(filesOf(MONDAY, ['a', 'b']))
    const { token } = await store.standing('files')
    const claim = await store.claim(requestBy('w'))
    await store.settle('w', new Map(keysOf(claim).map((key) => [key, rejected])), NOON)
    expect(await known(store)).toEqual(['b'])
    await store.resolve({ delivery: 'files/b@daily/2026-06-29' }, 'drop', 'by hand', NOON)
    expect(await known(store)).toEqual([])
    expect((await store.standing('files')).token).not.toBe(token)
    const both = ['a daily/2026-06-29', 'b daily/2026-06-29']
    expect(await standing(store)).toEqual(both)
    const blocked = filesOf(TUESDAY, ['c'], { mayLeave: false })
    await store.approve({ ...blocked, deliveries: [] })
    expect(await standing(store)).toEqual(both)
  })

  test('are made of nobody knows what while their edition is held before they left, and when it was cancelled', async () => {
    const { store } = await forThisTest(open)
    await store.approve(filesOf(MONDAY, ['a', 'b']))
    const claim = await store.claim(requestBy('w'))
    await store.settle('w', new Map(keysOf(claim).map((key) => [key, sent])), NOON)
    const { token } = await store.standing('files')
    await store.hold('daily/2026-06-29', 'is it so?')
    expect(await known(store)).toEqual(['a'])
    expect((await store.standing('files')).token).not.toBe(token)
    await store.release('daily/2026-06-29', NOON)
    expect(await known(store)).toEqual(['a', 'b'])
    expect((await store.standing('files')).token).toBe(token)
    await store.cancel('daily/2026-06-29', 'no', NOON)
    expect(await known(store)).toEqual(['a'])
    expect(await standing(store)).toEqual(['a daily/2026-06-29', 'b daily/2026-06-29'])
  })

  test('have the same token as long as the same ones stand', async () => {
    const { store, reopen } = await forThisTest(open)
    await store.approve(filesOf(MONDAY, ['a', 'b']))
    const { token } = await store.standing('files')
    await settleAll(store, sent)
    expect((await store.standing('files')).token).toBe(token)
    expect((await (await reopen()).standing('files')).token).toBe(token)
  })

  test('are not replaced by what was made without knowing them', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const { token } = await store.standing('files')
    const seen = new Map([['files', token]])
    expect(await store.approve({ ...filesOf(MONDAY, ['a']), seen })).toBe(true)
    const before = await fingerprint()
    expect(await store.approve({ ...filesOf(TUESDAY, ['a']), seen })).toBe(false)
    expect([await store.edition('daily/2026-06-30'), await fingerprint()]).toEqual([undefined, before])
    const now = new Map([['files', (await store.standing('files')).token]])
    expect(await store.approve({ ...filesOf(TUESDAY, ['a']), seen: now })).toBe(true)
  })

  test('of two made at once only one is approved', async () => {
    const { store, another } = await forThisTest(open)
    const seen = new Map([['files', (await store.standing('files')).token]])
    const other = await another()
    const done = await Promise.all([
      store.approve({ ...filesOf(MONDAY, ['a']), seen }),
      other.approve({ ...filesOf(TUESDAY, ['a']), seen }),
    ])
    expect(done.toSorted()).toEqual([false, true])
  })

  test('of an older edition are owed still when a newer one does not carry them', async () => {
    const { store } = await forThisTest(open)
    await store.approve(filesOf(MONDAY, ['a', 'b']))
    await store.approve(filesOf(TUESDAY, ['b']))
    const states = (await store.ledger({ edition: 'daily/2026-06-29' })).map(
      ({ target, state }) => `${target} ${state}`,
    )
    expect(states).toEqual(['a planned', 'b superseded'])
    expect(await standing(store)).toEqual(['a daily/2026-06-29', 'b daily/2026-06-30'])
    expect(await contentOf(store, MONDAY)).toEqual(['content of a <p>content of a</p>', ' '])
  })

  test('that were replaced let go of their bytes, and of nothing else', async () => {
    const { store } = await forThisTest(open)
    await store.approve(filesOf(MONDAY, ['a', 'b']))
    await settleAll(store, sent)
    const [, before] = await store.renderings('daily/2026-06-29')
    await store.approve(filesOf(TUESDAY, ['b']))
    const [kept, replaced] = await store.renderings('daily/2026-06-29')
    expect(kept?.content).toBe('content of a')
    expect(replaced).toEqual({ ...before, content: '', page: '' })
    expect(await contentOf(store, TUESDAY)).toEqual(['content of b <p>content of b</p>'])
  })

  test('of other channels, and posts of the same name, keep their bytes', async () => {
    const { store } = await forThisTest(open)
    const post = { ...filesOf(MONDAY, ['a']), documents: [] }
    await store.approve(post)
    await store.approve({ ...filesOf(TUESDAY, ['a']), documents: [] })
    expect(await contentOf(store, MONDAY)).toEqual(['content of a <p>content of a</p>'])
    expect(await standing(store)).toEqual([])
  })

  test('that were replaced are not tried anew, whoever asks', async () => {
    const { store } = await forThisTest(open)
    await store.approve(filesOf(MONDAY, ['a', 'b']))
    await settleAll(store, rejected)
    const retry = (id: string): Promise<number> =>
      store.resolve({ delivery: `files/${id}@daily/2026-06-29` }, 'retry', '', NOON)
    await store.approve(filesOf(TUESDAY, ['a']))
    expect([await retry('a'), await retry('b')]).toEqual([0, 1])
    expect(await standing(store)).toEqual(['a daily/2026-06-30', 'b daily/2026-06-29'])
  })

  test('whose key was planned before stay what they were', async () => {
    const { store } = await forThisTest(open)
    const monday = filesOf(MONDAY, ['a'])
    await store.approve(monday)
    const tuesday = filesOf(TUESDAY, ['a'])
    const [first] = monday.deliveries
    const deliveries = tuesday.deliveries.map((one) => ({ ...one, key: first?.key ?? '' }))
    await store.approve({ ...tuesday, deliveries })
    expect(await standing(store)).toEqual(['a daily/2026-06-29'])
    expect(await contentOf(store, MONDAY)).toEqual(['content of a <p>content of a</p>'])
  })
}
