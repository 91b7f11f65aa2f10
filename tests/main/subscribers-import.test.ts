import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseCommand } from '../../src/cli.ts'
import { importReaders } from '../../src/main/subscribers/import.ts'
import { testStore } from '../fixtures/store.ts'
import { testTerminal } from './editor.ts'
import { NOW, openOffice, readers, type Office } from './subscribers-fixture.ts'

let office: Office
beforeEach(() => {
  office = openOffice()
})
afterEach(() => office.discard())

async function imported(content: string | Uint8Array, ...more: string[]): ReturnType<Office['subscribers']> {
  return office.subscribers(['import', office.file(content), ...more])
}

const imports = { reason: 'imported', changedAt: NOW }

describe('importing readers', () => {
  it('takes addresses, consents and their dates from a table with any columns', async () => {
    const table = `\uFEFFName;E-Mail;Consent;Consented at\r\n"Lovelace; Ada";ada@reader.example;"form, ""yes""";2026-05-01\r\n;grace@reader.example;;2026-05-01 09:30:00+02:00\r\n`
    expect(await imported(table, '--consent', 'asked at the fair')).toEqual({ code: 0, out: '2 added\n', err: '' })
    expect(await readers(office)).toEqual({
      'ada@reader.example': {
        state: 'active',
        consent: 'form, "yes"',
        consentAt: '2026-05-01T00:00:00.000Z',
        ...imports,
      },
      'grace@reader.example': {
        state: 'active',
        consent: 'asked at the fair',
        consentAt: '2026-05-01T07:30:00.000Z',
        ...imports,
      },
    })
  })

  it('takes one address a line without a header, also from standard input', async () => {
    const { code, out } = await office.subscribers(
      ['import', '-', '--consent', 'c'],
      'ada@reader.example\n\n grace+news@bücher.example \n',
    )
    expect({ code, out }).toEqual({ code: 0, out: '2 added\n' })
    expect(Object.keys(await readers(office))).toEqual(['ada@reader.example', 'grace+news@xn--bcher-kva.example'])
    expect((await readers(office))['ada@reader.example']).toEqual({ state: 'active', consent: 'c', ...imports })
  })

  it.each(['email', 'E-Mail', 'Address', 'mail', 'Email Address', '"email"', ' EMAIL '])(
    'knows the column %s',
    async (name) => {
      expect((await imported(`${name},note\nada@reader.example,x\n`, '--consent', 'c')).out).toBe('1 added\n')
    },
  )

  it('takes a column of mail addresses before one of postal addresses', async () => {
    await imported('Address,Email\n1 Pier Road,ada@reader.example\n', '--consent', 'c')
    expect(Object.keys(await readers(office))).toEqual(['ada@reader.example'])
  })

  it('tells every bad line by its number, masked, and takes the good ones', async () => {
    const lines = [
      'email,consent,date,frequency,state',
      'ada@reader.example,form,,,',
      'bob@@reader.example,form,,,',
      'Bob <bob@reader.example>,form,,,',
      'bob at reader.example,form,,,',
      'bob@reader.example bob@other.example,form,,,',
      ',form,,,',
      `${'b'.repeat(250)}@reader.example,form,,,`,
      'bob@reader.example,,,,',
      'bob@reader.example,form,2026-02-30,,',
      'bob@reader.example,form,06/07/2026,,',
      'bob@reader.example,form,,hourly,',
      'bob@reader.example,form,,,subscribed',
      'bob@reader.example,form,,,,,x',
      'bob@reader.example,form,bob@other.example,,',
      ',,,,',
      'grace@reader.example,form,,daily,active',
    ]
    const { code, out } = await imported(lines.join('\n'))
    expect(code).toBe(1)
    expect(out).not.toContain('bob')
    expect(out.split('\n')).toEqual([
      'line 3: “b…@reader.example” is not an address: it has more than one @',
      'line 4: “B…@reader.example>” is not an address: leave out the name and the angle brackets',
      'line 5: “…” is not an address: there is a space in it',
      'line 6: “b…@other.example” is not an address: there is a space in it',
      'line 7: the address is missing',
      'line 8: “b…@reader.example” is not an address: it is longer than 254 characters',
      'line 9: nothing says how they agreed; fill in the column consent, or use --consent TEXT',
      'line 10: “2026-02-30” is not a date; write it as 2026-06-29 or 2026-06-29T07:00:00Z',
      'line 11: “06/07/2026” is not a date; write it as 2026-06-29 or 2026-06-29T07:00:00Z',
      'line 12: there is no schedule “hourly” to ask for; there is daily',
      'line 13: “subscribed” in the column state is none of active, unconfirmed, unsubscribed',
      'line 14: it has 7 cells, but the first line 5; a cell with a separator in it needs quotation marks',
      'line 15: “b…@other.example” is not a date; write it as 2026-06-29 or 2026-06-29T07:00:00Z',
      '2 added · 13 invalid',
      'Mend the invalid lines and import the file again: who is in already stays as they are.',
      '',
    ])
    expect(Object.keys(await readers(office))).toEqual(['ada@reader.example', 'grace@reader.example'])
  })

  it('repeats no address that stands in the wrong column, in whatever spelling, and no line break', async () => {
    const lines = [
      'email,consent,date,frequency,state',
      'ada@reader.example,form,,bob@other.example,',
      'ada@reader.example,form,,bob%40other.example,',
      'ada@reader.example,form,,,bob＠other.example',
      'ada@reader.example,form,"1\nline 9: forged",,',
    ]
    const { out } = await imported(lines.join('\n'))
    expect(out).not.toContain('bob')
    expect(out.split('\n').slice(0, 4)).toEqual([
      'line 2: there is no schedule “b…@other.example” to ask for; there is daily',
      'line 3: there is no schedule “…” to ask for; there is daily',
      'line 4: “…” in the column state is none of active, unconfirmed, unsubscribed',
      'line 5: “1 line 9: forged” is not a date; write it as 2026-06-29 or 2026-06-29T07:00:00Z',
    ])
  })

  it('asks for UTF-8 where an address or a consent is something else, and only there', async () => {
    const table = Buffer.from(
      'name,email,consent\nRené,ada@reader.example,form\n,ren\xe9@reader.example,form\n,eve@reader.example,d\xe9j\xe0\n',
      'latin1',
    )
    const { code, out } = await imported(table)
    expect(code).toBe(1)
    expect(out).toContain('line 3: “r…@reader.example” is not an address: it is not in UTF-8; save the file as UTF-8\n')
    expect(out).toContain('line 4: it is not in UTF-8; save the file as UTF-8\n')
    expect(Object.keys(await readers(office))).toEqual(['ada@reader.example'])
  })

  it('counts one address once, whatever its case', async () => {
    const { code, out } = await imported(
      'ada@reader.example\nbob@reader.example\nADA@Reader.example\n',
      '--consent',
      'c',
    )
    expect(code).toBe(0)
    expect(out).toBe('line 3: A…@Reader.example is on line 1 already\n2 added · 1 twice in the file\n')
  })

  it('finds the same address again thousands of lines later', async () => {
    const many = Array.from({ length: 5000 }, (_, at) => `reader-${at}@reader.example`)
    const { out } = await imported([...many, many[3]].join('\n'), '--consent', 'c')
    expect(out).toBe('line 5001: r…@reader.example is on line 4 already\n5,000 added · 1 twice in the file\n')
    expect(await office.withStore((store) => store.countSubscribers())).toMatchObject({ active: 5000 })
  })
})

