import type { Edition } from '../domain/edition.ts'
import { digests } from '../pipeline/desk.ts'
import { PUBLISHED } from '../pipeline/public-editions.ts'
import type { Store } from '../ports.ts'
import type { Configuration } from './configuration.ts'

/**
 * How what was let go leaves. A pass makes the edition of its day, too: for what amends it is named a day whose edition
 * has left.
 */
export async function nextStep(
  edition: Edition,
  store: Store,
  { callOptions }: Pick<Configuration, 'callOptions'>,
): Promise<string> {
  const day = (await dayThatLeft(edition, store)) ?? edition.date
  return `A running worker carries it out within a quarter of a minute; without one: groundwire run --date ${day}${callOptions}`
}

async function dayThatLeft({ amends }: Edition, store: Store): Promise<string | undefined> {
  if (!amends) return undefined
  const carrier = (await store.carriers(amends.item.url)).at(-1)
  if (carrier !== undefined) return (await store.edition(carrier))?.edition.date
  return (await digests(store, 1, PUBLISHED))[0]?.date
}
