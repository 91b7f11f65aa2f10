import { describe, expect, it } from 'vitest'
import { grammars } from '../src/cli/grammar.ts'
import { helpText, parseCommand, type Command } from '../src/cli.ts'

const common = { config: undefined, data: undefined, source: undefined, json: false }

function command(words: string): Command {
  const parsed = parseCommand(words.split(' '))
  if (parsed.kind !== 'command') throw new Error(`${words}: ${JSON.stringify(parsed)}`)
  return parsed.command
}

function complaint(...argv: string[]): string {
  const parsed = parseCommand(argv)
  if (parsed.kind !== 'usage') throw new Error(`${argv.join(' ')}: ${JSON.stringify(parsed)}`)
  return parsed.message
}

describe('a command with its options', () => {
  it('run, without any', () => {
    expect(command('run')).toEqual({
      ...common,
      kind: 'run',
      date: undefined,
      channels: undefined,
      approve: false,
      now: false,
      dryRun: false,
    })
  })

  it('run, with all of them, in any order and with = or a space', () => {
    expect(
      command(
        '--json run --date=2026-06-29 --channels email,feeds --approve --now --dry-run --source a.txt --data d --config c.ts',
      ),
    ).toEqual({
      config: 'c.ts',
      data: 'd',
      source: 'a.txt',
      json: true,
      kind: 'run',
      date: '2026-06-29',
      channels: ['email', 'feeds'],
      approve: true,
      now: true,
      dryRun: true,
    })
  })

  it('start, preview, status and migrate', () => {
    expect(command('start --port 0')).toEqual({ ...common, kind: 'start', port: 0 })
    expect(command('start')).toEqual({ ...common, kind: 'start', port: undefined })
    expect(command('preview --date 2028-02-29 --port 65535')).toEqual({
      ...common,
      kind: 'preview',
      date: '2028-02-29',
      port: 65535,
    })
    expect(command('status')).toEqual({ ...common, kind: 'status', edition: undefined, failed: false, csv: false })
    expect(command('status daily/2026-06-29 --failed --csv')).toEqual({
      ...common,
      kind: 'status',
      edition: 'daily/2026-06-29',
      failed: true,
      csv: true,
    })
    expect(command('migrate --data d')).toEqual({ ...common, data: 'd', kind: 'migrate' })
  })

  it('approve, hold and cancel, each also by the other word it goes by', () => {
    const edition = 'daily/2026-06-29'
    const said = (kind: string, reason?: string): object => ({ ...common, kind, edition, reason })
    expect(command(`approve ${edition}`)).toEqual(said('approve'))
    expect(command(`resume ${edition}`)).toEqual(said('approve'))
    expect(command(`hold ${edition}`)).toEqual(said('hold'))
    expect(command(`pause ${edition} --reason typo`)).toEqual(said('hold', 'typo'))
    expect(command(`cancel --reason=typo ${edition}`)).toEqual(said('cancel', 'typo'))
  })

  it.each(['sent', 'retry', 'drop'])('resolve, as %s', (resolution) => {
    const words = { ...common, kind: 'resolve', target: 'email/daily/2026-06-29/1f', resolution }
    expect(command(`resolve ${words.target} --${resolution}`)).toEqual({ ...words, reason: undefined })
    expect(command(`resolve --${resolution} ${words.target} --reason asked`)).toEqual({ ...words, reason: 'asked' })
  })

  it('doctor, with and without a test mail', () => {
    expect(command('doctor')).toEqual({ ...common, kind: 'doctor', sendTo: undefined })
    expect(command('doctor --send-to ada+test@bücher.example --json')).toEqual({
      ...common,
      json: true,
      kind: 'doctor',
      sendTo: 'ada+test@bücher.example',
    })
  })

  it('correct and retract', () => {
    const item = 'https://e.example/a'
    const words = { ...common, kind: 'correct', item, note: 'three', dryRun: false }
    expect(command(`correct ${item} --note three`)).toEqual(words)
    expect(command(`correct --dry-run --note=three ${item}`)).toEqual({ ...words, dryRun: true })
    const taken = { ...common, kind: 'retract', item, reason: undefined, dryRun: false }
    expect(command(`retract ${item}`)).toEqual(taken)
    expect(command(`retract ${item} --reason hoax --dry-run`)).toEqual({ ...taken, reason: 'hoax', dryRun: true })
  })

  it('takes channels apart at commas and spaces', () => {
    const parsed = parseCommand(['run', '--channels', ' email, feeds ,,mastodon'])
    expect(parsed).toMatchObject({ command: { channels: ['email', 'feeds', 'mastodon'] } })
  })
})

