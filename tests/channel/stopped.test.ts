import { beforeEach, describe, expect, it } from 'vitest'
import { openGate, type Gate } from '../../src/channel/stopped.ts'
import { testClock } from '../fixtures/clock.ts'
import { testNotes } from '../fixtures/notes.ts'
import { testLog, testStore } from '../fixtures/store.ts'

const ACCOUNT = 'bluesky news.example.com'
const ADVICE = 'Make a new app password.'
const SECRET = 'abcd-efgh-ijkl-mnop'

const clock = testClock('2026-06-29T08:00:00.000Z')
let notes = testNotes()
let log = testLog()

beforeEach(() => {
  notes = testNotes()
  log = testLog()
})

const gate = (credential = SECRET, atOnce = false): Gate =>
  openGate({ clock, notes, log }, ACCOUNT, credential, ADVICE, atOnce)

const stopped = {
  kind: 'later',
  notBefore: new Date('2026-06-29T08:15:00.000Z'),
  reason: `${ACCOUNT} is stopped: the app password was refused. ${ADVICE}`,
}

describe('an account whose credential was refused', () => {
  it('is stopped for every worker, and is said so once', async () => {
    expect(await gate().closed()).toBeUndefined()
    for (const one of [gate(), gate()]) expect(await one.stop('the app password was refused')).toEqual(stopped)
    for (const one of [gate(), gate()]) expect(await one.closed()).toEqual(stopped)
    expect(log.lines).toEqual([`error: ${stopped.reason}`])
  })

  it('is said so once by fifty at once', async () => {
    const store = await testStore()
    const gates = Array.from({ length: 50 }, () => openGate({ clock, notes: store, log }, ACCOUNT, SECRET, ADVICE))
    await Promise.all(gates.map((one) => one.stop('no')))
    expect(log.lines).toHaveLength(1)
    await store.close()
  })

  it('waits for a person, which is no plan', async () => {
    expect(await gate().stop('no')).not.toHaveProperty('byPlan')
  })

  it('is tried again with another credential, and stopped again when that is refused too', async () => {
    await gate().stop('no')
    const renewed = gate('another')
    expect(await renewed.closed()).toBeUndefined()
    await renewed.stop('no again')
    expect(await renewed.closed()).toMatchObject({ reason: `${ACCOUNT} is stopped: no again. ${ADVICE}` })
    expect(log.lines).toHaveLength(2)
  })

  it('is open again for all once a credential was taken', async () => {
    await gate().stop('no')
    await gate('another').opened()
    expect([...notes.values.keys()]).toEqual([])
    expect(await gate().closed()).toBeUndefined()
  })

  it('is tried once more when somebody asks for it now, and no more than once', async () => {
    await gate().stop('no')
    const asked = gate(SECRET, true)
    expect(await asked.closed()).toBeUndefined()
    await asked.stop('no')
    expect(await asked.closed()).toMatchObject({ reason: `${ACCOUNT} is stopped: no. ${ADVICE}` })
    expect(log.lines).toHaveLength(1)
  })

  it('leaves other accounts alone', async () => {
    await gate().stop('no')
    expect(await openGate({ clock, notes, log }, 'bluesky other', SECRET, ADVICE).closed()).toBeUndefined()
  })
})

it('keeps nothing of the credential itself', async () => {
  await gate().stop('the app password was refused')
  expect(JSON.stringify([...notes.values]) + log.lines.join()).not.toContain(SECRET)
})
