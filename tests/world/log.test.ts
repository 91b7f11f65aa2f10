import { describe, expect, it } from 'vitest'
import { createLog, redactor, type LogLevel } from '../../src/world/log.ts'

function logged(level: LogLevel, secrets: readonly string[] = []) {
  const lines: string[] = []
  return { lines, log: createLog({ write: (text) => lines.push(text) }, level, secrets) }
}

describe('the log', () => {
  it('writes one line for a message, and says of what severity it is', () => {
    const { lines, log } = logged('info')
    log.info('read 147 items')
    log.warn('source shared')
    log.error('no source')
    expect(lines).toEqual(['read 147 items\n', 'warning: source shared\n', 'error: no source\n'])
  })

  it('keeps to its level', () => {
    const { lines, log } = logged('warn')
    log.info('a')
    log.warn('b')
    expect(lines).toEqual(['warning: b\n'])
    const silent = logged('silent')
    silent.log.error('c')
    expect(silent.lines).toEqual([])
  })

  it('lets no message forge a line or steer the terminal', () => {
    const { lines, log } = logged('info')
    log.info('Title\nerror: forged\r\u001B[2Jx\u009B1m\u0007')
    expect(lines).toEqual(['Title\n  error: forged\n  [2Jx1m\n'])
  })

  it('hides secrets and addresses', () => {
    const { lines, log } = logged('info', ['s3cr:t/!', ''])
    log.error('s3cr:t/! and s3cr%3At%2F! for ada@example.com')
    expect(lines).toEqual(['error: [secret] and [secret] for a…@example.com\n'])
  })
})

describe('redaction', () => {
  const redact = redactor([])
  it.each([
    ['<ada.lovelace+x@mail.example.com>,', '<a…@mail.example.com>,'],
    ['mailto:ada@example.com', 'mailto:a…@example.com'],
    ['/unsubscribe?to=ada%40example.com&x=1', '/unsubscribe?to=a…@example.com&x=1'],
    ['jörg@müller.example', 'j…@müller.example'],
    ['"ada l"@example.com', '"…@example.com'],
    ['ada@localhost', 'a…@localhost'],
    ['ada@[192.0.2.1]', 'a…@[192.0.2.1]'],
    ['ada@example.com.', 'a…@example.com.'],
    ['smtp://user:pass@mail.example.com:587', 'smtp://…@mail.example.com:587'],
    ['smtp://user%40example.com:p@ss@mail.example.com', 'smtp://…@mail.example.com'],
  ])('makes of %s', (text, redacted) => {
    expect(redact(text)).toBe(redacted)
  })

  it('leaves ordinary text alone', () => {
    const text = 'daily/2026-06-29: 8 items from https://example.com/@ada at 06:30, 100 % @ home'
    expect(redact(text)).toBe(text)
  })

  it('blanks the longer of two secrets that begin alike, and no short ones', () => {
    expect(redactor(['abcd', 'abcdef', 'the'])('abcdef in the end')).toBe('[secret] in the end')
  })

  it('takes no more than linear time over hostile text', () => {
    const long = 'a'.repeat(200_000)
    const started = performance.now()
    expect(redact(`${long} ${'a@'.repeat(50_000)}`).length).toBeGreaterThan(0)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
