import { UnicodeString } from '@atproto/api'
import { describe, expect, it } from 'vitest'
import {
  cleanLine,
  cleanText,
  countGraphemes,
  cutAtSentence,
  cutAtWord,
  graphemeEnds,
  languageTag,
  shorten,
  slug,
  utf8Bytes,
} from '../../src/domain/text.ts'
import { hostileText, seeded } from './hostile-text.ts'

describe('cleaning', () => {
  it('repairs lone surrogates away and keeps pairs', () => {
    expect(cleanText('a\uD83Db\uDE00c 😀')).toBe('abc 😀')
  })

  it('drops control characters and non-characters, keeps tab and newline, and composes', () => {
    expect(cleanText('a\u0000\u001B\uFFFEb\tc\r\nd\re\u0301')).toBe('ab\tc\nd\né')
  })

  it('makes one line without bidirectional controls', () => {
    expect(cleanLine('  one\n\n two\u202E three\u2069\u00A0four ')).toBe('one two three four')
  })

  it('gives the same when cleaned twice', () => {
    const random = seeded(7)
    for (let run = 0; run < 300; run++) {
      const once = cleanText(hostileText(random, 30))
      expect(cleanText(once)).toBe(once)
    }
  })
})

describe('measuring', () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['👨‍👩‍👧‍👦', 1],
    ['🇫🇷🇩🇪', 2],
    ['e\u0301e', 2],
    ['漢字', 2],
    ['\r\n', 1],
    ['a\u200Bb', 3],
    ['🏴󠁧󠁢󠁳󠁣󠁴󠁿!', 2],
  ])('counts %j as %d graphemes', (text, count) => {
    expect(countGraphemes(text)).toBe(count)
    expect(graphemeEnds(text)).toHaveLength(count)
  })

  it('counts the whole, for joined texts can merge', () => {
    expect(countGraphemes('🇫') + countGraphemes('🇷')).toBe(2)
    expect(countGraphemes('🇫🇷')).toBe(1)
  })

  it('agrees with the count of the Bluesky library', () => {
    const random = seeded(11)
    for (let run = 0; run < 500; run++) {
      const text = cleanText(hostileText(random, 60))
      const judge = new UnicodeString(text)
      const counts = { graphemes: judge.graphemeLength, bytes: judge.length }
      expect({ text, graphemes: countGraphemes(text), bytes: utf8Bytes(text) }).toEqual({ text, ...counts })
    }
  })
})

describe('shortening', () => {
  it('leaves alone what fits', () => {
    expect(shorten('exactly ten', 11)).toBe('exactly ten')
  })

  it('cuts between words and counts the ellipsis', () => {
    expect(shorten('one two three four', 14)).toBe('one two three…')
    expect(shorten('one two three four', 10)).toBe('one two…')
  })

  it('cuts inside a word rather than lose more than 40 %', () => {
    expect(shorten('to incomprehensibilities', 12)).toBe('to incompre…')
  })

  it('never cuts a grapheme', () => {
    expect(shorten('👨‍👩‍👧‍👦'.repeat(5), 3)).toBe('👨‍👩‍👧‍👦👨‍👩‍👧‍👦…')
  })

  it('leaves no loose punctuation before the ellipsis', () => {
    expect(shorten('cheap - and good, (mostly) for all', 8)).toBe('cheap…')
    expect(shorten('one thing (and another)', 11)).toBe('one thing…')
  })

  it.each([0, 1, 2])('keeps to a limit of %d', (limit) => {
    expect(countGraphemes(shorten('some text', limit))).toBeLessThanOrEqual(limit)
  })

  it('drops an address rather than let the ellipsis touch it', () => {
    const text = 'Read all of https://e.com/abc before you decide'
    expect(cutAtWord(text, 'Read all of https://e.com/abc'.length)).toBe('Read all of…')
    expect(cutAtWord(text, 'Read all of https://e.com/a'.length)).toBe('Read all of…')
    expect(cutAtWord('As on e.com/path/to and more', 19)).toBe('As on…')
    expect(cutAtWord('詳細はhttps://e.com/a', 18)).toBe('詳細は…')
    expect(cutAtWord('https://e.com/a?b and more', 17)).toBe('')
  })

  it('ends at a sentence where that costs little', () => {
    const text = 'It costs 98 percent less. The code is public and free.'
    expect(cutAtSentence(text, 40)).toBe('It costs 98 percent less.')
    expect(cutAtSentence(text, 25)).toBe('It costs 98 percent less.')
    expect(cutAtSentence(text, 24)).toBeUndefined()
    expect(cutAtSentence(text, 50)).toBeUndefined()
  })

  it('does not take an abbreviation for the end of a sentence', () => {
    expect(cutAtSentence('About a hundred U.S. institutions regain access', 30)).toBeUndefined()
    expect(cutAtSentence('They asked Mr. Smith about version 3.5 of it', 30)).toBeUndefined()
  })

  it('knows the full stop of Chinese and Japanese', () => {
    expect(cutAtSentence('これは文です。次の文はもう少し長い', 9)).toBe('これは文です。')
  })

  it('stays quick on hostile text', () => {
    for (const hostile of ['a'.repeat(200_000), '-'.repeat(200_000), '.'.repeat(200_000), 'a.'.repeat(100_000)]) {
      const started = performance.now()
      shorten(`${hostile} x`, 150_000)
      expect(performance.now() - started).toBeLessThan(1500)
    }
  })
})

describe('slug', () => {
  it.each([
    ["DeepSeek's new: open models!", 60, 'deepseeks-new-open-models'],
    ['Crème brûlée — déjà vu', 60, 'creme-brulee-deja-vu'],
    ['漢字', 60, ''],
    ['one two three', 8, 'one-two'],
    ['x'.repeat(100), 10, 'x'.repeat(10)],
    ['../../etc/passwd', 60, 'etc-passwd'],
  ])('makes of %j, at most %d long, %j', (text, most, expected) => {
    expect(slug(text, most)).toBe(expected)
  })
})

it('tells language tags from other text', () => {
  expect(languageTag('pt-br')).toBe('pt-BR')
  expect(languageTag('en_US')).toBeUndefined()
  expect(languageTag('')).toBeUndefined()
})