describe('subscribers', () => {
  const kind = 'subscribers'

  it('add and remove', () => {
    expect(parseCommand(['subscribers', 'add', ' ada@reader.example ', '--consent', 'asked by mail'])).toEqual({
      kind: 'command',
      command: {
        ...common,
        kind,
        action: 'add',
        address: 'ada@reader.example',
        consent: 'asked by mail',
        again: false,
        frequency: undefined,
      },
    })
    expect(command('subscribers add a@b.example --consent c --again --frequency daily')).toMatchObject({
      again: true,
      frequency: 'daily',
    })
    expect(command('subscribers remove a@b.example')).toEqual({
      ...common,
      kind,
      action: 'remove',
      address: 'a@b.example',
      reason: undefined,
    })
    expect(command('subscribers remove a@b.example --reason asked')).toMatchObject({ reason: 'asked' })
  })

  it.each(['list', 'export'])('%s, of all or of one state', (action) => {
    expect(command(`subscribers ${action}`)).toEqual({ ...common, kind, action, state: undefined })
    for (const state of ['active', 'unconfirmed', 'unsubscribed', 'suppressed'])
      expect(command(`subscribers ${action} --state ${state}`)).toEqual({ ...common, kind, action, state })
    expect(complaint('subscribers', action, '--state', 'gone')).toBe(
      '--state gone is not a state; use active, unconfirmed, unsubscribed, suppressed. See groundwire --help.',
    )
  })

  it('import, from a file or standard input', () => {
    const words = { ...common, kind, action: 'import' }
    expect(command('subscribers import a.csv')).toEqual({ ...words, file: 'a.csv', consent: undefined, dryRun: false })
    expect(command('subscribers import - --consent form --dry-run')).toEqual({
      ...words,
      file: '-',
      consent: 'form',
      dryRun: true,
    })
  })

  it('says what there is to do when that is missing or wrong', () => {
    expect(complaint('subscribers')).toBe(
      'subscribers needs to know what to do; say add, remove, list, import, export. See groundwire --help.',
    )
    expect(complaint('subscribers', 'erase')).toMatch(/^There is no command “subscribers erase”; say add, remove/)
  })

  it('adds nobody without their consent', () => {
    expect(complaint('subscribers', 'add', 'a@b.example')).toContain('needs --consent and how they agreed')
    expect(complaint('subscribers', 'add', 'a@b.example', '--consent', ' ')).toContain('--consent needs a value.')
    expect(complaint('subscribers', 'import', 'a.csv', '--consent=')).toContain('--consent needs a value.')
  })

  it.each(['bob@@reader.example', 'Bob <bob@reader.example>', 'bob@reader.example,ann@reader.example', 'bob', 'b@a b'])(
    'takes %j for no address, and does not repeat it',
    (address) => {
      for (const argv of [
        ['subscribers', 'add', address, '--consent', 'c'],
        ['subscribers', 'remove', address],
        ['doctor', '--send-to', address],
      ]) {
        expect(complaint(...argv)).toContain('is not an address; write it alone, without a name, brackets or spaces.')
        expect(complaint(...argv)).not.toContain('bob')
      }
    },
  )

  it('never repeats an address that stands in the wrong place', () => {
    for (const argv of [
      ['subscribers', 'add', 'a@b.example', 'jane@reader.example', '--consent', 'c'],
      ['subscribers', 'jane@reader.example'],
      ['jane@reader.example'],
      ['subscribers', 'list', '--state', 'jane@reader.example'],
      ['subscribers', 'list', '--jane@reader.example'],
      ['run', '--date', 'jane@reader.example'],
      ['run', '--date=jane@reader.example'],
    ])
      expect([argv, complaint(...argv)]).toEqual([argv, expect.not.stringContaining('jane')])
  })
})

