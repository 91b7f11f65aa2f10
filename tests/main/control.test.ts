import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfiguration } from '../../src/main/configuration.ts'
import { controlCommand } from '../../src/main/control.ts'
import { packageRoot } from '../../src/main/package.ts'
import { openWorld } from '../../src/main/world.ts'
import { openDesk } from '../../src/pipeline/desk.ts'
import { common, ID, openEditorsDesk, testTerminal, type Desk } from './editor.ts'

let desk: Desk

beforeEach(async () => {
  desk = await openEditorsDesk()
})
afterEach(() => desk.discard())

interface Ended {
  readonly code: number
  readonly out: string
}

type Words = Partial<Parameters<typeof controlCommand>[0]>

async function control(kind: 'approve' | 'hold' | 'cancel', words: Words = {}): Promise<Ended> {
  const terminal = testTerminal(desk.folder)
  const command = { ...common(desk.folder), kind, edition: ID, reason: undefined, ...words }
  const code = await controlCommand(command, terminal)
  return { code, out: terminal.written.join('').replaceAll(desk.folder, 'FOLDER') }
}

const stateNow = (): Promise<string | undefined> => desk.withStore(async (store) => (await store.edition(ID))?.state)

/** One of two channels has sent, the other is to be tried again. */
async function leaveHalf(): Promise<void> {
  desk.email.next('later')
  await desk.pass()
}

