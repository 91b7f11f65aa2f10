import { expect, it } from 'vitest'
import type { AmendInput } from '../../src/channel.ts'
import { amend } from '../../src/pipeline/amend.ts'
import { run } from '../../src/pipeline/run.ts'
import { fakeChannel, rendering } from '../fixtures/channel.ts'
import { testClock } from '../fixtures/clock.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, house, never, news, runInput, settingsFor } from './fixture.ts'

it('a channel that makes a post of several items anew is told what was said of the others before, but for what was stopped', async () => {
  const store = await testStore()
  const clock = testClock()
  const told: AmendInput[] = []
  const channel = fakeChannel('posts', {
    renderings: ({ id, subject }) => [rendering('digest', id, subject)],
    amend: (input) => {
      told.push(input)
      return [rendering('edit', input.amendment.id, input.amendment.note)]
    },
  })
  const items = ['tides', 'bees', 'clocks'].map((name) => news(name))
  await run({ clock, store, log: testLog() }, runInput(fakeSource(...items), [channel]), () => undefined, never)
  const correct = (name: string, note: string) => {
    clock.advance(60_000)
    const words = { kind: 'correction', url: news(name).url, note } as const
    return amend({ store, clock }, words, house, settingsFor(channel), false)
  }

  await correct('tides', 'The year is 1846.')
  const stopped = await correct('clocks', 'The count is three.')
  if ('edition' in stopped) await store.cancel(stopped.edition.id, 'said by mistake', clock.now())
  await correct('bees', 'The count is four.')

  expect(told.map(({ earlier = [] }) => earlier.map(({ amendment }) => amendment.note))).toEqual([
    [],
    ['The year is 1846.'],
    ['The year is 1846.'],
  ])
})
