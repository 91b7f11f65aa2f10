import { TID } from '@atproto/common-web'
import { describe, expect, it } from 'vitest'
import { nextKey, recordKey } from '../../../../channels/bluesky/remote/record-key.ts'

/** Lexicon `tid`. */
const VALID = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/
const AT = '2026-06-29T04:00:00.000Z'

describe('the key of a record', () => {
  it('is the same for ever: what was posted under another would be posted again', () => {
    expect(recordKey('tidewatch.test https://morningcheck.example/news/one.html', AT)).toBe('3mpflz2hwckgh')
  })

  it('says its time, to the millisecond', () => {
    const tid = TID.fromStr(recordKey('one', AT))
    expect(Math.floor(tid.timestamp() / 1000)).toBe(Date.parse(AT))
  })

  it('is valid for any time and any text', () => {
    const times = [
      '0001-01-01T00:00:00.000Z',
      '1999-12-31T00:00:00.000Z',
      '2005-09-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
    ]
    for (const at of [...times, AT])
      for (const seed of ['', '🌊', 'x'.repeat(10_000)]) expect(recordKey(seed, at)).toMatch(VALID)
  })

  it('is hardly ever the same for two posts of one instant', () => {
    const keys = new Set(Array.from({ length: 300 }, (_, at) => recordKey(`post ${at}`, AT)))
    expect(keys.size).toBe(300)
  })

  it('gives way to 1023 others of its time before it comes round', () => {
    const first = recordKey('one', AT)
    const keys = new Set<string>()
    for (let key = first; !keys.has(key); key = nextKey(key)) keys.add(key)
    expect(keys.size).toBe(1024)
    expect([...keys].every((key) => VALID.test(key))).toBe(true)
  })
})