describe('approve', () => {
  it('freezes a draft, sends nothing itself, and says who carries it out', async () => {
    await desk.pass({ approval: 'editor' })
    const { code, out } = await control('approve')
    const feeds = Number(/feeds {5}(\d+) planned/.exec(out)?.[1])
    const shown = out
      .replace(`feeds     ${feeds} planned`, 'feeds     MANY planned')
      .replace(`0 sent, ${5 + feeds} not`, '0 sent, ALL not')
    expect({ code, out: shown }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "out": "daily/2026-06-29  approved
        “All about tides”
        bluesky   1 planned
        email     3 planned
        feeds     MANY planned
        mastodon  1 planned
        0 sent, ALL not

        It is frozen as it was previewed.
        A running worker carries it out within a quarter of a minute; without one: groundwire run --date 2026-06-29 --data FOLDER
      ",
      }
    `)
    expect(await stateNow()).toBe('approved')
  })

  it('freezes the very bytes that the desk shows, in every channel', async () => {
    await desk.pass({ approval: 'editor' })
    const terminal = testTerminal(desk.folder)
    const world = await openWorld(await loadConfiguration(common(desk.folder), terminal, packageRoot), terminal, {
      scratch: true,
    })
    const shown = openDesk(world.ports, () => world.houseFor({}), { ...world.settings, source: 'memory' })
    const seen = (await shown.view(ID))?.channels.flatMap(({ renderings }) => renderings)
    await world.close()
    await control('approve')
    expect(seen?.map(({ channel }) => channel)).toEqual(
      expect.arrayContaining(['email', 'feeds', 'bluesky', 'mastodon']),
    )
    expect(await desk.withStore((store) => store.renderings(ID))).toEqual(seen)
  })

  it('lets go what an editor held, and says once more why it was held', async () => {
    await desk.pass({ approval: 'editor' })
    await control('hold', { reason: 'the lead is doubtful' })
    const { code, out } = await control('approve')
    expect(code).toBe(0)
    expect(out).toContain('It was held: the lead is doubtful.\n')
    expect(await stateNow()).toBe('approved')
  })

  it('lets an edition go on that was held in the midst of leaving', async () => {
    await leaveHalf()
    await control('hold')
    const { code, out } = await control('approve')
    expect({ code, goesOn: out.includes('It goes on from where it was held.') }).toEqual({ code: 0, goesOn: true })
    expect(await stateNow()).toBe('sending')
  })

  it('of what has left changes nothing', async () => {
    await desk.pass()
    const { code, out } = await control('approve')
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('It has left already; nothing changed.'),
    })
  })

  it('cannot wake what was cancelled', async () => {
    await desk.pass({ approval: 'editor' })
    await control('cancel')
    expect(await control('approve')).toMatchObject({ code: 1, out: expect.stringContaining('never leaves') })
  })

  it('of ten at once approves once', async () => {
    await desk.pass({ approval: 'editor' })
    const all = await Promise.all(Array.from({ length: 10 }, () => control('approve')))
    expect(all.filter(({ out }) => out.includes('It is frozen as it was previewed.'))).toHaveLength(1)
    expect(all.filter(({ out }) => out.includes('nothing changed'))).toHaveLength(9)
    expect(all.every(({ code }) => code === 0)).toBe(true)
  })

  it('refuses a draft from another source than the call names, and says which it is from', async () => {
    await desk.pass({ approval: 'editor' })
    await expect(control('approve', { source: '/elsewhere.txt' })).rejects.toThrow(
      `${ID} was made from memory, and is shown and sent with what that says; add --source memory.`,
    )
    expect(await stateNow()).toBe('draft')
  })
})

describe('hold', () => {
  it('works in the midst of leaving, says what has left, and how to go on', async () => {
    await leaveHalf()
    expect(await control('hold', { reason: 'wrong figure' })).toMatchInlineSnapshot(`
      {
        "code": 0,
        "out": "daily/2026-06-29  held: wrong figure
        “All about tides”
        email     3 waiting
        posts     1 sent
        1 sent, 3 not

        Nothing more of it leaves until it is let go.
        To let it go: groundwire approve daily/2026-06-29 --data FOLDER
      ",
      }
    `)
    expect(await stateNow()).toBe('held')
  })

  it('names what a worker has in its hands at this moment', async () => {
    await leaveHalf()
    const now = new Date('2026-06-29T06:00:00.000Z')
    await desk.withStore((store) =>
      store.claim({ worker: 'w', now, channels: ['email'], staleBefore: new Date(0), gone: [] }),
    )
    expect((await control('hold')).out).toContain('3 that are with a worker at this moment may still leave.\n')
  })

  it('shows its reason on one line and without addresses, also when the edition is let go', async () => {
    await desk.pass({ approval: 'editor' })
    const reason = 'ada@reader.example complained\nof a forged line'
    const shown = 'a…@reader.example complained of a forged line'
    expect((await control('hold', { reason })).out).toContain(`held: ${shown}\n`)
    expect(JSON.parse((await control('hold', { reason, json: true })).out)).toMatchObject({ reason: shown })
    expect((await control('approve')).out).toContain(`It was held: ${shown}.`)
  })

  it('comes too late for what has left', async () => {
    await desk.pass()
    expect(await control('hold')).toMatchObject({ code: 1, out: expect.stringContaining('has left already') })
    expect(await stateNow()).toBe('sent')
  })

  it('has nothing to hold of what was cancelled', async () => {
    await leaveHalf()
    await control('cancel')
    expect(await control('hold')).toMatchObject({ code: 1, out: expect.stringContaining('nothing to hold') })
  })
})

describe('cancel', () => {
  it('ends what has not left, for good', async () => {
    await leaveHalf()
    expect(await control('cancel', { reason: 'retracted' })).toMatchInlineSnapshot(`
      {
        "code": 0,
        "out": "daily/2026-06-29  cancelled: retracted
        “All about tides”
        email     3 cancelled
        posts     1 sent
        1 sent, 3 not

        Nothing more of it leaves, for good.
      ",
      }
    `)
    await desk.pass({ approval: 'given' })
    expect(desk.email.accepted.size).toBe(0)
  })

  it('comes too late for what has left', async () => {
    await desk.pass()
    expect((await control('cancel')).code).toBe(1)
  })

  it('twice is the same as once', async () => {
    await leaveHalf()
    await control('cancel')
    expect((await control('cancel')).code).toBe(0)
  })
})

describe('what a program reads', () => {
  it('is one object with the tally', async () => {
    await leaveHalf()
    const { out } = await control('hold', { json: true, reason: 'x' })
    expect(JSON.parse(out)).toEqual({
      edition: ID,
      state: 'held',
      reason: 'x',
      done: true,
      sent: 1,
      unsent: 3,
      open: 3,
      deliveries: [
        { channel: 'email', state: 'waiting', count: 3 },
        { channel: 'posts', state: 'sent', count: 1 },
      ],
      message: expect.stringContaining('Nothing more of it leaves'),
    })
  })

  it.each(['approve', 'hold', 'cancel'] as const)(
    '%s names an edition that is not there, and some that are',
    async (kind) => {
      await desk.pass()
      const words = { edition: 'daily/1999-01-01' }
      await expect(control(kind, words)).rejects.toThrow(`there is no edition daily/1999-01-01; there are ${ID}.`)
    },
  )

  it('makes nothing in a folder where nothing was made', async () => {
    const data = `${desk.folder}/none`
    await expect(control('approve', { data })).rejects.toThrow(/^nothing has been made in .*none yet/)
  })
})
