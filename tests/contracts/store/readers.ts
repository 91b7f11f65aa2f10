import { expect, test } from 'vitest'
import type { Subscriber } from '../../../src/domain/subscriber.ts'
import type { Store } from '../../../src/ports.ts'
import { freezeOf, mailingOf, minutesAfterNoon, NOON, subscriberNamed } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const LATER = minutesAfterNoon(60)

export function readerContract(open: OpenStore): void {
  test('an address is added once, however it is written, and stays as it was', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const [a, b] = [subscriberNamed('a'), subscriberNamed('b', { state: 'unconfirmed' })]
    expect(await store.addSubscribers([a, b])).toBe(2)
    const before = await fingerprint()
    const shouted = { ...subscriberNamed('c'), address: a.address.toUpperCase() }
    expect(await store.addSubscribers([{ ...a, consent: 'another' }, { ...b, state: 'active' }, shouted])).toBe(0)
    expect(await fingerprint()).toBe(before)
    expect(await everyone(store)).toEqual([a, b])
  })

  test('addresses in any alphabet are the same when they differ in case alone', async () => {
    const { store } = await forThisTest(open)
    expect(await store.addSubscribers([subscriberNamed('a', { address: 'Żółw@ŻUBR.example' })])).toBe(1)
    expect(await store.addSubscribers([subscriberNamed('b', { address: 'ŻÓŁW@żubr.example' })])).toBe(0)
    await store.suppress('żÓłw@ŻUBR.EXAMPLE', 'editor', '', NOON)
    expect(await store.addressStatuses(['żółw@żubr.example'])).toEqual([
      { id: 'a', state: 'active', suppressed: 'editor' },
    ])
  })

  test('all that is known of a reader is kept', async () => {
    const { store, reopen } = await forThisTest(open)
    const full: Subscriber = {
      ...subscriberNamed('a', { state: 'unsubscribed' }),
      consentAt: '2025-01-02T03:04:05.000Z',
      frequency: 'weekly',
      reason: 'by the link in a mail',
      changedAt: NOON.toISOString(),
    }
    await store.addSubscribers([full, subscriberNamed('b', { frequency: 'daily' })])
    const again = await reopen()
    expect(await again.subscriber('a')).toEqual(full)
    expect(await again.subscriber('b')).toEqual(subscriberNamed('b'))
    expect(await again.subscriber('c')).toBeUndefined()
  })

  test('a new address under an id that is taken is refused, with all that came with it', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers([subscriberNamed('a')])
    const clash = subscriberNamed('a', { address: 'someone.else@reader.example' })
    const refused = store.addSubscribers([subscriberNamed('b'), clash])
    await expect(refused).rejects.toThrow('"a"')
    await expect(refused).rejects.not.toThrow('reader.example')
    expect((await everyone(store)).map(({ id }) => id)).toEqual(['a'])
  })

  test('readers are read in pages, each once, while others are added', async () => {
    const { store } = await forThisTest(open)
    const ids = Array.from({ length: 2500 }, (_, at) => String(at).padStart(5, '0'))
    await store.addSubscribers(ids.map((id) => subscriberNamed(id)))
    const read: string[] = []
    for await (const { id } of store.subscribers()) {
      if (read.length === 10) await store.addSubscribers([subscriberNamed('00000-late'), subscriberNamed('99999-late')])
      read.push(id)
    }
    expect(read).toEqual([...ids, '99999-late'])
  })

  test('readers are read and counted by state; who is suppressed is counted as that alone', async () => {
    const { store } = await forThisTest(open)
    expect(await store.countSubscribers()).toEqual({ active: 0, unconfirmed: 0, unsubscribed: 0, suppressed: 0 })
    await store.addSubscribers([
      ...['a', 'b', 'c'].map((id) => subscriberNamed(id)),
      subscriberNamed('d', { state: 'unconfirmed' }),
      subscriberNamed('e', { state: 'unsubscribed' }),
    ])
    await store.suppress('b@reader.example', 'hard-bounce', 'no such user', NOON)
    await store.suppress('e@reader.example', 'complaint', '', NOON)
    expect(await store.countSubscribers()).toEqual({ active: 2, unconfirmed: 1, unsubscribed: 0, suppressed: 2 })
    expect((await everyone(store, ['active', 'unconfirmed'])).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    expect(await everyone(store, [])).toEqual([])
  })

  test('the status of addresses comes in the order asked, whether somebody subscribed with them or not', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers([subscriberNamed('a'), subscriberNamed('b', { state: 'unsubscribed' })])
    await store.suppress('b@reader.example', 'soft-bounces', '', NOON)
    await store.suppress('nobody@reader.example', 'editor', '', NOON)
    const asked = ['nobody@reader.example', 'B@Reader.Example', 'other@reader.example', 'a@reader.example', '']
    expect(await store.addressStatuses(asked)).toEqual([
      { suppressed: 'editor' },
      { id: 'b', state: 'unsubscribed', suppressed: 'soft-bounces' },
      {},
      { id: 'a', state: 'active' },
      {},
    ])
    expect(await store.addressStatuses([])).toEqual([])
  })

  test('unsubscribing is done once, says why and when, and keeps the consent on record', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.addSubscribers([subscriberNamed('a'), subscriberNamed('b', { state: 'unconfirmed' })])
    expect(await store.unsubscribe('a', 'by one click', NOON)).toBe('done')
    expect(await store.unsubscribe('b', 'by one click', NOON)).toBe('done')
    const before = await fingerprint()
    expect(await store.unsubscribe('a', 'again', LATER)).toBe('already')
    expect(await store.unsubscribe('nobody', 'by one click', NOON)).toBeUndefined()
    expect(await fingerprint()).toBe(before)
    expect(await store.subscriber('a')).toEqual(
      subscriberNamed('a', { state: 'unsubscribed', reason: 'by one click', changedAt: NOON.toISOString() }),
    )
  })

  test('an address is suppressed before and after somebody subscribes with it, and stays so', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.suppress('A@reader.example', 'editor', 'a spam trap', NOON)
    await store.addSubscribers([subscriberNamed('a'), subscriberNamed('b')])
    await store.suppress('b@READER.example', 'provider', '', NOON)
    const before = await fingerprint()
    await store.suppress('b@reader.example', 'provider', '', NOON)
    await store.addSubscribers([subscriberNamed('a'), subscriberNamed('b')])
    expect(await fingerprint()).toBe(before)
    expect(await everyone(store)).toEqual([
      subscriberNamed('a', { suppressed: 'editor' }),
      subscriberNamed('b', { suppressed: 'provider' }),
    ])
  })

  test('the heaviest reason for suppressing an address is kept, whichever came first', async () => {
    const { store } = await forThisTest(open)
    const rising = ['soft-bounces', 'provider', 'hard-bounce', 'editor', 'complaint'] as const
    for (const reason of rising) await store.suppress('up@reader.example', reason, '', NOON)
    for (const reason of rising.toReversed()) await store.suppress('down@reader.example', reason, '', NOON)
    expect(await store.addressStatuses(['up@reader.example', 'down@reader.example'])).toEqual([
      { suppressed: 'complaint' },
      { suppressed: 'complaint' },
    ])
  })

  test('whoever agrees anew is active again and off the list, by the new consent', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers([subscriberNamed('a'), subscriberNamed('b')])
    await store.unsubscribe('a', 'by one click', NOON)
    await store.suppress('A@reader.example', 'complaint', '', NOON)
    await store.suppress('b@reader.example', 'hard-bounce', '', NOON)
    expect(await store.renewConsent('a', 'signed up again', LATER)).toBe(true)
    const at = LATER.toISOString()
    const renewed = { consent: 'signed up again', consentAt: at, reason: 'agreed anew', changedAt: at }
    expect(await everyone(store)).toEqual([
      subscriberNamed('a', renewed),
      subscriberNamed('b', { suppressed: 'hard-bounce' }),
    ])
    expect(await store.addressStatuses(['a@reader.example'])).toEqual([{ id: 'a', state: 'active' }])
    expect(await store.unsubscribe('a', 'by one click', LATER)).toBe('done')
  })

  test('nobody unknown can agree anew', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const before = await fingerprint()
    expect(await store.renewConsent('nobody', 'signed up', NOON)).toBe(false)
    expect(await fingerprint()).toBe(before)
  })

  test('a mailing is planned for readers who are active, not suppressed, and asked for it', async () => {
    const { store } = await forThisTest(open)
    await store.suppress('trap@reader.example', 'editor', '', NOON)
    await store.addSubscribers([
      ...['a', 'left', 'bounced', 'back', 'trap'].map((id) => subscriberNamed(id)),
      subscriberNamed('unsure', { state: 'unconfirmed' }),
      subscriberNamed('weekly', { frequency: 'weekly' }),
    ])
    await store.unsubscribe('left', '', NOON)
    for (const id of ['bounced', 'back']) await store.suppress(`${id}@reader.example`, 'hard-bounce', '', NOON)
    await store.renewConsent('back', 'wrote to us', LATER)
    await store.approve(freezeOf([], { mailings: [mailingOf()] }))
    expect((await store.ledger({})).map(({ target }) => target)).toEqual(['a', 'back'])
  })

  test('hostile text is kept as it is and finds nobody', async () => {
    const { store } = await forThisTest(open)
    const hostile = `'; DROP TABLE subscribers; --@x.example`
    await store.addSubscribers([subscriberNamed('%', { address: hostile, consent: '"\u0000\u202e%_' })])
    expect(await store.addressStatuses(['%@reader.example', '%', hostile])).toEqual([
      {},
      {},
      { id: '%', state: 'active' },
    ])
    expect(await store.unsubscribe(`%' OR '1'='1`, '', NOON)).toBeUndefined()
    expect((await store.subscriber('%'))?.consent).toBe('"\u0000\u202e%_')
  })

  test('adding readers from several handles at once loses nobody and doubles nobody', async () => {
    const { store, another } = await forThisTest(open)
    const handles = [store, await another(), await another()]
    const lists = handles.map((_, at) => Array.from({ length: 100 }, (__, n) => subscriberNamed(`r${n + at * 50}`)))
    const added = await Promise.all(handles.map((handle, at) => handle.addSubscribers(lists[at] ?? [])))
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(200)
    expect(await everyone(store)).toHaveLength(200)
  })
}

async function everyone(store: Store, states?: readonly Subscriber['state'][]): Promise<Subscriber[]> {
  const all: Subscriber[] = []
  for await (const subscriber of store.subscribers(states && { states })) all.push(subscriber)
  return all
}
