import { describe, expect, it, onTestFinished } from 'vitest'
import { mastodonFaults as faults, POST, startFakeMastodon, TOKEN } from '../../../fakes/mastodon.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { deleteOf, editOf, itemPost, newWorld, posts, untilSettled, withPicture } from './support.ts'

const tides = posts(itemPost('tides'))
const KEY = 'mastodon/one'
const PUT = 'PUT /api/v1/statuses/:id'
const LATER = '2026-06-29T05:00:00.001Z'
const DELETE = 'DELETE /api/v1/statuses/:id'

describe('a correction', () => {
  const edit = editOf(KEY, 'Put right')

  it('changes the status in place and keeps its picture', async () => {
    const world = await newWorld()
    await world.send(posts(itemPost('tides', withPicture)))
    const [before] = world.server.statuses
    expect(await world.send(edit, { key: 'mastodon/edit' })).toMatchObject({ kind: 'sent', remoteId: before?.id })
    expect(world.server.statuses).toMatchObject([{ text: 'Put right', edits: 1 }])
    const call = world.server.calls.find(({ what }) => what === PUT)
    expect(JSON.parse(call?.body ?? '')).toMatchObject({ media_ids: before?.media })
  })

  it('is done again when its answer is lost', async () => {
    const world = await newWorld()
    await world.send(tides)
    world.server.setFault(({ what }) =>
      what === PUT && world.server.count(PUT) === 1 ? faults.acceptThenReset : undefined,
    )
    expect(await world.send(edit, { key: 'mastodon/edit' })).toMatchObject({ kind: 'unknown' })
    expect(await world.find(edit, { key: 'mastodon/edit' })).toMatchObject({ kind: 'later' })
    expect(await world.send(edit, { key: 'mastodon/edit', doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toHaveLength(1)
  })

  it('never puts an earlier text over a later one', async () => {
    const world = await newWorld()
    await world.send(tides)
    world.server.setFault(({ what }) =>
      what === PUT && world.server.count(PUT) === 1 ? faults.resetBefore : undefined,
    )
    await world.send(edit, { key: 'mastodon/edit-1' })
    const again = editOf(KEY, 'Put right again', 0, LATER)
    // The first may still be under way.
    expect(await world.send(again, { key: 'mastodon/edit-2' })).toMatchObject({ kind: 'later' })
    world.clock.advance(90_000)
    expect(await world.send(again, { key: 'mastodon/edit-2' })).toMatchObject({ kind: 'sent' })
    expect(await world.send(edit, { key: 'mastodon/edit-1', doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toMatchObject([{ text: 'Put right again', edits: 1 }])
  })

  it('said first and carried out last changes nothing: the order is that of the words', async () => {
    const world = await newWorld()
    const again = editOf(KEY, 'Put right again', 0, LATER)
    expect(await world.send(edit, { key: 'mastodon/edit-1' })).toMatchObject({ kind: 'later' })
    expect(await world.send(again, { key: 'mastodon/edit-2' })).toMatchObject({ kind: 'later' })
    await world.send(tides)
    expect(await world.send(again, { key: 'mastodon/edit-2' })).toMatchObject({ kind: 'sent' })
    expect(await world.send(edit, { key: 'mastodon/edit-1' })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toMatchObject([{ text: 'Put right again', edits: 1 }])
  })

  it('waits while it is not known what became of a later one, and is made when that was refused', async () => {
    const world = await newWorld()
    await world.send(tides)
    const again = editOf(KEY, 'Put right again', 0, LATER)
    world.server.setFault(({ what }) => (what === PUT ? faults.resetBefore : undefined))
    await world.send(again, { key: 'mastodon/edit-2' })
    world.clock.advance(1_800_000)
    expect(await world.send(edit, { key: 'mastodon/edit-1' })).toMatchObject({ kind: 'later' })
    world.server.setFault(({ what }) => (what === PUT ? faults.json(422, 'No') : undefined))
    expect(await world.send(again, { key: 'mastodon/edit-2' })).toMatchObject({ kind: 'rejected' })
    world.server.setFault(undefined)
    expect(await world.send(edit, { key: 'mastodon/edit-1' })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toMatchObject([{ text: 'Put right', edits: 1 }])
  })

  it('waits no longer than an hour for a later one that nobody asks for any more', async () => {
    const world = await newWorld()
    await world.send(tides)
    world.server.setFault(({ what }) =>
      what === PUT && world.server.count(PUT) === 1 ? faults.resetBefore : undefined,
    )
    const again = editOf(KEY, 'Put right again', 0, LATER)
    expect(await world.send(again, { key: 'mastodon/edit-2' })).toMatchObject({ kind: 'unknown' })
    expect(await world.send(edit, { key: 'mastodon/edit-1' })).toMatchObject({ kind: 'later' })
    world.clock.advance(61 * 60_000)
    expect(await world.send(edit, { key: 'mastodon/edit-1' })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toMatchObject([{ text: 'Put right', edits: 1 }])
    expect(await world.send(again, { key: 'mastodon/edit-2', doubts: 1 })).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toMatchObject([{ text: 'Put right again' }])
  })

  it('is as if it had never been begun when the server asked for a pause', async () => {
    const world = await newWorld()
    await world.send(tides)
    world.server.setFault(({ what }) =>
      what === PUT && world.server.count(PUT) === 1 ? faults.json(429, 'Too many requests') : undefined,
    )
    const again = editOf(KEY, 'Put right again', 0, LATER)
    expect(await world.send(again, { key: 'mastodon/edit-2' })).toMatchObject({ kind: 'later' })
    expect(await world.send(edit, { key: 'mastodon/edit-1' })).toMatchObject({ kind: 'sent' })
  })

  it('waits for its post, for three days at most', async () => {
    const world = await newWorld()
    const notBefore = new Date(world.clock.now().getTime() + 600_000)
    expect(await world.send(edit, { key: 'mastodon/edit' })).toMatchObject({ kind: 'later', notBefore })
    world.clock.advance(3 * 24 * 3_600_000)
    expect(await world.send(edit, { key: 'mastodon/edit' })).toMatchObject({ kind: 'rejected' })
    expect(world.server.calls).toEqual([])
  })

  it('says that the post is gone, was refused, or was retracted', async () => {
    const world = await newWorld()
    await world.send(tides)
    world.server.setFault(({ what }) => (what === PUT ? faults.json(404, 'Record not found') : undefined))
    expect(await world.send(edit, { key: 'mastodon/edit' })).toEqual({ kind: 'rejected', reason: 'the post is gone' })
    world.server.setFault(({ what }) => (what === POST ? faults.json(422, 'No') : undefined))
    await world.send(posts(itemPost('ice')), { key: 'mastodon/two' })
    expect(await world.send(editOf('mastodon/two', 'x'), { key: 'mastodon/e2' })).toMatchObject({ kind: 'rejected' })
    world.server.setFault(undefined)
    await world.send(deleteOf(KEY), { key: 'mastodon/gone' })
    expect(await world.send(edit, { key: 'mastodon/edit' })).toMatchObject({ kind: 'rejected' })
  })
})

describe('a retraction', () => {
  const gone = deleteOf(KEY)
  const how = { key: 'mastodon/gone' }

  it('deletes, and no replay brings it back', async () => {
    const world = await newWorld()
    await world.send(tides)
    expect(await world.send(gone, how)).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toEqual([])
    const calls = world.server.calls.length
    expect(await world.send(tides, { doubts: 1 })).toEqual({ kind: 'rejected', reason: 'it was retracted' })
    expect(world.server.calls).toHaveLength(calls)
  })

  it.each([
    ['is lost', faults.acceptThenReset],
    ['is HTML', faults.acceptThenHtml502],
    ['says that it is gone', faults.json(404, 'Record not found')],
  ])('is done when the answer %s and the status is not there', async (_, fault) => {
    const world = await newWorld()
    const { remoteId } = { remoteId: '', ...(await world.send(tides)) }
    if (!fault.acts) await world.send(gone, { key: 'mastodon/other' })
    world.server.setFault(({ what }) => (what === DELETE ? fault : undefined))
    expect(await world.send(gone, how)).toMatchObject({ kind: 'sent', remoteId })
    expect(world.server.statuses).toEqual([])
  })

  it('of a status in doubt finds and deletes it', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.acceptThenReset : undefined))
    await world.send(tides)
    expect(await world.send(gone, how)).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toEqual([])
    expect(await world.find(tides)).toMatchObject({ kind: 'rejected' })
  })

  it('of a status in doubt that appears late finds it at the second look', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.resetBefore : undefined))
    await world.send(tides)
    world.clock.advance(100_000)
    expect(await world.send(gone, how)).toMatchObject({ kind: 'later' })
    world.clock.advance(90_000)
    expect(await world.send(gone, how)).toMatchObject({ kind: 'later' })
    world.server.add(itemPost('tides').status.status, 'groundwire')
    world.clock.advance(90_000)
    expect(await world.send(gone, how)).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toEqual([])
  })

  it('of a status in doubt that never appears says so after two looks', async () => {
    const world = await newWorld()
    world.server.setFault(({ what }) => (what === POST ? faults.resetBefore : undefined))
    await world.send(tides)
    expect(await untilSettled(world, gone, how)).toEqual({ kind: 'sent', remoteId: 'never posted' })
    expect(world.server.count(POST)).toBe(1)
  })

  it('of what was never asked for keeps it from being asked for', async () => {
    const world = await newWorld()
    expect(await world.send(gone, how)).toMatchObject({ kind: 'sent' })
    expect(await world.send(tides)).toMatchObject({ kind: 'rejected' })
    expect(world.server.calls).toEqual([])
  })

  it('that comes between the last look and the call is seen by the call', async () => {
    const world = await newWorld()
    const notes = testNotes(world.values)
    const late = {
      ...notes,
      // The retraction is written down just when the post has said that it is about to be asked for.
      recall: async (name: string) => {
        const asked = world.values.get(`mastodon post ${KEY}`)?.includes('"asked"')
        if (name.startsWith('mastodon gone') && asked) await world.send(gone, how)
        return notes.recall(name)
      },
    }
    expect(await world.send(tides, { notes: late })).toMatchObject({ kind: 'rejected' })
    expect(world.server.count(POST)).toBe(0)
  })

  it('of one status of a thread leaves the others, and the rest answers what is there', async () => {
    const world = await newWorld()
    const thread = posts(itemPost('a'), itemPost('b'), itemPost('c'))
    await world.send(deleteOf(KEY, 1), how)
    expect(await world.send(thread)).toMatchObject({ kind: 'sent' })
    const [a] = world.server.statuses
    expect(world.server.statuses.map(({ replyTo }) => replyTo)).toEqual([null, a?.id])
  })

  it('is left to a person where the server does not delete', async () => {
    const world = await newWorld({ deletes: false })
    await world.send(tides)
    expect(await world.send(gone, how)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('by hand') })
  })

  it('is left to a person after an hour of answers without a word, and not after one of them', async () => {
    const world = await newWorld()
    await world.send(tides)
    world.server.setFault(({ what }) => (what === DELETE ? faults.html502 : undefined))
    expect(await world.send(gone, how)).not.toHaveProperty('isFinal')
    world.clock.advance(61 * 60_000)
    for (let failures = 2; failures < 12; failures += 1) {
      expect(await world.send(gone, how)).not.toHaveProperty('isFinal')
      // Soon after the one before, which does not count.
      expect(await world.send(gone, how)).not.toHaveProperty('isFinal')
      world.clock.advance(300_000)
    }
    expect(await world.send(gone, how)).toMatchObject({
      kind: 'unknown',
      isFinal: true,
      reason: expect.stringContaining('delete it there by hand'),
    })
    world.server.setFault(undefined)
    expect(await world.send(gone, how)).toMatchObject({ kind: 'sent' })
  })

  it.each([
    ['a page with status 200', 'html200'],
    ['a page that finds nothing', 'html404'],
  ])('is not believed on the word of %s while the post stands', async (_, name) => {
    const world = await newWorld()
    await world.send(tides)
    world.server.setFault(() => (name === 'html200' ? faults.html200 : faults.page(404)))
    expect(await world.send(gone, how)).toMatchObject({ kind: 'unknown' })
    world.server.setFault(undefined)
    expect(await world.send(gone, how)).toMatchObject({ kind: 'sent' })
    expect(world.server.statuses).toEqual([])
  })
})

describe('a token or an instance that was changed', () => {
  const changes = {
    'an edit': editOf(KEY, 'Put right'),
    'a retraction': deleteOf(KEY),
  }
  it.each(Object.entries(changes))('for that of another account waits with %s', async (_, content) => {
    const world = await newWorld()
    await world.send(tides)
    world.server.change({ token: 'another', account: '110' })
    const how = { key: 'mastodon/change', token: 'another' }
    expect(await world.send(content, how)).toMatchObject({ kind: 'later', reason: expect.stringContaining('another') })
    expect(world.server.count(PUT) + world.server.count(DELETE)).toBe(0)
    world.server.change({ token: TOKEN, account: '109' })
    expect(await world.send(content, { key: 'mastodon/change' })).toMatchObject({ kind: 'sent' })
  })

  it.each(Object.entries(changes))('for another instance waits with %s', async (_, content) => {
    const world = await newWorld()
    await world.send(tides)
    const other = await startFakeMastodon({ clock: world.clock })
    onTestFinished(() => other.close())
    const how = { key: 'mastodon/change', url: other.url }
    expect(await world.send(content, how)).toMatchObject({ kind: 'later' })
    expect(other.calls).toEqual([])
    expect(await world.send(content, { key: 'mastodon/change' })).toMatchObject({ kind: 'sent' })
  })
})
