import { expect, it } from 'vitest'
import { systemClock } from '../../src/world/clock.ts'

it('tells the time of this machine', () => {
  const before = Date.now()
  const now = systemClock.now().getTime()
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Date.now())
})

it('aborts a deadline when it has passed, and not before', async () => {
  const [near, far] = [systemClock.deadline(1), systemClock.deadline(3_600_000)]
  await new Promise((resolve) => near.addEventListener('abort', resolve))
  expect(near.reason).toMatchObject({ name: 'TimeoutError' })
  expect(far.aborted).toBe(false)
})
