import { expect, it } from 'vitest'
import { publishedFrom } from '../../src/sources/dates.ts'

it.each([
  ['2026-06-29', '2026-06-29'],
  ['2028-02-29', '2028-02-29'],
  ['2026-06-29T08:00:00Z', '2026-06-29T08:00:00.000Z'],
  ['2026-06-29T08:00:00.5+02:00', '2026-06-29T06:00:00.500Z'],
  ['2026-06-29T08:00', '2026-06-29T08:00:00.000Z'],
  ['Mon, 29 Jun 2026 08:00:00 GMT', '2026-06-29T08:00:00.000Z'],
  ['Mon, 29 Jun 2026 08:00:00 +0200', '2026-06-29T06:00:00.000Z'],
  ['29 Jun 2026 08:00 EST', '2026-06-29T13:00:00.000Z'],
  ['29 June 2026 08:00:00', '2026-06-29T08:00:00.000Z'],
])('%s is %s, whatever the zone of this machine', (written, published) => {
  expect(publishedFrom(written)).toBe(published)
})

it.each([
  '',
  'yesterday',
  '2026-02-29',
  '2026-13-01',
  '2026-06-31T08:00:00Z',
  '2026-06-29T25:00:00Z',
  '31 Feb 2026 08:00:00 GMT',
  '1',
  '29/06/2026',
  '2026',
  '00 Jun 2026 08:00:00 GMT',
])('%j is no date', (written) => {
  expect(publishedFrom(written)).toBeUndefined()
})
