import { describe, expect, it } from 'vitest'
import { plainCell, safeCell } from '../../src/main/cells.ts'

describe('a cell for a spreadsheet', () => {
  it.each([
    ['=1', `'=1`],
    ['+1', `'+1`],
    ['-1', `'-1`],
    ['@SUM(1)', `'@SUM(1)`],
    ['＝1', `'＝1`],
    ['＋1', `'＋1`],
    ['－1', `'－1`],
    ['＠SUM(1)', `'＠SUM(1)`],
    ['﹦1', `'﹦1`],
    [' \u00A0=1', `' \u00A0=1`],
    ['\uFEFF\u200B=1', `'\uFEFF\u200B=1`],
    [`'=1`, `''=1`],
    ['"=1', `'"=1`],
    ['a;=1', `a;'=1`],
    ['a;b; "=1;;-2', `a;b;' "=1;;'-2`],
  ])('that would be a formula begins with an apostrophe: %j', (text, cell) => {
    expect(safeCell(text)).toBe(cell)
    expect(plainCell(cell)).toBe(text)
  })

  it.each(['', 'a=1', 'a, =1', `'tis fair`, 'a;b', 'a; b-c', 'ada+news@reader.example', `';'`])(
    'that would not is left as it is: %j',
    (text) => {
      expect(safeCell(text)).toBe(text)
      expect(plainCell(text)).toBe(text)
    },
  )

  it.each([
    ['a\r\nb\nc\u2028d\u0085e', 'a b c d e'],
    ['\n=1', `' =1`],
    ['\t=1', `' =1`],
    ['\u0000\u001B=1', `'=1`],
  ])('has one line and no control characters: %j', (text, cell) => {
    expect(safeCell(text)).toBe(cell)
  })

  it('comes back as it was, whatever it is made of', () => {
    const signs = ["'", ';', '=', '-', ' ', '"', 'a', '＝']
    const texts = signs.flatMap((a) => signs.flatMap((b) => signs.flatMap((c) => signs.map((d) => a + b + c + d))))
    expect(texts.filter((text) => plainCell(safeCell(text)) !== text)).toEqual([])
  })
})
