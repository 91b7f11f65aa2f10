import { describe, expect, it } from 'vitest'
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
    expect(command('status')).toEqual({ ...common, kind: 'status', edition: undefined })
    expect(command('status daily/2026-06-29 --json')).toEqual({
      ...common,
      json: true,
      kind: 'status',
      edition: 'daily/2026-06-29',
    })
    expect(command('migrate --data d')).toEqual({ ...common, data: 'd', kind: 'migrate' })
  })

  it('takes channels apart at commas and spaces', () => {
    const parsed = parseCommand(['run', '--channels', ' email, feeds ,,mastodon'])
    expect(parsed).toMatchObject({ command: { channels: ['email', 'feeds', 'mastodon'] } })
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
    for (const word of ['run', 'start', 'preview', 'status', 'migrate'])
      expect(helpText).toMatch(new RegExp(`^  groundwire ${word} `, 'm'))
    for (const option of ['date', 'channels', 'approve', 'now', 'dry-run', 'port', 'source', 'data', 'config', 'json'])
      expect(helpText).toContain(`--${option}`)
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
