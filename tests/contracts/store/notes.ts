import { expect, test } from 'vitest'
import { forThisTest, type OpenStore } from './opened.ts'

const NAME = 'bluesky news.example.com session'

export function noteContract(open: OpenStore): void {
  test('is recalled as it was written, also after the store was opened anew, and not known before', async () => {
    const { store, another, reopen } = await forThisTest(open)
    const odd = '{"did":"did:plc:a"}\u0000 “ünï” \u{1F4F0}\r\n'
    expect(await store.recall(NAME)).toBeUndefined()
    expect(await store.replace(NAME, undefined, odd)).toBe(true)
    expect(await (await another()).recall(NAME)).toBe(odd)
    const again = await reopen()
    expect(await again.recall(NAME)).toBe(odd)
    expect(await again.recall(`${NAME} `)).toBeUndefined()
  })

  test('changes only from what its writer believes it to be', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.replace(NAME, undefined, 'one')
    const before = await fingerprint()
    for (const [belief, next] of [
      [undefined, 'two'],
      ['other', 'two'],
      ['', undefined],
      ['one', 'one'],
    ] as const)
      expect(await store.replace(NAME, belief, next)).toBe(belief === 'one')
    expect(await fingerprint()).toBe(before)
    expect(await store.replace(NAME, 'one', '')).toBe(true)
    expect(await store.recall(NAME)).toBe('')
    expect(await store.replace(NAME, undefined, 'two')).toBe(false)
  })

  test('is removed, and may be made anew', async () => {
    const { store, another } = await forThisTest(open)
    const other = await another()
    await store.replace(NAME, undefined, 'one')
    expect(await other.replace(NAME, 'one', undefined)).toBe(true)
    expect(await store.recall(NAME)).toBeUndefined()
    expect(await store.replace(NAME, undefined, undefined)).toBe(true)
    expect(await store.remember(NAME, () => 'two')).toBe('two')
    expect(await other.remember(NAME, () => 'three')).toBe('two')
    expect(await other.replace(NAME, 'two', 'three')).toBe(true)
  })

  test('of many writers at once, through several handles, one succeeds each time', async () => {
    const { store, another } = await forThisTest(open)
    const handles = [store, await another(), await another(), await another()]
    let value: string | undefined
    for (const round of [1, 2, 3, 4, 5]) {
      const tries = handles.flatMap((handle, at) =>
        ['a', 'b'].map((name) => ({ handle, text: `${round} ${at} ${name}` })),
      )
      const done = await Promise.all(tries.map(({ handle, text }) => handle.replace(NAME, value, text)))
      expect(done.filter(Boolean)).toHaveLength(1)
      value = tries[done.indexOf(true)]?.text
      for (const handle of handles) expect(await handle.recall(NAME)).toBe(value)
    }
  })

  test('counts no change twice when everyone tries until they succeed', async () => {
    const { store, another } = await forThisTest(open)
    const handles = [store, await another()]
    const count = async (handle: (typeof handles)[number]): Promise<void> => {
      for (let done = false; !done;) {
        const known = await handle.recall('bluesky count')
        done = await handle.replace('bluesky count', known, String(Number(known ?? 0) + 1))
      }
    }
    await Promise.all(Array.from({ length: 20 }, (_, at) => count(handles[at % 2] ?? store)))
    expect(await store.recall('bluesky count')).toBe('20')
  })
}