describe('importing who is known already', () => {
  const list =
    'email\nada@reader.example\nbob@reader.example\neve@reader.example\nnew@reader.example\nbad@reader.example\n'

  beforeEach(async () => {
    await office.subscribers(['add', 'ada@reader.example', '--consent', 'first'])
    await office.subscribers(['add', 'bob@reader.example', '--consent', 'first'])
    await office.subscribers(['add', 'eve@reader.example', '--consent', 'first'])
    await office.subscribers(['remove', 'bob@reader.example'])
    await office.withStore(async (store) => {
      await store.suppress('eve@reader.example', 'complaint', 'told by the provider', new Date(NOW))
      await store.suppress('bad@reader.example', 'hard-bounce', 'no such mailbox', new Date(NOW))
    })
  })

  it('brings nobody back who left or must not be written to, and says so', async () => {
    const before = await readers(office)
    const { code, out } = await imported(list, '--consent', 'second')
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      'line 3: b…@reader.example has unsubscribed; not added again',
      'line 4: e…@reader.example is on the suppression list, because its reader called the mail spam; kept out',
      'line 6: b…@reader.example is on the suppression list, because mail to it came back for good; kept out',
      '1 added · 1 known already · 1 unsubscribed earlier · 2 suppressed',
      expect.stringMatching(
        /^Whoever left or is suppressed stays out\. .*subscribers add ADDRESS --data .* --again --consent/,
      ),
      '',
    ])
    const { 'new@reader.example': added, ...others } = await readers(office)
    expect(added).toMatchObject({ state: 'active', consent: 'second' })
    expect(others).toEqual(before)
  })

  it('changes nothing the second time', async () => {
    await imported(list, '--consent', 'second')
    const before = await readers(office)
    expect((await imported(list, '--consent', 'third')).out).toContain('0 added · 2 known already')
    expect(await readers(office)).toEqual(before)
  })

  it('says when a file has somebody as gone who gets mail here', async () => {
    const { code, out } = await imported('email,state\nada@reader.example,unsubscribed\n', '--consent', 'c')
    expect(code).toBe(0)
    expect(out).toContain('line 2: a…@reader.example gets mail, though the file says they left or are suppressed')
  })

  it('says in a dry run what would become of each line, and writes nothing', async () => {
    const before = await readers(office)
    const dry = await imported(`${list}x@@y.example\n`, '--consent', 'second', '--dry-run')
    expect(await readers(office)).toEqual(before)
    const wet = await imported(`${list}x@@y.example\n`, '--consent', 'second')
    expect(dry.code).toBe(1)
    expect(dry.out).toContain('Dry run: nothing was written.\n1 to be added · 1 known already · 1 unsubscribed earlier')
    expect(dry.out.replace('Dry run: nothing was written.\n', '').replace('to be added', 'added')).toBe(wet.out)
  })

  it('says the same to a program, in one object', async () => {
    const { out } = await imported(`${list}x@@y.example\n`, '--consent', 'second', '--json')
    expect(out.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(out)).toEqual({
      dryRun: false,
      lines: [
        { line: 3, outcome: 'unsubscribed', address: 'b…@reader.example', message: expect.any(String) },
        { line: 4, outcome: 'suppressed', address: 'e…@reader.example', message: expect.any(String) },
        { line: 6, outcome: 'suppressed', address: 'b…@reader.example', message: expect.any(String) },
        { line: 7, outcome: 'invalid', address: 'x…@y.example', message: expect.any(String) },
      ],
      added: 1,
      recorded: 0,
      known: 1,
      unsubscribed: 1,
      suppressed: 2,
      repeated: 0,
      invalid: 1,
      exitCode: 1,
    })
    expect(JSON.parse((await imported('ada@reader.example', '--consent', 'c', '--json')).out)).toMatchObject({
      lines: [],
      known: 1,
      exitCode: 0,
    })
  })
})

