import { freezeOf, postNamed } from '../contracts/store/fixtures.ts'
import { openSqlite } from '../../src/store/sqlite.ts'

// A process of its own that makes the store if need be, tries ten times to approve the same edition, and says what it did.
const [path = '', name = ''] = process.argv.slice(2)
const store = await openSqlite(path)
await store.migrate()
for (let tries = 0; tries < 10; tries += 1) {
  const target = `${name}-${tries}`
  if (await store.approve(freezeOf([postNamed(target)]))) console.log(`approved ${target}`)
}
await store.close()
