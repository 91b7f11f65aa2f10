import { expect, test } from 'vitest'
import {
  claimAll,
  editionOf,
  freezeOf,
  keysOf,
  mailingOf,
  minutesAfterNoon,
  NOON,
  postNamed,
  renderingOf,
  requestBy,
  subscriberNamed,
} from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

export function claimContract(open: OpenStore): void {
  test('come in the order of planning, a whole attempt group at a time, with the rendering that leaves', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers(['a', 'b', 'c'].map((id) => subscriberNamed(id)))
    const deliveries = ['z', 'y'].map((name) => postNamed(name))
    await store.approve(freezeOf(deliveries, { mailings: [mailingOf()] }))
    const claims = await claimAll(store, requestBy('w'))
    expect(claims.map(({ channel, group, kind }) => [channel, group, kind])).toEqual([
      ['posts', 'posts/z', 'fresh'],
      ['posts', 'posts/y', 'fresh'],
      ['mail', 'mail/daily/2026-06-29/chunk/0', 'fresh'],
      ['mail', 'mail/daily/2026-06-29/chunk/1', 'fresh'],
    ])
    expect(claims[2]?.rendering).toEqual(renderingOf('mail', 'digest'))
    expect(keysOf(claims[2])).toEqual(['mail/daily/2026-06-29/a', 'mail/daily/2026-06-29/b'])
    expect(claims[2]?.deliveries[0]).toEqual({
      key: 'mail/daily/2026-06-29/a',
      group: 'mail/daily/2026-06-29/chunk/0',
      edition: 'daily/2026-06-29',
      channel: 'mail',
      rendering: 'digest',
      target: 'a',
      address: 'a@reader.example',
      state: 'claimed',
      attempts: 1,
      doubts: 0,
      firstAttemptAt: NOON.toISOString(),
    })
  })

  test('are for the requested channels alone', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers([subscriberNamed('a')])
    await store.approve(freezeOf([postNamed('a')], { mailings: [mailingOf()] }))
    expect((await store.claim(requestBy('w', { channels: ['mail'] })))?.channel).toBe('mail')
    expect(await store.claim(requestBy('w', { channels: ['mail', 'files'] }))).toBeUndefined()
    expect(await store.claim(requestBy('w', { channels: [] }))).toBeUndefined()
  })

  test('an idle look writes nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const before = await fingerprint()
    expect(await store.claim(requestBy('w'))).toBeUndefined()
    expect(await fingerprint()).toBe(before)
  })

  test('the earlier approval is carried out first, also when its edition is dated later', async () => {
    const { store } = await forThisTest(open)
    const later = editionOf('2026-07-01')
    await store.approve(freezeOf([postNamed('first', { edition: later.id })], { edition: later }))
    await store.approve(freezeOf([postNamed('second')]))
    expect((await claimAll(store, requestBy('w'))).map(({ group }) => group)).toEqual(['posts/first', 'posts/second'])
  })

  test('what a draft or a held edition would owe is not there to be claimed', async () => {
    const { store } = await forThisTest(open)
    await store.keep(editionOf('2026-06-29'), 'held', [], 'wait')
    expect(await store.claim(requestBy('w'))).toBeUndefined()
  })

  test('two handles never hold the same delivery', async () => {
    const { store, another } = await forThisTest(open)
    const other = await another()
    await store.approve(freezeOf([postNamed('a')]))
    const claims = await Promise.all([store.claim(requestBy('one')), other.claim(requestBy('two'))])
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1)
  })

  test('eight handles at once claim every group exactly once', async () => {
    const { store, another } = await forThisTest(open)
    const ids = Array.from({ length: 90 }, (_, at) => String(at).padStart(3, '0'))
    await store.addSubscribers(ids.map((id) => subscriberNamed(id)))
    await store.approve(freezeOf([], { mailings: [mailingOf({ perAttempt: 3 })] }))
    const handles = [store, ...(await Promise.all(Array.from({ length: 7 }, () => another())))]
    const claimed = await Promise.all(handles.map((handle, at) => claimAll(handle, requestBy(`worker-${at}`))))
    const claims = claimed.flat()
    expect(claims).toHaveLength(30)
    expect(claims.every(({ deliveries }) => deliveries.length === 3)).toBe(true)
    expect(claims.flatMap(({ deliveries }) => deliveries.map(({ target }) => target)).sort()).toEqual(ids)
  })

  test('a claim of a living worker is left alone', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('one'))
    expect(await store.claim(requestBy('two', { gone: ['three'] }))).toBeUndefined()
    expect(await store.holders()).toEqual(['one'])
  })

  test('a claim of a worker who is gone is taken over at once, in doubt, and keeps the first attempt', async () => {
    const { store, reopen } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('one'))
    const again = await reopen()
    const request = requestBy('two', { gone: ['someone', 'one'], now: minutesAfterNoon(1) })
    const claim = await again.claim(request)
    expect(claim?.kind).toBe('doubtful')
    expect(claim?.deliveries[0]).toMatchObject({ attempts: 2, firstAttemptAt: NOON.toISOString() })
    expect(await again.holders()).toEqual(['two'])
    expect(await again.claim(request)).toBeUndefined()
  })

  test('a claim that has grown old is taken over, whoever made it; a younger one is not', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('one'))
    const now = minutesAfterNoon(30)
    expect(await store.claim(requestBy('two', { now, staleBefore: NOON }))).toBeUndefined()
    const claim = await store.claim(requestBy('two', { now, staleBefore: minutesAfterNoon(1) }))
    expect(claim?.kind).toBe('doubtful')
  })

  test('a claim that was settled in part is held until its worker is gone, and then in doubt as a whole', async () => {
    const { store } = await forThisTest(open)
    const names = ['a', 'b', 'c', 'd']
    await store.approve(freezeOf(names.map((name) => postNamed(name, { group: 'posts/all' }))))
    await store.claim(requestBy('one'))
    const notBefore = minutesAfterNoon(1)
    await store.settle(
      'one',
      new Map([
        ['posts/a', { kind: 'later', notBefore, reason: 'busy' }],
        ['posts/b', { kind: 'unknown', notBefore, reason: 'reset' }],
        ['posts/c', { kind: 'sent', remoteId: '1' }],
      ]),
      NOON,
    )
    expect((await store.ledger({})).map(({ state }) => state)).toEqual(['claimed', 'claimed', 'sent', 'claimed'])
    expect(await store.claim(requestBy('two', { now: notBefore }))).toBeUndefined()
    const claims = await claimAll(store, requestBy('two', { now: notBefore, gone: ['one'] }))
    const told = claims.map((claim) => [claim.kind, keysOf(claim), claim.settled.map(({ key }) => key)])
    expect(told).toEqual([['doubtful', ['posts/a', 'posts/b', 'posts/d'], ['posts/c']]])
  })

  test('groups of one name in two editions are two groups, with a key each', async () => {
    const { store } = await forThisTest(open)
    const next = editionOf('2026-06-30')
    await store.approve(freezeOf([postNamed('a', { group: 'g' })]))
    await store.approve(freezeOf([postNamed('b', { group: 'g', edition: next.id })], { edition: next }))
    const claims = await claimAll(store, requestBy('w'))
    expect(claims.map(keysOf)).toEqual([['posts/a'], ['posts/b']])
    expect(claims.map(({ group }) => group)).toEqual(['g', expect.stringMatching(/^g\+\d+$/)])
  })

  test('whether something is due is told without writing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    expect(await store.isDue(requestBy('w'))).toBe(false)
    await store.approve(freezeOf([postNamed('a')]))
    const before = await fingerprint()
    expect(await store.isDue(requestBy('w'))).toBe(true)
    expect(await store.isDue(requestBy('w', { channels: ['mail'] }))).toBe(false)
    expect(await fingerprint()).toBe(before)
    await store.claim(requestBy('w'))
    expect(await store.isDue(requestBy('w'))).toBe(false)
    expect(await store.isDue(requestBy('v', { gone: ['w'] }))).toBe(true)
  })

  test('a claim of a worker who goes on never grows old for it: its clock may have jumped', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('one'))
    const later = requestBy('one', { now: minutesAfterNoon(60), staleBefore: minutesAfterNoon(50) })
    expect(await store.isDue(later)).toBe(false)
    expect(await store.claim(later)).toBeUndefined()
    await store.giveUp('one', ['mail'], minutesAfterNoon(60))
    expect(await store.claim(later)).toBeUndefined()
    await store.giveUp('one', ['posts'], minutesAfterNoon(60))
    expect((await store.claim(later))?.kind).toBe('doubtful')
  })

  test('giving up where there is nothing writes nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    const before = await fingerprint()
    await store.giveUp('one', ['posts'], NOON)
    expect(await fingerprint()).toBe(before)
  })

  test('the age of a key is counted from the first attempt that may have acted', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('one'))
    const tomorrow = minutesAfterNoon(1440)
    const quota = { kind: 'later', reason: 'the quota is used up', notBefore: tomorrow } as const
    await store.settle('one', new Map([['posts/a', quota]]), NOON)
    const again = await store.claim(requestBy('one', { now: tomorrow }))
    expect(again?.deliveries[0]).toMatchObject({ firstAttemptAt: tomorrow.toISOString(), attempts: 2 })
    const doubtful = requestBy('two', { now: minutesAfterNoon(1450), gone: ['one'] })
    expect((await store.claim(doubtful))?.deliveries[0]?.firstAttemptAt).toBe(tomorrow.toISOString())
  })

  test('somebody who knows better can hurry what waits and lift every pause', async () => {
    const { store } = await forThisTest(open)
    const pace = { name: 'provider', perSecond: 1 }
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('one'))
    const quota = { kind: 'later', reason: 'the quota is used up', notBefore: minutesAfterNoon(600) } as const
    await store.settle('one', new Map([['posts/a', quota]]), NOON)
    await store.adjust(pace, { pauseUntil: minutesAfterNoon(600) }, NOON)
    await store.hurry(['posts'], minutesAfterNoon(1))
    expect((await store.pace('provider'))?.pausedUntil).toBeUndefined()
    expect(keysOf(await store.claim(requestBy('one', { now: minutesAfterNoon(1) })))).toEqual(['posts/a'])
  })

  test('a call that was refused as a whole goes on in the parts that were named, each under a key of its own', async () => {
    const { store } = await forThisTest(open)
    const names = ['a', 'b', 'c', 'd', 'e']
    await store.approve(freezeOf(names.map((name) => postNamed(name, { group: 'posts/all' }))))
    await store.claim(requestBy('one'))
    const part = (name: string) => ({ kind: 'later', reason: 'refused', notBefore: NOON, part: name }) as const
    const outcomes = ['0', '0', '0', '1', '1'].map((name, at) => [`posts/${names[at] ?? ''}`, part(name)] as const)
    await store.settle('one', new Map(outcomes), NOON)
    const claims = await claimAll(store, requestBy('two'))
    expect(claims.map((claim) => [claim.kind, keysOf(claim)])).toEqual([
      ['fresh', ['posts/a', 'posts/b', 'posts/c']],
      ['fresh', ['posts/d', 'posts/e']],
    ])
    expect(new Set(['posts/all', ...claims.map(({ group }) => group)]).size).toBe(3)
  })

  test('what failed three times goes behind what was never tried, of whichever edition', async () => {
    const { store } = await forThisTest(open)
    const next = editionOf('2026-06-30')
    await store.approve(freezeOf([postNamed('a')]))
    await store.approve(freezeOf([postNamed('b', { edition: next.id })], { edition: next }))
    const refused = { kind: 'later', reason: 'refused', notBefore: NOON } as const
    const tried: string[][] = []
    for (let round = 0; round < 4; round++) {
      const claim = await store.claim(requestBy('w'))
      tried.push(keysOf(claim))
      await store.settle('w', new Map(keysOf(claim).map((key) => [key, refused])), NOON)
    }
    expect(tried).toEqual([['posts/a'], ['posts/a'], ['posts/a'], ['posts/b']])
  })

  test('what waits since a time that is yet to come is due: the clock was set back', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    const ahead = minutesAfterNoon(2880)
    await store.claim(requestBy('w', { now: ahead }))
    const busy = { kind: 'later', reason: 'busy', notBefore: minutesAfterNoon(2881) } as const
    await store.settle('w', new Map([['posts/a', busy]]), ahead)
    expect(await store.isDue(requestBy('w'))).toBe(false)
    await store.giveUp('w', ['posts'], NOON)
    expect(keysOf(await store.claim(requestBy('w')))).toEqual(['posts/a'])
  })

  test('refusals running are counted, and forgotten with any other answer or none', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    const answers = ['refused', 'refused', 'busy', 'refused', undefined, 'refused', 'refused'] as const
    const counted: (number | undefined)[] = []
    for (const [round, reason] of answers.entries()) {
      const claim = await store.claim(requestBy(`w${round}`, { gone: [`w${round - 1}`] }))
      counted.push(claim?.deliveries[0]?.refusals)
      const later = { kind: 'later', notBefore: NOON, refused: reason === 'refused' } as const
      if (reason !== undefined) await store.settle(`w${round}`, new Map([['posts/a', { ...later, reason }]]), NOON)
    }
    expect(counted).toEqual([undefined, 1, 2, undefined, 1, undefined, 1])
    expect((await store.ledger({}))[0]?.refusals).toBe(2)
  })
}
