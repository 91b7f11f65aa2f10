import { existsSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { subscribersCommand } from '../../src/main/subscribers.ts'
import { NOW, openOffice, readers, type Office } from './subscribers-fixture.ts'

let office: Office
beforeEach(() => {
  office = openOffice()
})
afterEach(() => office.discard())

const ADA = 'ada@reader.example'
const add = (...more: string[]): ReturnType<Office['subscribers']> => office.subscribers(['add', ADA, ...more])

describe('adding a reader', () => {
  it('puts them and their consent on record', async () => {
    expect(await add('--consent', 'asked by mail')).toEqual({
      code: 0,
      out: 'a…@reader.example is subscribed, from the next edition on.\n',
      err: '',
    })
    expect(await readers(office)).toEqual({
      [ADA]: {
        state: 'active',
        consent: 'asked by mail',
        consentAt: NOW,
        reason: 'added by an editor',
        changedAt: NOW,
      },
    })
  })

  it('leaves who is subscribed as they are', async () => {
    await add('--consent', 'first')
    expect(await add('--consent', 'second')).toMatchObject({ code: 0, out: expect.stringContaining('already') })
    expect(await readers(office)).toMatchObject({ [ADA]: { consent: 'first' } })
  })

  it('brings back who left only when they agreed anew', async () => {
    await add('--consent', 'first')
    await office.subscribers(['remove', ADA])
    const { code, out, err } = await add('--consent', 'second')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /^groundwire: a…@reader\.example was not added: this reader has unsubscribed\. Only when .* --data .* --again --consent "how they asked"\.\n$/,
    )
    expect(await readers(office)).toMatchObject({ [ADA]: { state: 'unsubscribed', consent: 'first' } })
    expect(await add('--consent', 'second', '--again')).toMatchObject({ code: 0 })
    expect(await readers(office)).toMatchObject({ [ADA]: { state: 'active', consent: 'second', consentAt: NOW } })
  })

  it('writes to nobody on the suppression list until they agreed anew, also when they were never subscribed', async () => {
    await office.subscribers(['add', 'bob@reader.example', '--consent', 'first'])
    await office.withStore((store) => store.suppress(ADA, 'hard-bounce', 'no such mailbox', new Date(NOW)))
    const { code, err } = await add('--consent', 'second')
    expect(code).toBe(1)
    expect(err).toContain('a…@reader.example was not added: mail to it came back for good')
    expect(await readers(office)).not.toHaveProperty([ADA])
    expect(await add('--consent', 'second', '--again')).toMatchObject({ code: 0 })
    expect((await readers(office))[ADA]).toMatchObject({ state: 'active', consent: 'second' })
    expect((await readers(office))[ADA]).not.toHaveProperty('suppressed')
  })

  it('confirms who has not confirmed only by a consent of their own', async () => {
    await office.subscribers(['import', office.file(`email,state\n${ADA},unconfirmed\n`), '--consent', 'c'])
    expect(await add('--consent', 'd')).toMatchObject({ code: 1, err: expect.stringContaining('not confirmed yet') })
    expect(await add('--consent', 'd', '--again')).toMatchObject({ code: 0 })
    expect(await readers(office)).toMatchObject({ [ADA]: { state: 'active', consent: 'd' } })
  })

  it('takes only a schedule there is', async () => {
    await expect(add('--consent', 'c', '--frequency', 'hourly')).rejects.toThrow(
      '--frequency: there is no schedule “hourly” to ask for; there is daily.',
    )
    expect(await add('--consent', 'c', '--frequency', 'daily')).toMatchObject({ code: 0 })
  })

  it('does not pretend to change what a known reader asked for', async () => {
    await add('--consent', 'c')
    await office.withStore((store) =>
      store.addSubscribers([
        { id: 'w', address: 'eve@reader.example', state: 'active', consent: 'c', frequency: 'weekly' },
      ]),
    )
    await expect(
      office.subscribers(['add', 'eve@reader.example', '--consent', 'c', '--again', '--frequency', 'daily']),
    ).rejects.toThrow('this one is known and asked for weekly')
  })

  it('says what became of it to a program, refused or not', async () => {
    await add('--consent', 'c')
    await office.subscribers(['remove', ADA])
    const { code, out, err } = await add('--consent', 'd', '--json')
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(JSON.parse(out)).toEqual({
      address: 'a…@reader.example',
      result: 'unsubscribed',
      message: expect.stringContaining('was not added'),
      exitCode: 1,
    })
  })
})

