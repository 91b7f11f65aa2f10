import { describe, expect, it } from 'vitest'
import { readLines } from '../../src/main/subscribers/lines.ts'
import { readRows } from '../../src/main/subscribers/rows.ts'

async function* chunked(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** One line a row: `2: a | b`, or `2! what is wrong`. */
async function rows(content: string | Uint8Array, size = 65_536): Promise<string[]> {
  const found = []
  for await (const block of readRows(chunked(content, size)))
    for (const row of block)
      found.push('cells' in row ? `${row.line}: ${row.cells.join(' | ')}` : `${row.line}! ${row.problem}`)
  return found
}

const OPEN = 'a quotation mark is opened and not closed'
const STRAY = 'a quotation mark stands where none may be'

describe('rows of a table', () => {
  const odd = [
    'email,consent\r\n',
    'a@x,"agreed\r\non paper, twice"\r\n',
    '\r\n',
    'b@x,"open\r\n',
    'c@x,fine\r\n',
    'd@x,"said ""yes"""\r\n',
    'e@x,5" wide\n',
    'f@x,"good"q\r',
    ' g@x , "spaced" \r\n',
    'last@x',
  ].join('')
  const read = [
    '1: email | consent',
    '2: a@x | agreed\non paper, twice',
    `5! ${OPEN}`,
    '6: c@x | fine',
    '7: d@x | said "yes"',
    `8! ${OPEN}`,
    `9! ${STRAY}`,
    '10: g@x | spaced',
    '11: last@x',
  ]

  it.each([1, 2, 7, 64, 65_536])('are the same however the file comes in, here %i bytes at a time', async (size) => {
    expect(await rows(odd, size)).toEqual(read)
  })

  it('loses one line to a quotation mark that is left open, not the file', async () => {
    const lines = Array.from({ length: 200 }, (_, at) => `r${at}@x,c`)
    const found = await rows(['a@x,"open', ...lines].join('\n'))
    expect([found.length, found[0], found[1], found[200]]).toEqual([
      201,
      `1! ${OPEN}`,
      '2: r0@x | c',
      '201: r199@x | c',
    ])
  })

  it('tells which line is wrong when marks pair up across lines', async () => {
    expect(await rows('a@x,5" wide\nb@x,fine\nc@x,7" wide\nd@x,fine\n')).toEqual([
      `1! ${OPEN}`,
      '2: b@x | fine',
      `3! ${OPEN}`,
      '4: d@x | fine',
    ])
  })

  it.each([
    [';', 'e;c\na;"x;y,z"'],
    ['a tab', 'e\tc\na\t"x;y,z"'],
    [',', 'e,c\na,"x;y,z"'],
  ])('are separated by %s when the first line is', async (_, table) => {
    expect(await rows(table)).toEqual(['1: e | c', '2: a | x;y,z'])
  })

  it('does not take what stands in quotation marks for a separator', async () => {
    expect(await rows('"e;f;g",c\na,b')).toEqual(['1: e;f;g | c', '2: a | b'])
  })

  it('keeps empty cells where they are, also between tabs', async () => {
    expect(await rows('a\tb\tc\td\n\t\tx\t\n')).toEqual(['1: a | b | c | d', '2:  |  | x | '])
  })

  it.each(['utf-8', 'utf-16le'] as const)('reads %s with a byte order mark, a byte at a time', async (encoding) => {
    expect(await rows(Buffer.from('\uFEFFe\nå@ü\n', encoding), 1)).toEqual(['1: e', '2: å@ü'])
  })

  it('reads UTF-16 also the other way round', async () => {
    expect(await rows(Buffer.from('\uFEFFe\nå@ü\n', 'utf16le').swap16(), 3)).toEqual(['1: e', '2: å@ü'])
  })

  it('marks what is not UTF-8 and goes on', async () => {
    expect(await rows(Buffer.from('e\né@x\nb@x', 'latin1'))).toEqual(['1: e', '2: \uFFFD@x', '3: b@x'])
  })

  it('has none where there is nothing', async () => {
    expect(await rows('')).toEqual([])
    expect(await rows('\uFEFF')).toEqual([])
    expect(await rows('\r\n \n\t\n')).toEqual([])
    expect(await rows('a')).toEqual(['1: a'])
  })
})

describe('a line without an end', () => {
  it('is cut and told, and the next one is read', async () => {
    const table = `e,c\n${'x'.repeat(200_000)}\nb@x,c\n"${'y'.repeat(200_000)}`
    for (const size of [1000, 65_536, 1_000_000]) {
      const found = await rows(table, size)
      expect(found).toEqual([
        '1: e | c',
        expect.stringMatching(/^2! .*too long/),
        '3: b@x | c',
        expect.stringMatching(/^4! .*too long/),
      ])
    }
  })

  it('is never held', async () => {
    const longest = { held: 0 }
    for await (const lines of readLines(chunked('x'.repeat(5_000_000), 10_000)))
      longest.held = Math.max(longest.held, ...lines.map(({ text }) => text.length))
    expect(longest.held).toBe(0)
  })

  it('keeps count of lines when it is cut between CR and LF', async () => {
    const found: number[] = []
    for await (const lines of readLines(chunked(`${'x'.repeat(69_999)}\r\nb\n`, 70_000)))
      found.push(...lines.map(({ number }) => number))
    expect(found).toEqual([1, 2])
  })
})
