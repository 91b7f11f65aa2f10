import { expect, test } from 'vitest'
import type { Delivery } from '../../../src/domain/delivery.ts'
import type { Store } from '../../../src/ports.ts'
import {
  claimAll,
  editionOf,
  freezeOf,
  keysOf,
  mailingOf,
  minutesAfterNoon,
  NOON,
  postNamed,
  renderingOf,
  requestBy,
  subscriberNamed,
} from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const ID = 'daily/2026-06-29'

export function approvalContract(open: OpenStore): void {
  test('freezes edition, findings and renderings as they are, and plans what is owed', async () => {
    const { store, reopen } = await forThisTest(open)
    const full = renderingOf('posts', 'post', {
      content: 'A "frozen" \u{1F4F0} line\r\nand more',
      item: 'https://paper.example/a',
      text: 'as text',
      measures: [
        { name: 'graphemes', value: 12, limit: 300 },
        { name: 'bytes', value: 40 },
      ],
      findings: [{ severity: 'note', code: 'n', message: 'm', channel: 'posts' }],
    })
    const renderings = [full, renderingOf('posts', 'a-second', { mayLeave: false })]
    expect(await store.approve(freezeOf([postNamed('b'), postNamed('a')], { renderings }))).toBe(true)
    const again = await reopen()
    const edition = editionOf('2026-06-29')
    const approved = { edition, state: 'approved', findings: [], reason: '', approvedAt: NOON.toISOString() }
    expect(await again.edition(ID)).toEqual(approved)
    expect(await again.renderings(ID)).toEqual(renderings)
    const planned = ['b', 'a'].map((name) =>
      Object.assign(postNamed(name), { state: 'planned', attempts: 0, doubts: 0 }),
    )
    expect(await again.ledger({})).toEqual(planned)
  })

  test('approves a draft and a held edition, with the words it has at that moment', async () => {
    const { store } = await forThisTest(open)
    await store.keep(editionOf('2026-06-29', { subject: 'Draft' }), 'draft', [], '')
    expect(await store.approve(freezeOf([]))).toBe(true)
    await store.keep(editionOf('2026-06-30'), 'held', [], 'wait')
    expect(await store.approve(freezeOf([], { edition: editionOf('2026-06-30') }))).toBe(true)
    expect((await store.edition(ID))?.edition.subject).toBe('The news of 2026-06-29')
    expect(await store.edition('daily/2026-06-30')).toMatchObject({ state: 'approved', reason: '' })
  })

  test('happens once: a second approval is refused and writes nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    const before = await fingerprint()
    expect(await store.approve(freezeOf([postNamed('a'), postNamed('b')]))).toBe(false)
    expect(await fingerprint()).toBe(before)
  })

  test('of fifty approvals at once exactly one succeeds, and its plan is the plan', async () => {
    const { store, another } = await forThisTest(open)
    const handles = [store, ...(await Promise.all(Array.from({ length: 7 }, () => another())))]
    const approvals = Array.from({ length: 50 }, (_, at) =>
      (handles[at % handles.length] ?? store).approve(freezeOf([postNamed(`${at}`), postNamed(`${at}-too`)])),
    )
    const results = await Promise.all(approvals)
    const winner = results.indexOf(true)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect((await store.ledger({})).map(({ target }) => target)).toEqual([`${winner}`, `${winner}-too`])
  })

  test('is all or nothing: a delivery without its rendering undoes the whole', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.keep(editionOf('2026-06-29'), 'draft', [], '')
    const before = await fingerprint()
    const broken = freezeOf([postNamed('a'), postNamed('b', { rendering: 'nowhere' })])
    await expect(store.approve(broken)).rejects.toThrow('nowhere')
    expect(await fingerprint()).toBe(before)
    expect(await store.edition(ID)).toMatchObject({ state: 'draft' })
    expect([await store.renderings(ID), await store.ledger({})]).toEqual([[], []])
    expect(await store.approve(freezeOf([postNamed('a')]))).toBe(true)
  })

  test('plans a key once for ever, through whichever edition it came first', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a'), postNamed('a', { target: 'other' })]))
    const weekly = editionOf('2026-06-30')
    const again = [postNamed('a', { edition: weekly.id }), postNamed('b', { edition: weekly.id })]
    await store.approve(freezeOf(again, { edition: weekly }))
    const rows = (await store.ledger({})).map(({ key, edition, target }) => [key, edition, target])
    expect(rows).toEqual([
      ['posts/a', ID, 'a'],
      ['posts/b', weekly.id, 'b'],
    ])
    expect((await claimAll(store, requestBy('w'))).map(keysOf)).toEqual([['posts/a'], ['posts/b']])
  })

  test('a mailing whose key was planned before reaches those alone who are not in the ledger yet, under keys of their own', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers(['a', 'b', 'c'].map((id) => subscriberNamed(id)))
    await store.approve(freezeOf([], { mailings: [mailingOf()] }))
    await store.addSubscribers(['aa', 'd', 'e'].map((id) => subscriberNamed(id)))
    await store.approve(freezeOf([], { edition: editionOf('2026-06-30'), mailings: [mailingOf()] }))
    const again = await store.ledger({ edition: 'daily/2026-06-30' })
    expect(again.map(({ target }) => target)).toEqual(['aa', 'd', 'e'])
    const claims = await claimAll(store, requestBy('w'))
    expect(claims.map(({ deliveries }) => deliveries.map(({ target }) => target))).toEqual([
      ['a', 'b'],
      ['c'],
      ['aa', 'd'],
      ['e'],
    ])
    expect(new Set(claims.map(({ group }) => group)).size).toBe(4)
    expect(claims[2]?.group).toMatch(/^mail\/daily\/2026-06-29\/chunk\/0\+\d+$/)
  })

  test('a mailing reaches those who asked for its frequency, and nobody whose address is suppressed', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers([
      subscriberNamed('a'),
      subscriberNamed('b', { frequency: 'weekly' }),
      subscriberNamed('c', { frequency: 'daily' }),
      subscriberNamed('d'),
    ])
    await store.suppress('d@reader.example', 'editor', '', NOON)
    await store.approve(freezeOf([], { mailings: [mailingOf()] }))
    const weekly = editionOf('2026-06-30', { id: 'weekly/2026-06-30', schedule: 'weekly' })
    const mailings = [mailingOf({ key: 'mail/weekly/2026-06-30', frequency: 'weekly' })]
    await store.approve(freezeOf([], { edition: weekly, mailings }))
    expect((await store.ledger({})).map(({ edition, target }) => [edition, target])).toEqual([
      [ID, 'a'],
      [ID, 'c'],
      [weekly.id, 'b'],
    ])
  })

  test('of an edition that was approved and is held, neither approval nor draft changes anything', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.hold(ID, 'wait')
    const before = await fingerprint()
    expect(await store.approve(freezeOf([postNamed('a'), postNamed('b')]))).toBe(false)
    expect(await store.keep(editionOf('2026-06-29', { subject: 'Another' }), 'held', [], 'another')).toBe(false)
    expect(await fingerprint()).toBe(before)
  })

  test('expands a mailing to the active subscribers in the order of their ids, in groups', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers([
      ...['d', 'b', 'e', 'a', 'c'].map((id) => subscriberNamed(id)),
      subscriberNamed('aa', { state: 'unconfirmed' }),
      subscriberNamed('bb', { state: 'unsubscribed' }),
    ])
    await store.approve(freezeOf([postNamed('first')], { mailings: [mailingOf()] }))
    const mails = (await store.ledger({})).slice(1)
    const key = 'mail/daily/2026-06-29'
    const expected = ['a', 'b', 'c', 'd', 'e'].map((id, at) => ({
      key: `${key}/${id}`,
      group: `${key}/chunk/${Math.floor(at / 2)}`,
      edition: ID,
      channel: 'mail',
      rendering: 'digest',
      target: id,
      address: `${id}@reader.example`,
      state: 'planned',
      attempts: 0,
      doubts: 0,
    }))
    expect(mails).toEqual(expected)
  })

  test('a subscriber who comes after the approval is not in it', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers([subscriberNamed('early')])
    await store.approve(freezeOf([], { mailings: [mailingOf()] }))
    await store.addSubscribers([subscriberNamed('late')])
    expect((await store.ledger({})).map(({ target }) => target)).toEqual(['early'])
    expect((await store.claim(requestBy('w')))?.deliveries.map(({ target }) => target)).toEqual(['early'])
  })

  test('a document overtakes older ones to the same target that have not left, and nothing else', async () => {
    const { store } = await forThisTest(open)
    const older = ['waiting', 'unknown', 'claimed', 'sent', 'planned', 'untouched'].map((name) => fileTo(name, '29'))
    await store.approve(freezeOf([...older, postNamed('planned')]))
    for (const name of ['waiting', 'unknown', 'claimed', 'sent']) await store.claim(requestBy(name))
    await settleAs(store)
    const next = editionOf('2026-06-30')
    const newer = [
      ...older.slice(0, 5).map(({ target }) => fileTo(target, '30')),
      postNamed('new', { edition: next.id }),
    ]
    await store.approve(freezeOf(newer, { edition: next, documents: ['files'] }))
    const states = (await store.ledger({ edition: ID })).map(({ channel, target, state }) => [channel, target, state])
    expect(states).toEqual([
      ['files', 'waiting', 'superseded'],
      ['files', 'unknown', 'superseded'],
      ['files', 'claimed', 'superseded'],
      ['files', 'sent', 'sent'],
      ['files', 'planned', 'superseded'],
      ['files', 'untouched', 'planned'],
      ['posts', 'planned', 'planned'],
    ])
    expect((await store.ledger({ edition: next.id })).every(({ state }) => state === 'planned')).toBe(true)
  })

  test('a document that was planned before is not overtaken by its own repetition', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([fileTo('rss.xml', '29')]))
    const next = editionOf('2026-06-30')
    const repeated = { ...fileTo('rss.xml', '29'), edition: next.id }
    await store.approve(freezeOf([repeated], { edition: next, documents: ['files'] }))
    expect((await store.ledger({})).map(({ edition, state }) => [edition, state])).toEqual([[ID, 'planned']])
  })
}

function fileTo(target: string, day: string): Delivery {
  const key = `files/${day}/${target}`
  return { key, group: key, edition: `daily/2026-06-${day}`, channel: 'files', rendering: 'feed', target }
}

/** Each claim was made by a worker named after its delivery, and that after the state it is to come to. */
async function settleAs(store: Store): Promise<void> {
  const later = { notBefore: minutesAfterNoon(5), reason: 'busy' }
  await store.settle('waiting', new Map([['files/29/waiting', { kind: 'later', ...later }]]), NOON)
  await store.settle('unknown', new Map([['files/29/unknown', { kind: 'unknown', ...later }]]), NOON)
  await store.settle('sent', new Map([['files/29/sent', { kind: 'sent', remoteId: '1' }]]), NOON)
}