describe('an import that cannot go on', () => {
  async function broken(
    begun: string,
  ): Promise<{ readonly ended: unknown; readonly out: string; readonly err: string }> {
    const terminal = testTerminal('/')
    const parsed = parseCommand(['subscribers', 'import', '-', '--consent', 'c', '--json'])
    if (parsed.kind !== 'command' || parsed.command.kind !== 'subscribers' || parsed.command.action !== 'import')
      throw new Error(JSON.stringify(parsed))
    const { command } = parsed
    async function* input(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(begun)
      throw new Error('disk gone')
    }
    const work = { input: input(), terminal, signal: new AbortController().signal, now: new Date(NOW), callOptions: '' }
    const store = await testStore()
    const ended = await importReaders(command, { ...work, store }).catch((error: unknown) => error)
    await store.close()
    return { ended, out: terminal.written.join(''), err: terminal.said.join('') }
  }

  it('ends the object that it began with why, and what was taken in', async () => {
    const { ended, out, err } = await broken('email\nada@reader.example\nx@@y.example\n')
    expect(JSON.parse(out)).toMatchObject({
      lines: [{ line: 3, outcome: 'invalid' }],
      added: 1,
      invalid: 1,
      error: 'disk gone',
      exitCode: 1,
    })
    expect({ ended, err }).toEqual({ ended: 1, err: 'groundwire: disk gone\n' })
  })

  it('writes nothing when it had not begun one', async () => {
    expect(await broken('email\nada@reader.example\n')).toEqual({ ended: new Error('disk gone'), out: '', err: '' })
  })
})

describe('a file that cannot be imported', () => {
  it('leaves nothing behind by a dry run', async () => {
    await imported('ada@reader.example', '--consent', 'c', '--dry-run')
    expect(existsSync(office.data)).toBe(false)
  })

  it('is refused when nobody says how its readers agreed', async () => {
    const refusal = /nothing says how these readers agreed; say it with --consent TEXT/
    await expect(imported('email\nada@reader.example')).rejects.toThrow(refusal)
    await expect(imported('ada@reader.example')).rejects.toThrow(refusal)
  })

  it.each(['name,phone\nAda,1', 'Ada', 'ada@reader.example,Ada', 'PK\u0003\u0004\u0000\u0000'])(
    'is refused when it names no column of addresses: %j',
    async (content) => {
      const refused = imported(content, '--consent', 'c')
      await expect(refused).rejects.toThrow('the first line of the file names no column of addresses; name one email')
      await expect(refused).rejects.toMatchObject({ name: 'UsageError', message: expect.not.stringContaining('Ada') })
    },
  )

  it('is refused when it is empty, missing or a folder', async () => {
    await expect(imported('\n\n', '--consent', 'c')).rejects.toThrow('the file is empty.')
    await expect(imported('email,"open\n', '--consent', 'c')).rejects.toThrow(
      /first line .* cannot be read: a quotation mark/,
    )
    await expect(office.subscribers(['import', 'none.csv', '--consent', 'c'])).rejects.toThrow(
      /there is no file .*none\.csv\./,
    )
    await expect(office.subscribers(['import', '.', '--consent', 'c'])).rejects.toThrow(/is a folder; name a file\./)
    await expect(office.subscribers(['import', 'none.csv', '--consent', 'c'])).rejects.toMatchObject({
      name: 'UsageError',
    })
  })
})
