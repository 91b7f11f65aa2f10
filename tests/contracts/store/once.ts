import { expect, test } from 'vitest'
import type { SlotRequest } from '../../../src/ports.ts'
import { minutesAfterNoon, NOON } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

export function onceContract(open: OpenStore): void {
  test('migrating a store that is up to date applies nothing and writes nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const before = await fingerprint()
    expect(await store.migrate()).toEqual([])
    expect(await fingerprint()).toBe(before)
  })

  test('a remembered value is proposed once, and everyone gets the same for ever', async () => {
    const { store, another, reopen } = await forThisTest(open)
    const handles = [store, await another(), await another(), await another()]
    const values = await Promise.all(handles.map((handle, at) => handle.remember('secret', () => `proposal ${at}`)))
    expect(new Set(values).size).toBe(1)
    expect(await store.remember('other', () => 'its own')).toBe('its own')
    const again = await reopen()
    expect(await again.remember('secret', () => 'asked again')).toBe(values[0])
  })

  test('a slot is claimed by one caller, by schedule and instant', async () => {
    const { store, another } = await forThisTest(open)
    const handles = [store, await another(), await another(), await another()]
    const claims = await Promise.all(handles.map((handle, at) => handle.claimSlot(slotFor(`w${at}`))))
    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(await store.claimSlot(slotFor('w', { slot: minutesAfterNoon(1) }))).toBe(true)
    expect(await store.claimSlot(slotFor('w', { schedule: 'weekly' }))).toBe(true)
  })

  test('an unfinished slot is taken over from a worker who is gone or too old, and from nobody else', async () => {
    const { store } = await forThisTest(open)
    await store.claimSlot(slotFor('one'))
    expect(await store.holders()).toEqual(['one'])
    expect(await store.claimSlot(slotFor('two', { gone: ['three'] }))).toBe(false)
    expect(await store.claimSlot(slotFor('two', { gone: ['one'] }))).toBe(true)
    expect(await store.holders()).toEqual(['two'])
    expect(await store.claimSlot(slotFor('three', { staleBefore: NOON }))).toBe(false)
    const now = minutesAfterNoon(30)
    expect(await store.claimSlot(slotFor('three', { now, staleBefore: minutesAfterNoon(1) }))).toBe(true)
  })

  test('a finished slot is over for everyone', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.claimSlot(slotFor('one'))
    await store.finishSlot('daily', NOON, minutesAfterNoon(1))
    expect(await store.holders()).toEqual([])
    const before = await fingerprint()
    const taken = await store.claimSlot(slotFor('two', { gone: ['one'], staleBefore: minutesAfterNoon(90) }))
    await store.finishSlot('daily', NOON, minutesAfterNoon(2))
    expect([taken, await fingerprint()]).toEqual([false, before])
  })

  test('the last slot of a schedule is the latest that was finished', async () => {
    const { store, reopen } = await forThisTest(open)
    expect(await store.lastSlot('daily', minutesAfterNoon(9))).toBeUndefined()
    for (const minutes of [2, 1, 3]) await store.claimSlot(slotFor('w', { slot: minutesAfterNoon(minutes) }))
    expect(await store.lastSlot('daily', minutesAfterNoon(9))).toBeUndefined()
    for (const minutes of [2, 1]) await store.finishSlot('daily', minutesAfterNoon(minutes), minutesAfterNoon(9))
    const again = await reopen()
    expect(await again.lastSlot('daily', minutesAfterNoon(9))).toEqual(minutesAfterNoon(2))
    expect(await again.lastSlot('weekly', minutesAfterNoon(9))).toBeUndefined()
  })

  test('slots after the asked instant are no last slot; one at that very instant is', async () => {
    const { store } = await forThisTest(open)
    for (const minutes of [1, 5]) {
      await store.claimSlot(slotFor('w', { slot: minutesAfterNoon(minutes) }))
      await store.finishSlot('daily', minutesAfterNoon(minutes), minutesAfterNoon(9))
    }
    expect(await store.lastSlot('daily', minutesAfterNoon(5))).toEqual(minutesAfterNoon(5))
    expect(await store.lastSlot('daily', minutesAfterNoon(4))).toEqual(minutesAfterNoon(1))
    expect(await store.lastSlot('daily', NOON)).toBeUndefined()
  })
}

function slotFor(worker: string, more: Partial<SlotRequest> = {}): SlotRequest {
  const staleBefore = new Date('2026-06-29T11:50:00.000Z')
  return { schedule: 'daily', slot: NOON, worker, now: NOON, staleBefore, gone: [], ...more }
}