describe('removing a reader', () => {
  it('unsubscribes them, whatever the case, and keeps the consent', async () => {
    await add('--consent', 'asked by mail')
    const { code, out } = await office.subscribers(['remove', 'ADA@reader.example', '--reason', 'asked by phone'])
    expect(code).toBe(0)
    expect(out).toMatch(/^A…@reader\.example is unsubscribed.*The consent stays on record\.\n$/)
    expect(await readers(office)).toMatchObject({
      [ADA]: { state: 'unsubscribed', consent: 'asked by mail', reason: 'asked by phone', changedAt: NOW },
    })
    expect((await office.subscribers(['remove', ADA])).out).toContain('had unsubscribed before')
    expect(await readers(office)).toMatchObject({ [ADA]: { reason: 'asked by phone' } })
  })

  it('says when there is nobody to remove, and makes no store for it', async () => {
    expect(await office.subscribers(['remove', ADA])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nobody is subscribed as a…@reader.example.'),
    })
    expect(existsSync(office.data)).toBe(false)
  })
})

describe('listing and exporting', () => {
  const table = [
    'address,state,suppressed,frequency,consent,consent_at,reason,changed_at',
    'ada@reader.example,active,,daily,"form, ""yes""\nand on paper",2026-05-01T00:00:00.000Z,imported,2026-06-01T00:00:00.000Z',
    "'=cmd@reader.example,active,,daily,'=HYPERLINK(A1),,imported,2026-06-01T00:00:00.000Z",
    "'+bob@reader.example,unsubscribed,,daily,'-1,,left,2026-06-02T00:00:00.000Z",
    'eve@reader.example,active,complaint,daily,fair,2026-05-01T00:00:00.000Z,imported,2026-06-01T00:00:00.000Z',
    'uma@reader.example,unconfirmed,,daily,fair,,imported,2026-06-01T00:00:00.000Z',
  ]

  let imported = ''
  beforeEach(async () => {
    imported = (await office.subscribers(['import', office.file(table.join('\n'))])).out
  })

  it('tells apart who comes in and who is only kept on record', () => {
    expect(imported).toBe('3 added · 2 kept as left or suppressed\n')
  })

  it('writes the same table that was read, whole addresses and all, one line a reader', async () => {
    const { code, out } = await office.subscribers(['export'])
    expect(code).toBe(0)
    expect(out.startsWith(`${table[0]}\n`)).toBe(true)
    expect(rowsOf(out)).toEqual(rowsOf(table.join('\n').replace('\nand', ' and')))
    expect(out.trimEnd().split('\n')).toHaveLength(table.length)
  })

  it('is read back to the same readers in another store', async () => {
    const { out } = await office.subscribers(['export'])
    const other = openOffice()
    try {
      expect((await other.subscribers(['import', '-'], out)).code).toBe(0)
      const { 'ada@reader.example': ada, ...others } = await readers(office)
      expect(await readers(other)).toEqual({
        ...others,
        'ada@reader.example': { ...ada, consent: 'form, "yes" and on paper' },
      })
      const again = await other.subscribers(['import', '-'], out)
      expect(again).toMatchObject({ code: 0, out: '0 added · 5 known already\n' })
    } finally {
      other.discard()
    }
  })

  it('brings back also an address that really begins with an apostrophe and a sign', async () => {
    const address = `'+amy@reader.example`
    await office.subscribers(['add', address, '--consent', `'=form; =1`])
    const { out } = await office.subscribers(['export'])
    const other = openOffice()
    try {
      await other.subscribers(['import', '-'], out)
      expect((await readers(other))[address]).toMatchObject({ consent: `'=form; =1` })
    } finally {
      other.discard()
    }
  })

  it('lists a reason on one line and without addresses, whatever a file has there', async () => {
    const reason = 'moved to ada@new.example\n  0000000000  active        2026-06-01  x…@forged.example'
    await office.subscribers(
      ['import', '-'],
      `email,state,consent,reason\nzoe@reader.example,unsubscribed,c,"${reason}"\n`,
    )
    const shown = 'moved to a…@new.example 0000000000 active 2026-06-01 x…@forged.example'
    const { out } = await office.subscribers(['list'])
    expect(out).toContain(`  z…@reader.example  ${shown}\n`)
    expect(out.trimEnd().split('\n')).toHaveLength(1 + 6)
    const { out: json } = await office.subscribers(['list', '--json'])
    expect(JSON.parse(json)).toMatchObject({
      subscribers: expect.arrayContaining([expect.objectContaining({ reason: shown })]),
    })
  })

  it.each([
    ['active', ['=cmd', 'ada']],
    ['unconfirmed', ['uma']],
    ['unsubscribed', ['+bob']],
    ['suppressed', ['eve']],
  ])('is narrowed to who is %s', async (state, names) => {
    const { out } = await office.subscribers(['export', '--state', state, '--json'])
    const found: { readonly subscribers: readonly { readonly address: string }[] } = JSON.parse(out)
    expect(new Set(found.subscribers.map(({ address }) => address.split('@')[0]))).toEqual(new Set(names))
    expect((await office.subscribers(['list', '--state', state])).out.trimEnd().split('\n')).toHaveLength(
      1 + names.length,
    )
  })

  it('lists totals and readers, masked', async () => {
    const { code, out } = await office.subscribers(['list'])
    const [totals, ...lines] = out.trimEnd().split('\n')
    expect({ code, totals }).toEqual({ code: 0, totals: '2 active · 1 unconfirmed · 1 unsubscribed · 1 suppressed' })
    expect(lines).toHaveLength(5)
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^ {2}[0-9a-f]{20} {2}suppressed {4}2026-06-01 {2}e…@reader\.example {2}complaint {2}imported$/,
      ),
    )
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {2}[0-9a-f]{20} {2}unsubscribed {2}2026-06-02 {2}\+…@reader\.example {2}left$/),
    )
    expect(out).not.toContain('eve')
  })

  it('lists the same for a program', async () => {
    const { out } = await office.subscribers(['list', '--json', '--state', 'suppressed'])
    expect(JSON.parse(out)).toEqual({
      counts: { active: 2, unconfirmed: 1, unsubscribed: 1, suppressed: 1 },
      subscribers: [
        {
          id: expect.stringMatching(/^[0-9a-f]{20}$/),
          address: 'e…@reader.example',
          state: 'active',
          suppressed: 'complaint',
          frequency: 'daily',
          since: '2026-06-01T00:00:00.000Z',
          reason: 'imported',
        },
      ],
    })
  })

  it('waits for whoever reads before it writes on', async () => {
    const many = Array.from({ length: 1300 }, (_, at) => `reader-${at}@reader.example`)
    await office.subscribers(['import', '-', '--consent', 'c'], many.join('\n'))
    let open = 0
    let most = 0
    let lines = 0
    const terminal = {
      environment: {},
      folder: office.data,
      isTerminal: false,
      out: () => expect.unreachable(),
      err: () => expect.unreachable(),
      async write(text: string) {
        most = Math.max(most, ++open)
        await new Promise<void>((resolve) => setImmediate(resolve))
        open -= 1
        lines += text.split('\n').length - 1
      },
    }
    const words = { config: undefined, data: office.data, source: undefined, json: false, state: undefined } as const
    await subscribersCommand(
      { ...words, kind: 'subscribers', action: 'export' },
      terminal,
      new AbortController().signal,
    )
    expect({ most, lines }).toEqual({ most: 1, lines: 1 + 1300 + 5 })
  })
})

describe('looking where nothing is yet', () => {
  it('says so and makes nothing', async () => {
    expect((await office.subscribers(['list'])).out).toContain('No readers yet. Begin with groundwire subscribers add')
    expect(JSON.parse((await office.subscribers(['list', '--json'])).out)).toMatchObject({ subscribers: [] })
    expect((await office.subscribers(['export'])).out).toMatch(/^address,state,.*,changed_at\n$/)
    expect(existsSync(office.data)).toBe(false)
  })
})

function rowsOf(table: string): string[] {
  return parse(table)
    .map((cells) => cells.join(' | '))
    .toSorted()
}
