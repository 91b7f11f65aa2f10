import { beforeEach, describe, expect, it } from 'vitest'
import { amend } from '../../src/pipeline/amend.ts'
import { openDesk } from '../../src/pipeline/desk.ts'
import { run, type RunInput } from '../../src/pipeline/run.ts'
import type { Desk } from '../../src/pipeline/view.ts'
import type { Store } from '../../src/ports.ts'
import { testClock } from '../fixtures/clock.ts'
import { fakeChannel, onePerEdition, rendering } from '../fixtures/channel.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, house, never, news, runInput, settingsFor } from './fixture.ts'

let store: Store
let words: string

beforeEach(async () => {
  store = await testStore({ subscribers: 2 })
  words = 'as first rendered'
})

const posts = fakeChannel('posts', { renderings: () => [rendering('1', 'a', words)] })
const mail = fakeChannel('mail', { audience: 'subscribers', perAttempt: 100, renderings: onePerEdition })

async function pass(over: Partial<RunInput> = {}, ...items: readonly string[]): Promise<void> {
  const source = fakeSource(...items.map((name) => news(name, over.date)))
  const ports = { clock: testClock(), store, log: testLog() }
  await run(ports, runInput(source, [mail, posts], over), () => undefined, never)
}

const desk = (unsaved?: string): Desk => openDesk({ store }, () => house, settingsFor(mail, posts), unsaved)
const today = 'daily/2026-06-29'

describe('the desk', () => {
  it('lists editions with the newest first', async () => {
    await pass({ date: '2026-06-28' }, 'sun')
    await pass({ approval: 'editor' }, 'mon', 'more')
    expect(await desk().list(10)).toEqual([
      { id: today, date: '2026-06-29', subject: 'All about mon', state: 'draft', items: 2 },
      { id: 'daily/2026-06-28', date: '2026-06-28', subject: 'All about sun', state: 'sent', items: 1 },
    ])
    expect(await desk().list(1)).toHaveLength(1)
  })

  it('names what left and its source no longer lists, the newest day first, until it is retracted', async () => {
    await pass({}, 'mon', 'more', 'last')
    await pass({}, 'mon', 'last')
    const [gone, ...others] = await desk().vanished(10)
    expect(gone).toMatchObject({ url: news('more').url, title: 'All about more', edition: today })
    expect(gone?.since).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(others).toEqual([])
    const said = { kind: 'retraction', url: news('more').url, note: '' } as const
    await amend({ store, clock: testClock() }, said, house, settingsFor(mail, posts), false)
    expect(await desk().vanished(10)).toEqual([])
  })

  it('shows a draft as it would be rendered now, with nothing owed', async () => {
    await pass({ approval: 'editor' }, 'mon')
    words = 'as rendered now'
    const view = await desk().view(today)
    expect(view).toMatchObject({ state: 'draft', reason: '', edition: { subject: 'All about mon' } })
    expect(view?.channels.map(({ id, counts }) => [id, counts])).toEqual([
      ['mail', []],
      ['posts', []],
    ])
    expect(view?.channels[1]?.renderings.map(({ content }) => content)).toEqual(['as rendered now'])
  })

  it('shows the frozen bytes of what was approved, and what became of them', async () => {
    await pass({}, 'mon')
    words = 'as rendered now'
    const view = await desk().view(today)
    expect(view?.state).toBe('sent')
    expect(view?.channels[1]?.renderings.map(({ content }) => content)).toEqual(['as first rendered'])
    expect(view?.channels.map(({ counts }) => counts.map(({ state, count }) => `${count} ${state}`))).toEqual([
      ['2 sent'],
      ['1 sent'],
    ])
  })

  it('calls a draft unsaved that was only composed to be looked at', async () => {
    await pass({ approval: 'editor' }, 'mon')
    expect((await desk(today).view(today))?.state).toBe('unsaved')
    expect((await desk(today).list(1))[0]?.state).toBe('unsaved')
  })

  it('shows what the editor should know', async () => {
    await pass({ approval: 'editor' }, 'mon', 'mon-again')
    const source = fakeSource(news('mon'), news('bare', '2026-06-29', { sources: [] }))
    const ports = { clock: testClock(), store, log: testLog() }
    await run(ports, runInput(source, [mail, posts], { approval: 'editor' }), () => undefined, never)
    expect((await desk().view(today))?.findings.map(({ code }) => code)).toContain('no-source')
  })

  it('gives readers what was let go, as it was frozen, and renders nothing for them', async () => {
    await pass({ date: '2026-06-28' }, 'sun')
    await pass({ approval: 'editor' }, 'mon')
    const unable = fakeChannel('posts', { renderings: () => expect.fail('rendered for a reader') })
    const readers = openDesk({ store }, () => house, settingsFor(mail, unable))
    expect((await readers.listPublished(10)).map(({ id }) => id)).toEqual(['daily/2026-06-28'])
    expect(await readers.published(today)).toBeUndefined()
    expect(await readers.published('daily/1999-01-01')).toBeUndefined()
    const sunday = await readers.published('daily/2026-06-28')
    expect(sunday?.edition.subject).toBe('All about sun')
    expect((await sunday?.renderings())?.map(({ channel }) => channel)).toEqual(['mail', 'posts'])
    await expect(readers.view(today)).rejects.toThrow('rendered for a reader')
  })

  it.each(['held', 'cancelled'] as const)('gives readers nothing of what is %s', async (state) => {
    await pass({ approval: 'editor' }, 'mon')
    const stored = await store.edition(today)
    const readers = openDesk(
      { store: { ...store, edition: async () => stored && { ...stored, state } } },
      () => house,
      settingsFor(mail, posts),
    )
    expect(await readers.published(today)).toBeUndefined()
  })

  it('knows no edition that was never made', async () => {
    expect(await desk().view('daily/1999-01-01')).toBeUndefined()
    expect(await desk().list(10)).toEqual([])
  })

  it('changes nothing by being looked at', async () => {
    await pass({ approval: 'editor' }, 'mon')
    const before = await store.edition(today)
    words = 'as rendered now'
    await desk().view(today)
    await desk().list(10)
    expect(await store.edition(today)).toEqual(before)
    expect(await store.renderings(today)).toEqual([])
  })
})