describe('help and version', () => {
  it.each([[], ['help'], ['--help'], ['-h'], ['run', '--help'], ['-h', 'nonsense']])(
    'shows the help for %j',
    (...argv) => {
      expect(parseCommand(argv)).toEqual({ kind: 'help' })
    },
  )

  it.each([['--version'], ['-v']])('shows the version for %j', (...argv) => {
    expect(parseCommand(argv)).toEqual({ kind: 'version' })
  })

  it('names every command and every option', () => {
    const aliases = ['resume', 'pause']
    for (const alias of aliases) expect(helpText).toContain(`(also: ${alias})`)
    for (const name of [...grammars.keys()].filter((one) => !aliases.includes(one)))
      expect(helpText).toMatch(new RegExp(`^  groundwire ${name}( |$)`, 'm'))
    for (const option of [...grammars.values()].flatMap(({ takes }) => takes)) expect(helpText).toContain(`--${option}`)
    for (const option of ['source', 'data', 'config', 'json']) expect(helpText).toContain(`--${option}`)
  })

  it('says that --now sends what is spaced, too', () => {
    expect(helpText.replace(/\s+/g, ' ')).toContain(
      '--now send all that waits at once, also what is spaced or in quiet hours',
    )
  })

  it('fits a terminal of 80 columns', () => {
    for (const line of helpText.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })
})

describe('wrong words', () => {
  it('names the command there is not', () => {
    expect(complaint('digest')).toBe('There is no command “digest”. See groundwire --help.')
    expect(complaint('--json')).toBe('No command was given. See groundwire --help.')
  })

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])('takes %s for no command', (word) => {
    expect(complaint(word)).toBe(`There is no command “${word}”. See groundwire --help.`)
  })

  it('names the option that belongs to another command', () => {
    expect(complaint('status', '--date', '2026-06-29')).toBe('status does not take --date. See groundwire --help.')
    expect(complaint('run', '--port', '1')).toContain('run does not take --port.')
    expect(complaint('preview', '--dry-run')).toContain('preview does not take --dry-run.')
    expect(complaint('migrate', '--channels', 'email')).toContain('migrate does not take --channels.')
  })

  it.each(['approve', 'resume', 'hold', 'pause', 'cancel'])('asks which edition to %s', (word) => {
    expect(complaint(word)).toBe(`${word} needs an EDITION, such as daily/2026-06-29. See groundwire --help.`)
    expect(complaint(word, '')).toContain(`${word} needs an EDITION`)
    expect(complaint(word, 'daily/1', 'daily/2')).toContain(`${word} does not know what to do with “daily/2”.`)
  })

  it('asks what to resolve, and how', () => {
    const exactlyOne =
      'resolve needs exactly one of --sent (it has left), --retry (try it anew) and --drop (give it up).'
    expect(complaint('resolve', '--sent')).toContain('resolve needs a DELIVERY')
    expect(complaint('resolve', 'daily/1')).toContain(exactlyOne)
    expect(complaint('resolve', 'daily/1', '--sent', '--drop')).toContain(exactlyOne)
  })

  it('asks what to correct, and how', () => {
    expect(complaint('correct', '--note', 'x')).toBe(
      'correct needs an ITEM-URL, the address of an item. See groundwire --help.',
    )
    expect(complaint('correct', 'https://e.example/a')).toContain('correct needs --note and what was put right')
    expect(complaint('correct', 'https://e.example/a', '--note', ' ')).toContain('--note needs a value.')
    expect(complaint('retract', 'https://e.example/a', '--note', 'x')).toContain('retract does not take --note.')
  })

  it('takes a reason where it is shown', () => {
    expect(complaint('approve', 'daily/1', '--reason', 'good')).toContain('approve does not take --reason.')
    expect(complaint('hold', 'daily/1', '--reason', '')).toContain('--reason needs a value.')
  })

  it('does not write two forms at once', () => {
    expect(complaint('status', '--csv', '--json')).toContain('either --csv or --json')
  })

  it('names the option there is not, in one sentence', () => {
    expect(complaint('run', '--nonsense')).toBe("Unknown option '--nonsense'. See groundwire --help.")
  })

  it('says which option lacks its value, or has one it does not take', () => {
    expect(complaint('run', '--date')).toContain("'--date <value>' argument missing")
    expect(complaint('run', '--json=yes')).toContain("'--json' does not take an argument")
  })

  it.each(['--source', '--data', '--config'])('does not take nothing for %s', (option) => {
    expect(complaint('run', `${option}=`)).toBe(`${option} needs a value. See groundwire --help.`)
  })

  it('names the word that is too many', () => {
    expect(complaint('run', 'today')).toBe('run does not know what to do with “today”. See groundwire --help.')
    expect(complaint('status', 'daily/1', 'daily/2')).toContain('“daily/2”')
  })

  it.each(['2026-02-30', '2026-13-01', '2026-6-9', '29.06.2026', 'today', '', '2026-06-29T00:00', '0000-00-00'])(
    'refuses the date %j',
    (date) => {
      expect(complaint('run', '--date', date)).toBe(
        `--date ${date} is not a day; write it as 2026-06-29. See groundwire --help.`,
      )
    },
  )

  it.each(['65536', '80.5', 'http', '', ' ', '1e3', '0x50', '99999999999999999999', '+80'])(
    'refuses the port %j',
    (port) => {
      expect(complaint('start', '--port', port)).toBe(
        `--port ${port} is not a port; use a whole number from 0 to 65535. See groundwire --help.`,
      )
    },
  )

  it.each(['', ',', ' , '])('refuses the list of channels %j, which would let the edition go nowhere', (channels) => {
    expect(complaint('run', '--channels', channels)).toContain('--channels names no channel')
  })
})
