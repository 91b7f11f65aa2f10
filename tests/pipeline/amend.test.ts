import { beforeEach, describe, expect, it } from 'vitest'
import { amend, type Amended } from '../../src/pipeline/amend.ts'
import { letGo } from '../../src/pipeline/let-go.ts'
import { fakeChannel, rendering } from '../fixtures/channel.ts'
import type { Freeze } from '../../src/ports.ts'
import { NOW, openPress, type Press } from './amending.ts'
import { house, news, settingsFor } from './fixture.ts'

const MONDAY = 'daily/2026-06-29'
const tides = news('tides')
const bees = news('bees')
const NOTE = 'The record is 180 years long, not 108.'

let press: Press

beforeEach(async () => {
  press = await openPress()
  await press.pass('2026-06-29', [tides, bees])
  press.clock.set(NOW)
})

type Made = Extract<Amended, { readonly edition: unknown }>

function made(amended: Amended): Made {
  if (!('edition' in amended)) throw new Error(`nothing was made: ${JSON.stringify(amended)}`)
  return amended
}

async function correct(note = NOTE, url = tides.url): Promise<Made> {
  return made(await press.say('correction', url, note))
}

describe('a correction', () => {
  it('is an edition of its own, made of the item, the words and the hour', async () => {
    const { verdict, edition } = await correct()
    expect(verdict).toBe('approved')
    expect(edition).toMatchObject({
      id: expect.stringMatching(/^correction\/2026-06-30-[0-9a-f]{8}$/),
      schedule: 'correction',
      date: '2026-06-30',
      plannedAt: NOW,
      subject: 'Correction: All about tides',
      stories: [],
      briefs: [],
      amends: {
        amendment: { kind: 'correction', url: tides.url, note: NOTE, at: NOW, source: tides.sources[0] },
        item: tides,
      },
    })
    expect((await press.store.edition(edition.id))?.edition).toEqual(edition)
  })

  it('has the day of the publication’s zone, not of the clock', async () => {
    press.clock.set('2026-06-30T22:30:00.000Z')
    expect((await correct()).edition.date).toBe('2026-07-01')
  })

  it('speaks under the name under which the item left', async () => {
    const renamed = { ...house, publication: { ...house.publication, name: 'The Evening Check' } }
    const words = { kind: 'correction', url: tides.url, note: NOTE } as const
    const { edition } = made(await amend(press, words, renamed, settingsFor(press.posts, press.files), true))
    expect(edition.publication.name).toBe('The Morning Check')
  })

  it('answers the item’s own post, makes the feed anew, and leaves mails and other items alone', async () => {
    const { edition } = await correct()
    const [post] = await press.store.ledger({ edition: MONDAY, channel: 'posts' })
    const [answer, feed, ...others] = await press.store.renderings(edition.id)
    expect([answer?.channel, answer?.content]).toEqual(['posts', `correction of ${post?.key}: ${NOTE}`])
    expect(feed?.content.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^All about tides \\| ${NOW.slice(0, 19)}\\.\\d{3}Z \\| ${NOTE}$`)),
      'All about bees | 2026-06-28T23:00:00.000Z',
    ])
    expect(others).toEqual([])
  })

  it('leaves once, however many passes follow', async () => {
    const { edition } = await correct()
    const key = (await press.ledger(edition.id))[0]?.key ?? ''
    await press.pass('2026-06-30', [tides, bees])
    await press.pass('2026-07-01', [tides, bees])
    expect(press.posts.accepted.get(key)).toBe(1)
    expect((await press.store.edition(edition.id))?.state).toBe('sent')
    expect((await press.ledger(edition.id)).map(({ state }) => state)).toEqual(['sent', 'sent'])
  })

  it('tells what the item says now', async () => {
    await press.pass('2026-06-30', [news('tides', '2026-06-29', { title: 'All about tides, put right' }), bees])
    const { edition } = await correct()
    expect(edition.subject).toBe('Correction: All about tides, put right')
    expect(edition.amends?.item.title).toBe('All about tides, put right')
  })

  it('said again in the same words, also on another day, changes nothing', async () => {
    const { edition } = await correct()
    press.clock.set('2026-07-02T09:00:00.000Z')
    expect(await press.say('correction', tides.url, NOTE)).toEqual({ verdict: 'said', id: edition.id })
    expect(await press.store.amendments({})).toHaveLength(1)
  })

  it('in other words, or of another item, is another correction', async () => {
    const ids = [await correct(), await correct('And the harbour is in Denmark.'), await correct(NOTE, bees.url)].map(
      ({ edition }) => edition.id,
    )
    expect(new Set(ids).size).toBe(3)
    expect((await press.store.amendments({ url: tides.url })).map(({ note }) => note)).toHaveLength(2)
  })

  it('of ten at once is said once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => press.say('correction', tides.url, NOTE)))
    expect(all.map(({ verdict }) => verdict).toSorted()).toEqual([
      'approved',
      ...Array.from({ length: 9 }, () => 'said'),
    ])
    expect(await press.store.amendments({})).toHaveLength(1)
  })

  it('of two in different words at once, the one that comes second tells of both', async () => {
    const notes = [NOTE, 'And the harbour is in Denmark.']
    const all = await Promise.all(notes.map((note) => press.say('correction', tides.url, note)))
    expect(all.map(({ verdict }) => verdict)).toEqual(['approved', 'approved'])
    const feeds = await Promise.all(
      all.map(async (one) => {
        const renderings = await press.store.renderings(made(one).edition.id)
        return renderings.find(({ channel }) => channel === 'files')?.content ?? ''
      }),
    )
    expect(feeds.filter((feed) => notes.every((note) => feed.includes(note)))).toHaveLength(1)
  })

  it.each(['before', 'after'] as const)('killed right %s it is written down is said once in the end', async (when) => {
    const killed = {
      ...press.store,
      async approve(freeze: Freeze): Promise<boolean> {
        if (when === 'after') await press.store.approve(freeze)
        throw new Error('killed')
      },
    }
    const words = { kind: 'correction', url: tides.url, note: NOTE } as const
    const settings = settingsFor(press.posts, press.files)
    await expect(amend({ ...press, store: killed }, words, house, settings, false)).rejects.toThrow('killed')
    const { verdict } = await press.say('correction', tides.url, NOTE)
    expect(verdict).toBe(when === 'before' ? 'approved' : 'said')
    await press.pass('2026-06-30', [tides, bees])
    const [amendment] = await press.store.amendments({})
    const [answer] = await press.ledger(amendment?.id ?? '')
    expect(press.posts.accepted.get(answer?.key ?? '')).toBe(1)
  })

  it('only looked at writes nothing, and shows what leaves later', async () => {
    const looked = made(await press.say('correction', tides.url, NOTE, true))
    expect(looked.verdict).toBe('planned')
    expect(await press.store.edition(looked.edition.id)).toBeUndefined()
    expect(await press.store.amendments({})).toEqual([])
    await correct()
    expect(await press.store.renderings(looked.edition.id)).toEqual(looked.renderings)
  })

  it.each([
    ['never read', 'https://morningcheck.example/news/none.html', 'unknown'],
    ['in no edition', 'https://morningcheck.example/news/late.html', 'never-left'],
  ])('of an item that was %s says so', async (_, url, verdict) => {
    await press.pass('2026-06-30', [tides, bees, news('late', '2026-06-30')], { approval: 'editor' })
    expect(await press.say('correction', url, NOTE)).toEqual({ verdict })
    expect(await press.store.amendments({})).toEqual([])
  })

  it('of an item that its source no longer lists is refused: what it says now is not known', async () => {
    await press.pass('2026-06-30', [bees, news('new', '2026-06-30')])
    expect(await press.say('correction', tides.url, NOTE)).toEqual({ verdict: 'missing' })
  })

  it('of an item without a source leaves in no channel', async () => {
    await press.pass('2026-06-30', [news('tides', '2026-06-29', { sources: [] }), bees])
    const { verdict, edition, findings } = await correct()
    expect([verdict, findings.map(({ code }) => code)]).toEqual(['blocked', ['no-source']])
    expect(await press.store.edition(edition.id)).toBeUndefined()
  })

  it('that one channel cannot carry leaves in none', async () => {
    const tooLong = {
      severity: 'error',
      code: 'post-too-long',
      message: 'The note is 12 characters too long.',
    } as const
    const strict = fakeChannel('posts', {
      amend: () => [rendering('1', 'x', 'x', { findings: [tooLong], mayLeave: false })],
    })
    const words = { kind: 'correction', url: tides.url, note: NOTE } as const
    const amended = made(await amend(press, words, house, settingsFor(strict, press.files), false))
    expect(amended.verdict).toBe('blocked')
    expect(await press.store.edition(amended.edition.id)).toBeUndefined()
    expect(await press.store.amendments({})).toEqual([])
  })

  it('follows a post that has not left, and says which mails go as they were frozen', async () => {
    press = await openPress(3)
    press.posts.next('later')
    press.mail.next('later')
    await press.pass('2026-06-29', [tides])
    press.clock.set(NOW)
    const { owed, renderings } = await correct()
    expect(owed).toEqual([
      { edition: MONDAY, channel: 'mail', count: 3 },
      { edition: MONDAY, channel: 'posts', count: 1 },
    ])
    expect(renderings.filter(({ channel }) => channel === 'posts')).toHaveLength(1)
  })

  it('says nothing about a post that was rejected', async () => {
    press = await openPress()
    press.posts.next('reject')
    await press.pass('2026-06-29', [tides])
    press.clock.set(NOW)
    const { renderings, owed } = await correct()
    expect(renderings.map(({ channel }) => channel)).toEqual(['files'])
    expect(owed).toEqual([])
  })

  it('keeps the news of its day for the edition of its day', async () => {
    await press.pass('2026-06-30', [tides, bees, news('new', '2026-06-30')], { approval: 'editor' })
    const { renderings } = await correct()
    expect(renderings.find(({ channel }) => channel === 'files')?.content).not.toContain('All about new')
  })

  it('can be held, let go and cancelled like any edition', async () => {
    const { edition } = await correct()
    expect(await press.store.hold(edition.id, 'wait')).toBe('held')
    await press.pass('2026-06-30', [tides, bees])
    expect((await press.ledger(edition.id)).map(({ state }) => state)).toEqual(['planned', 'planned'])
    const held = await press.store.edition(edition.id)
    if (!held) throw new Error('the correction is gone')
    expect((await letGo(press, held, house, settingsFor(press.posts, press.files))).done).toBe('released')
    await press.pass('2026-06-30', [tides, bees])
    expect((await press.ledger(edition.id)).map(({ state }) => state)).toEqual(['sent', 'sent'])
  })
})
