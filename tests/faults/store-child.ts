import { writeSync } from 'node:fs'
import { openSqlite } from '../../src/store/sqlite.ts'
import { editionOf, freezeOf, mailingOf, NOON, requestBy } from '../contracts/store/fixtures.ts'

// Approves editions and carries them out until it is killed. Each line is written after the store has acknowledged what it says.
const [path = '', worker = ''] = process.argv.slice(2)
const say = (...words: readonly string[]): void => void writeSync(1, `${words.join(' ')}\n`)
const store = await openSqlite(path)
say('ready')
for (let count = 0; ; count += 1) {
  const edition = editionOf('2026-06-29', { id: `${worker}/${count}` })
  await store.approve(freezeOf([], { edition, mailings: [mailingOf({ key: `mail/${edition.id}`, perAttempt: 5 })] }))
  say('approved', edition.id)
  for (;;) {
    const gone = (await store.holders()).filter((holder) => holder !== worker)
    const claim = await store.claim(requestBy(worker, { gone }))
    if (!claim) break
    for (const { key } of claim.deliveries) say('claimed', key)
    const sent = claim.deliveries.map(({ key }) => [key, { kind: 'sent', remoteId: `${worker} ${key}` }] as const)
    await store.settle(worker, new Map(sent), NOON)
    for (const { key } of claim.deliveries) say('settled', key)
  }
}
