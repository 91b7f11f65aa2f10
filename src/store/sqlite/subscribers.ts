import type { Subscriber } from '../../domain/subscriber.ts'
import type { Store } from '../../ports.ts'
import { StoreError } from '../error.ts'
import type { Connection } from './connection.ts'
import { rowAs, subscriberRow } from './rows.ts'

const PAGE = 1000

/** Readers. Two addresses that differ in case alone are one reader. */
export function subscriberMethods(db: Connection): Pick<Store, 'addSubscribers' | 'audience'> {
  return {
    addSubscribers: (subscribers) =>
      db.write(() => subscribers.filter((subscriber) => addSubscriber(db, subscriber)).length),
    audience: () => audience(db),
  }
}

/** Looks first: ON CONFLICT would also swallow a new address under an id that is taken, and a reader with it. */
function addSubscriber(db: Connection, { id, address, state, consent }: Subscriber): boolean {
  if (db.get('SELECT 1 FROM subscribers WHERE address = :address', { address })) return false
  if (db.get('SELECT 1 FROM subscribers WHERE id = :id', { id }))
    throw new StoreError(
      `The subscriber id "${id}" stands for another address already; give each reader an id of their own.`,
    )
  db.run('INSERT INTO subscribers (id, address, state, consent) VALUES (:id, :address, :state, :consent)', {
    id,
    address,
    state,
    consent,
  })
  return true
}

/** In the order of ids, a page at a time: no statement stays open while the caller works. */
async function* audience(db: Connection): AsyncGenerator<Subscriber> {
  let after = ''
  for (;;) {
    const page = await db.read(() =>
      db
        .all(
          `SELECT id, address, state, consent FROM subscribers
           WHERE id > :after AND state = 'active' ORDER BY id LIMIT ${PAGE}`,
          { after },
        )
        .map((row) => rowAs(subscriberRow, row, 'subscribers')),
    )
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.id
  }
}
