import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { shellWord } from '../../src/domain/shell.ts'

it.each([
  'https://a.example/news/tides.html',
  'https://a.example/?a=1&b=2;ls',
  "https://a.example/$(date)/`date`/it's/'",
  'https://a.example/*?#x y|!\\',
  '',
])('a shell reads %s as one word and as it is', (text) => {
  expect(execFileSync('/bin/sh', ['-c', `printf %s. ${shellWord(text)}`], { encoding: 'utf8' })).toBe(`${text}.`)
})

it('leaves what needs no quoting as it is', () => {
  expect(shellWord('https://a.example/news/tides.html')).toBe('https://a.example/news/tides.html')
})
