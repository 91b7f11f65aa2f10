import { afterEach, beforeEach, expect, it } from 'vitest'
import { statusCommand } from '../../src/main/status.ts'
import { run } from '../../src/pipeline/run.ts'
import { fakeChannel, rendering, type Behaviour } from '../fixtures/channel.ts'
import { testClock } from '../fixtures/clock.ts'
import { testLog } from '../fixtures/store.ts'
import { fakeSource, never, news, runInput } from '../pipeline/fixture.ts'
import { common, ID, openEditorsDesk, testTerminal, type Desk } from './editor.ts'

let desk: Desk
beforeEach(async () => {
  desk = await openEditorsDesk()
})
afterEach(() => desk.discard())

/** What `status` says of an edition with a post and so many files. */
async function statusWith(files: number, ...behaviours: Behaviour[]): Promise<string> {
  const ids = Array.from({ length: files }, (_, at) => `feeds/archive/${at}/rss.xml`)
  const feeds = fakeChannel('feeds', { renderings: () => ids.map((id) => rendering(id, `${id}@1`, id)) })
  feeds.next(...behaviours)
  await desk.withStore((store) => {
    const input = runInput(fakeSource(news('tides')), [desk.posts, feeds])
    return run({ clock: testClock(), store, log: testLog() }, input, () => undefined, never)
  })
  const terminal = testTerminal(desk.folder)
  const command = { ...common(desk.folder), kind: 'status', edition: ID, failed: false, csv: false } as const
  expect(await statusCommand(command, terminal)).toBe(0)
  return terminal.written.join('')
}

it('dozens of documents that have left are one line, so that posts and what did not leave are still seen', async () => {
  const text = await statusWith(60, 'later', 'reject')
  expect(text.split('\n').slice(-7)).toEqual([
    '  sent         posts     https://morningcheck.example/news/tides.html',
    expect.stringMatching(/^ {2}waiting {6}feeds {5}feeds\/archive\/0\/rss.xml {2}busy/),
    '  rejected     feeds     feeds/archive/1/rss.xml  no such reader',
    '  sent         feeds     58 documents',
    '',
    `  All 61: groundwire status ${ID} --data ${desk.folder} --json, or --csv`,
    '',
  ])
})

it('a few documents are listed one by one', async () => {
  const text = await statusWith(6)
  expect(text.match(/^ {2}sent {9}feeds {5}feeds\/archive\/\d\/rss\.xml$/gm)).toHaveLength(6)
  expect(text).not.toContain('documents')
})
