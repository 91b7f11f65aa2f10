import type { Edition } from '../domain/edition.ts'
import type { Store } from '../ports.ts'
import type { Configuration } from './configuration.ts'

/**
 * How what was let go leaves. A pass makes the edition of its day, too: for what amends it is named a day whose edition
 * has left.
 */
export async function nextStep(
  { date, amends }: Edition,
  store: Pick<Store, 'carriers' | 'edition'>,
  { callOptions }: Pick<Configuration, 'callOptions'>,
): Promise<string> {
  const carrier = amends && (await store.carriers(amends.item.url)).at(-1)
  const day = (carrier === undefined ? undefined : (await store.edition(carrier))?.edition.date) ?? date
  return `A running worker carries it out within a quarter of a minute; without one: groundwire run --date ${day}${callOptions}`
}
