import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolveCommand } from '../../src/main/resolve.ts'
import { common, ID, openEditorsDesk, testTerminal, type Desk } from './editor.ts'

let desk: Desk

beforeEach(async () => {
  desk = await openEditorsDesk()
})
afterEach(() => desk.discard())

async function settle(
  target: string,
  resolution: 'sent' | 'retry' | 'drop',
  json = false,
): Promise<{ readonly code: number; readonly out: string }> {
  const terminal = testTerminal(desk.folder)
  const command = { ...common(desk.folder), kind: 'resolve', target, resolution, reason: undefined, json } as const
  return { code: await resolveCommand(command, terminal), out: terminal.written.join('') }
}

const states = (): Promise<string[]> =>
  desk.withStore(async (store) =>
    (await store.ledger({ edition: ID, channel: 'email' })).map(({ target, state }) => `${target} ${state}`),
  )
const stateNow = (): Promise<string | undefined> => desk.withStore(async (store) => (await store.edition(ID))?.state)
const key = (reader: string): string => `email/${ID}/${reader}`

/** The provider took the mails and never said so. */
async function leaveInReview(): Promise<void> {
  desk.email.next('silent')
  await desk.pass()
  expect(await states()).toEqual(['reader-01 review', 'reader-02 review', 'reader-03 review'])
}

describe('resolve', () => {
  it('settles one delivery by its key', async () => {
    await leaveInReview()
    expect(await settle(key('reader-02'), 'sent')).toEqual({ code: 0, out: '1 delivery settled as sent.\n' })
    expect(await states()).toEqual(['reader-01 review', 'reader-02 sent', 'reader-03 review'])
  })

  it('settles all of an edition that need review', async () => {
    await leaveInReview()
    await settle(key('reader-02'), 'sent')
    expect(await settle(ID, 'drop')).toEqual({
      code: 0,
      out: '2 deliveries given up; nothing more leaves for them.\n',
    })
    expect(await states()).toEqual(['reader-01 rejected', 'reader-02 sent', 'reader-03 rejected'])
  })

  it('closes an edition that waited for nothing else', async () => {
    desk.email.next('accept-unknown')
    await desk.pass()
    expect(await stateNow()).toBe('sending')
    expect(await settle(ID, 'sent')).toMatchObject({ code: 1, out: expect.stringContaining('3 unknown, 1 sent.') })
    for (const reader of ['reader-01', 'reader-02', 'reader-03'])
      expect((await settle(key(reader), 'sent')).code).toBe(0)
    expect(await stateNow()).toBe('sent')
  })

  it('tries nothing anew while others of its call may still be replayed, and says so', async () => {
    desk.email.next('accept-unknown')
    await desk.pass()
    expect(await settle(key('reader-01'), 'retry')).toMatchObject({
      code: 1,
      out: expect.stringContaining('Others that left in the same call are still open'),
    })
  })

  it('has a delivery tried anew, opens its edition again, and warns of a second copy', async () => {
    await leaveInReview()
    const { code, out } = await settle(key('reader-03'), 'retry')
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^1 delivery to be tried anew; whoever has the message already gets it twice\./),
    })
    expect(await stateNow()).toBe('sending')
    await desk.pass()
    expect(await stateNow()).toBe('sent')
    expect(desk.email.accepted.get(key('reader-03'))).toBe(2)
    expect(desk.email.accepted.get(key('reader-01'))).toBe(1)
  })

  it('tries anew what was rejected', async () => {
    desk.email.next('reject')
    await desk.pass()
    expect((await settle(key('reader-01'), 'retry')).code).toBe(0)
    await desk.pass()
    expect(await states()).toEqual(['reader-01 sent', 'reader-02 sent', 'reader-03 sent'])
  })

  it('says why nothing was settled, with 1', async () => {
    await desk.pass()
    expect(await settle(key('reader-01'), 'drop')).toEqual({
      code: 1,
      out: `Nothing was settled; ${key('reader-01')} is: sent. Only what needs review or is unknown can be settled so.\n`,
    })
    expect(await settle(ID, 'retry')).toEqual({
      code: 1,
      out: `Nothing was settled; ${ID} is: 4 sent. Of an edition all that need review are settled at once; anything else by the key of its delivery.\n`,
    })
  })

  it('tries nothing of a cancelled edition again', async () => {
    await leaveInReview()
    desk.posts.next('later')
    await settle(ID, 'retry')
    await desk.withStore((store) => store.cancel(ID, 'retracted', new Date('2026-06-29T05:00:00.000Z')))
    for (const target of [ID, key('reader-01')])
      expect(await settle(target, 'retry')).toEqual({
        code: 1,
        out: `${ID} was cancelled: nothing of it is tried anew.\n`,
      })
  })

  it('names a target that is neither a delivery nor an edition', async () => {
    await desk.pass()
    for (const target of ['email/nobody', 'nonsense', key('reader-99')])
      await expect(settle(target, 'sent')).rejects.toThrow(`there is neither an edition nor a delivery ${target}.`)
  })

  it('does not repeat an address that was typed for a key', async () => {
    await desk.pass()
    for (const target of ['ada@reader.example', `email/${ID}/ada@reader.example`, 'ada%40reader.example'])
      await expect(settle(target, 'sent')).rejects.toThrow(/^(?!.*ada).*nor a delivery .*a…@reader\.example\./)
  })

  it('finds a post by its key too', async () => {
    await desk.pass()
    const posts = await desk.withStore((store) => store.ledger({ channel: 'posts' }))
    expect(await settle(posts[0]?.key ?? '', 'sent')).toMatchObject({
      code: 1,
      out: expect.stringContaining('is: sent.'),
    })
  })

  it('gives a program one object', async () => {
    await leaveInReview()
    expect(JSON.parse((await settle(ID, 'sent', true)).out)).toEqual({
      target: ID,
      resolution: 'sent',
      settled: 3,
      message: '3 deliveries settled as sent.',
    })
  })
})
