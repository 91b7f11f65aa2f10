import { expect, it } from 'vitest'
import { restoreLines } from '../../src/sources/collapsed.ts'
import { decode } from '../../src/sources/decode.ts'
import { withoutFrame } from '../../src/sources/feed-own.ts'
import { plainInline } from '../../src/sources/inline.ts'
import { itemParts } from '../../src/sources/llms-full-item.ts'
import { readLlmsFull } from '../../src/sources/llms-full.ts'
import { absoluteMarkdown } from '../../src/sources/markdown-links.ts'
import { gather, pieces } from './reading.ts'

// prettier-ignore
const MOTIFS = [
  '(', '[', ']', '![', '](', '[a](', '](((', '***', '*a ', '_a ', '`', '` ``', '\\', '<a ', '<a href="', '<', 'https://',
  '[a]: ', '\n[a]: <', '## ', ' ## A', '## a ', '--- ', '\n---\n', ' --- ## ', 'Summary: ', ' URL:', '``` ', '- **', ' ', '\n', '1. **', '\n[',
  '\\[', '\\[ ', '[\\]', '\\;', ' Format: HTML ', '<p>Sources: ', '<p><strong>a</strong></p>', '(<https://x.example/', '---\n',
]

it.each(MOTIFS)('%j over and over takes time in proportion', (motif) => {
  const text = motif.repeat(Math.ceil(300_000 / motif.length))
  const started = performance.now()
  absoluteMarkdown(text, 'https://paper.example/')
  restoreLines(text)
  plainInline(text)
  itemParts({ form: 'lines', text: `### A (2026-06-29)\nPrimary source (verified): ${text}\nURL: /x\n` })
  itemParts({ form: 'collapsed', text: `### A (2026-06-29) Primary source (verified): ${text} URL: /x B` })
  for (const form of ['lines', 'collapsed'] as const) {
    const fields = `Tags: ${text}\nAttachments: ${text}\nPrimary source (verified): ${text}`
    itemParts({ form, text: `### A (2026-06-29)\nFormat: HTML\n${fields}\nURL: https://paper.example/a\n\n${text}` })
  }
  withoutFrame({ body: { format: 'html', text }, sources: [] })
  withoutFrame({ body: { format: 'html', text: `<p>Source: ${text}` }, sources: [] })
  expect(performance.now() - started).toBeLessThan(2_000)
})

it('five megabytes of each in turn are read to the end', async () => {
  const parts = MOTIFS.flatMap((motif) => {
    const text = motif.repeat(Math.ceil(5_000_000 / MOTIFS.length / motif.length))
    return [`### ${motif} (2026-06-29)\n\nSummary: ${text}\nURL: https://paper.example/a\n\n`, text, '\n\n---\n\n']
  })
  const started = performance.now()
  await gather(readLlmsFull(pieces('# Paper\n\n## News\n\n', ...parts), { section: 'news' }))
  expect(performance.now() - started).toBeLessThan(20_000)
})

it('a megabyte of replacement characters is looked through in proportion', async () => {
  const started = performance.now()
  const reported: unknown[] = []
  const bytes = Buffer.from('\uFFFD'.repeat(350_000))
  const text = await decode(pieces(bytes, Buffer.from([0xff])), (finding) => reported.push(finding))
  let length = 0
  for await (const piece of text.pieces) length += piece.length
  expect(length).toBe(350_001)
  expect(reported).toMatchObject([{ message: expect.stringContaining(`from byte ${bytes.length} on`) as unknown }])
  expect(performance.now() - started).toBeLessThan(2_000)
})
