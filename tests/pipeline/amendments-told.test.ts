import { beforeEach, describe, expect, it } from 'vitest'
import { openDesk } from '../../src/pipeline/desk.ts'
import type { Desk } from '../../src/pipeline/view.ts'
import type { AmendmentKind } from '../../src/domain/amendment.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { NOW, openPress, type Press } from './amending.ts'
import { house, news, settingsFor } from './fixture.ts'

const MONDAY = 'daily/2026-06-29'
const tides = news('tides')
const bees = news('bees')

let press: Press

beforeEach(async () => {
  press = await openPress()
  await press.pass('2026-06-29', [tides, bees])
  press.clock.set(NOW)
})

const told = ({ amendments = [] }: Partial<Edition> = {}): string[] =>
  amendments.map(({ kind, note }) => `${kind}: ${note}`)

async function say(kind: AmendmentKind, note: string, url = tides.url): Promise<string> {
  const amended = await press.say(kind, url, note)
  return 'edition' in amended ? amended.edition.id : ''
}

const desk = (): Desk => openDesk(press, () => house, settingsFor(press.mail, press.posts, press.files))

describe('the next digest', () => {
  it('tells of what was put right and taken back since the last, the latest first, and the one after it does not', async () => {
    await say('correction', 'A word was wrong.')
    press.clock.set('2026-06-30T10:00:00.000Z')
    await say('retraction', 'It was a hoax.', bees.url)
    const next = await press.pass('2026-07-01', [news('new', '2026-07-01')])
    expect(told(next.edition)).toEqual(['retraction: It was a hoax.', 'correction: A word was wrong.'])
    const after = await press.pass('2026-07-02', [news('newer', '2026-07-02')])
    expect(after.edition).not.toHaveProperty('amendments')
  })

  it('is not made of corrections alone', async () => {
    await say('correction', 'A word was wrong.')
    expect((await press.pass('2026-07-01', [tides, bees])).verdict).toBe('empty')
    expect(told((await press.pass('2026-07-02', [news('new', '2026-07-02')])).edition)).toHaveLength(1)
  })

  it('says of what was put right and then taken back only that it was taken back', async () => {
    await say('correction', 'A word was wrong.')
    await say('retraction', 'It was a hoax.')
    const next = await press.pass('2026-07-01', [news('new', '2026-07-01')])
    expect(told(next.edition)).toEqual(['retraction: It was a hoax.'])
    const after = await press.pass('2026-07-02', [news('newer', '2026-07-02')])
    expect(told(after.edition)).toEqual([])
  })

  it('that is only a draft has told nobody', async () => {
    await say('correction', 'A word was wrong.')
    const today = [news('new', '2026-07-01')]
    await press.pass('2026-07-01', today, { approval: 'editor' })
    expect(await press.store.amendments({ untold: true })).toHaveLength(1)
    await press.pass('2026-07-01', today, { approval: 'given', draft: 'as-seen' })
    expect(await press.store.amendments({ untold: true })).toEqual([])
  })

  it.each(['anew', 'as-seen'] as const)(
    'that waited for its editor, taken %s, does not tell again what another told meanwhile',
    async (draft) => {
      await say('correction', 'A word was wrong.')
      const today = [news('new', '2026-07-01'), news('old', '2026-06-30')]
      const kept = await press.pass('2026-07-01', today.slice(0, 1), { approval: 'editor' })
      expect(told(kept.edition)).toHaveLength(1)
      expect(told((await press.pass('2026-06-30', today, { approval: 'given' })).edition)).toHaveLength(1)
      expect(told((await desk().view('daily/2026-07-01'))?.edition)).toEqual([])
      const late = await press.pass('2026-07-01', today, { approval: 'given', draft })
      expect([late.verdict, told(late.edition)]).toEqual(['approved', []])
    },
  )

  it.each([
    ['held', 1],
    ['cancelled', 0],
  ] as const)(
    'says nothing of a correction that is %s, nor does the feed, until it is let go',
    async (state, later) => {
      const id = await say('correction', 'A word was wrong.')
      if (state === 'held') await press.store.hold(id, 'is it so?')
      else await press.store.cancel(id, 'it was not', press.clock.now())
      const next = await press.pass('2026-07-01', [news('new', '2026-07-01')])
      expect(told(next.edition)).toEqual([])
      expect(next.renderings.find(({ channel }) => channel === 'files')?.content).not.toContain('A word was wrong.')
      await press.store.release(id, press.clock.now())
      const after = await press.pass('2026-07-02', [news('newer', '2026-07-02')])
      expect(told(after.edition)).toHaveLength(later)
    },
  )

  it('leaves every correction in the feed with its item, for good', async () => {
    await say('correction', 'A word was wrong.')
    press.clock.set('2026-06-30T10:00:00.000Z')
    await say('correction', 'And a figure.')
    await press.pass('2026-07-01', [news('new', '2026-07-01')])
    const feed = (await press.store.renderings('daily/2026-07-01')).find(({ channel }) => channel === 'files')
    expect(feed?.content).toMatch(
      /All about tides \| 2026-06-30T10:00:00\.\d{3}Z \| And a figure. \| A word was wrong./,
    )
  })
})

describe('the desk', () => {
  it('lists corrections for editors, and for readers digests alone, however many corrections are newer', async () => {
    const ids = []
    for (const note of ['a', 'b', 'c', 'd', 'e']) ids.push(await say('correction', note))
    expect((await desk().list(10)).map(({ id }) => id)).toEqual([...ids.toSorted(), MONDAY])
    for (const limit of [1, 2, 10]) expect((await desk().listPublished(limit)).map(({ id }) => id)).toEqual([MONDAY])
  })

  it('gives readers no page of a correction, and editors what leaves through each channel', async () => {
    const id = await say('correction', 'A word was wrong.')
    expect(await desk().published(id)).toBeUndefined()
    const view = await desk().view(id)
    expect(view?.channels.map(({ id: channel, renderings }) => [channel, renderings.length])).toEqual([
      ['mail', 0],
      ['posts', 1],
      ['files', 1],
    ])
  })

  it('tells readers of an edition what was said since of its items, but for what an editor holds or cancelled', async () => {
    const notes = async (): Promise<string[] | undefined> =>
      (await (await desk().published(MONDAY))?.amendments())?.map(({ note }) => note)
    expect(await notes()).toEqual([])
    const id = await say('correction', 'A word was wrong.')
    press.clock.set('2026-06-30T10:00:00.000Z')
    await say('correction', 'And a figure.')
    expect(await notes()).toEqual(['And a figure.', 'A word was wrong.'])
    await press.store.hold(id, 'a doubt')
    expect(await notes()).toEqual(['And a figure.'])
    await press.store.cancel(id, 'wrong', press.clock.now())
    expect(await notes()).toEqual(['And a figure.'])
  })

  it('shows one that is not approved as it would leave now', async () => {
    const looked = await press.say('correction', tides.url, 'A word was wrong.', true)
    if (!('edition' in looked)) throw new Error('nothing was made')
    await press.store.keep(looked.edition, 'draft', looked.findings, '')
    const view = await desk().view(looked.edition.id)
    expect(view?.channels.flatMap(({ renderings }) => renderings)).toEqual(looked.renderings)
  })
})
