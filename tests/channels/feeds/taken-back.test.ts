import { describe, expect, it } from 'vitest'
import { fakeChannel, onePerEdition } from '../../fixtures/channel.ts'
import { news } from '../../pipeline/fixture.ts'
import { feedsWorld } from './world.ts'

const SECRET = 'TAKENBACK'
const base = news('base', '2026-05-28')
const only = news('only', '2026-06-01', { section: 'tools', summary: SECRET })

describe('what was taken back is in no feed any more', () => {
  it.each(['held', 'cancelled'])('when its edition was %s after the feeds had left', async (how) => {
    const mail = fakeChannel('mail', { renderings: onePerEdition })
    const world = await feedsWorld(mail)
    world.source.says(base)
    await world.pass('2026-05-28')
    world.source.says(only, base)
    mail.next('later')
    expect((await world.pass('2026-06-01')).state).toBe('sending')
    expect(world.carrying(SECRET)).not.toEqual([])
    if (how === 'held') await world.store.hold('daily/2026-06-01', 'is it so?')
    else await world.store.cancel('daily/2026-06-01', 'no', world.clock.now())
    await world.amend('retraction', only)
    await world.pass('2026-06-01', {}, '06:00:00')
    expect(world.carrying(SECRET)).toEqual([])
  })

  it.each(['held', 'cancelled'])('when an edition that changed all of them was %s before they left', async (how) => {
    const world = await feedsWorld()
    world.source.says(only, base)
    await world.pass('2026-06-01')
    // Every document of the section and of its month has a newer one now, which never leaves.
    world.source.says(news('more', '2026-06-02', { section: 'tools' }), only, base)
    await world.pass('2026-06-02', { sendersFor: () => new Map() })
    if (how === 'held') await world.store.hold('daily/2026-06-02', 'is it so?')
    else await world.store.cancel('daily/2026-06-02', 'no', world.clock.now())
    expect(world.carrying(SECRET)).toContain('public/feeds/tools/archive/2026-06/rss.xml')
    await world.amend('retraction', only)
    await world.pass('2026-06-02', {}, '06:00:00')
    expect(world.carrying(SECRET)).toEqual([])
  })

  it('when its documents were refused or given up', async () => {
    const world = await feedsWorld()
    world.source.says(only, base)
    await world.pass('2026-06-01')
    world.source.says(news('more', '2026-06-02', { section: 'tools' }), only, base)
    await world.pass('2026-06-02', { sendersFor: () => new Map() })
    const given = await world.store.resolve({ edition: 'daily/2026-06-02' }, 'drop', 'by hand', world.clock.now())
    const open = await world.store.ledger({ edition: 'daily/2026-06-02', states: ['planned'] })
    for (const { key } of given > 0 ? [] : open)
      await world.store.resolve({ delivery: key }, 'drop', 'by hand', world.clock.now())
    expect(world.carrying(SECRET)).toContain('public/feeds/tools/archive/2026-06/rss.xml')
    await world.amend('retraction', only)
    await world.pass('2026-06-02', {}, '06:00:00')
    expect(world.carrying(SECRET)).toEqual([])
  })
})
