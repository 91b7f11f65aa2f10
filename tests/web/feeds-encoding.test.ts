import { describe, expect, it } from 'vitest'
import { acceptedEncodings } from '../../src/web/feeds/encoding.ts'

describe('the encodings that a client takes', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br gzip identity'],
    ['gzip', 'gzip identity'],
    ['X-GZIP', 'gzip identity'],
    ['gzip;q=1.0, br;q=0.5', 'gzip br identity'],
    ['br;q=0, gzip', 'gzip identity'],
    ['*', 'br gzip identity'],
    ['*;q=0.1, gzip;q=0.9', 'gzip br identity'],
    ['br;q=0, *', 'gzip identity'],
    ['identity;q=0', 'identity'],
    ['identity;q=0, gzip', 'gzip identity'],
    ['*;q=0', 'identity'],
    ['identity, gzip;q=0.5', 'identity gzip'],
    ['identity;q=0.5, gzip;q=0.5', 'gzip identity'],
    [' GZIP ; Q=0.2 , BR ; q=0.1', 'gzip br identity'],
    ['br;q=high, gzip;q=2, *;q=-1', 'identity'],
    [',,;q=1,', 'identity'],
    ['deflate', 'identity'],
  ])('%j means %s', (header, encodings) => {
    expect(acceptedEncodings(header).join(' ')).toBe(encodings)
  })

  it('are told from a header of any length in no time', () => {
    const started = performance.now()
    acceptedEncodings('gzip;q=0.1,'.repeat(1400))
    expect(performance.now() - started).toBeLessThan(200)
  })
})
