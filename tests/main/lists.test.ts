import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { writeJsonList, writeTable } from '../../src/main/lists.ts'
import { testTerminal } from './editor.ts'

async function* numbers(count: number, failure?: string): AsyncGenerator<number> {
  for (let at = 0; at < count; at++) yield at
  if (failure !== undefined) throw new Error(failure)
}
const asJson = (at: number): object => ({ at })

describe('a list as one object', () => {
  it.each([0, 1, 500, 1201])('is well formed with %i entries', async (count) => {
    const terminal = testTerminal('/')
    expect(await writeJsonList(terminal, { a: 1 }, 'list', numbers(count), asJson)).toBe(0)
    expect(JSON.parse(terminal.written.join(''))).toMatchObject({ a: 1, list: { length: count } })
  })

  it('that cannot be read at all is not begun', async () => {
    const terminal = testTerminal('/')
    await expect(writeJsonList(terminal, {}, 'list', numbers(9, 'disk gone'), asJson)).rejects.toThrow('disk gone')
    expect(terminal.written).toEqual([])
  })

  it('that breaks off ends with why, and with 1', async () => {
    const terminal = testTerminal('/')
    expect(await writeJsonList(terminal, {}, 'list', numbers(500, 'disk gone'), asJson)).toBe(1)
    expect(JSON.parse(terminal.written.join(''))).toMatchObject({
      list: { length: 500 },
      error: 'disk gone',
      exitCode: 1,
    })
    expect(terminal.said).toEqual(['groundwire: disk gone\n'])
  })

  it('is given up quietly when nobody reads it any more', async () => {
    const closed = Object.assign(new Error('closed'), { code: 'EPIPE' })
    const terminal = { ...testTerminal('/'), write: () => Promise.reject(closed) }
    await expect(writeJsonList(terminal, {}, 'list', numbers(1), asJson)).rejects.toBe(closed)
    expect(terminal.said).toEqual([])
  })
})

describe('a table', () => {
  it('has every cell in quotation marks, so that no separator of a spreadsheet parts it', async () => {
    const terminal = testTerminal('/')
    const asRow = (at: number) => ({ text: 'a;b\nc "d"\te', none: '', at })
    await writeTable(terminal, ['text', 'none', 'at'], numbers(2), asRow)
    expect(terminal.written.join('')).toBe('text,none,at\n"a;b c ""d"" e","","0"\n"a;b c ""d"" e","","1"\n')
  })

  it('has no formula in any cell, parted by commas or by semicolons', async () => {
    const terminal = testTerminal('/')
    const hostile = ['=1', 'x;=1', 'x;"=1', 'x\n=1', ' =1', '＝1', 'x";=1;"']
    await writeTable(terminal, ['text', 'more'], numbers(hostile.length), (at) => ({
      text: hostile[at] ?? '',
      more: hostile[at] ?? '',
    }))
    for (const delimiter of [',', ';']) {
      const rows: string[][] = parse(terminal.written.join(''), {
        delimiter,
        relax_quotes: true,
        relax_column_count: true,
        ...(delimiter === ';' && { quote: false }),
      })
      const cells = rows.flat().map((cell) => cell.replaceAll('"', '').trim())
      expect(cells.filter((cell) => /^[=＝]/.test(cell))).toEqual([])
    }
  })
})
