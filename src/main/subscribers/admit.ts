import { maskAddress, type Subscriber } from '../../domain/subscriber.ts'
import type { AddressStatus, ReaderStore } from '../../ports.ts'
import { suppressionWords } from './add.ts'
import type { Seen } from './seen.ts'

/**
 * What became of a line. `recorded`: new here, but the file says that they left or must not be written to, and so it is
 * kept. `unsubscribed`, `suppressed`: kept out, for that is known here. `repeated`: on an earlier line already.
 */
export type Admission = 'added' | 'recorded' | 'known' | 'unsubscribed' | 'suppressed' | 'repeated' | 'invalid'

/** `message` is undefined where there is nothing to say. `address` is masked. */
export interface Told {
  readonly line: number
  readonly outcome: Admission
  readonly address: string
  readonly message?: string
}

interface Candidate {
  readonly line: number
  readonly reader: Subscriber
}

/** One transaction for all who are new; what became of each. */
export async function admit(candidates: readonly Candidate[], seen: Seen, store: ReaderStore): Promise<Told[]> {
  const told: Told[] = []
  const firsts = candidates.filter(({ line, reader }) => {
    const before = seen.before(reader.address, line)
    if (before === undefined) return true
    const address = maskAddress(reader.address)
    told.push({ line, outcome: 'repeated', address, message: `${address} is on line ${before} already` })
    return false
  })
  const statuses = await store.addressStatuses(firsts.map(({ reader }) => reader.address))
  const fresh: Subscriber[] = []
  for (const [index, { line, reader }] of firsts.entries()) {
    const status = statuses[index] ?? {}
    const isFresh = mayEnter(reader, status)
    if (isFresh) fresh.push(reader)
    const said = isFresh ? { outcome: outcomeOfNew(reader) } : standing(reader, status)
    told.push({ line, address: maskAddress(reader.address), ...said })
  }
  // First the reason not to write to them: whoever stops in between leaves nobody who would get mail.
  for (const { address, suppressed, reason = '', changedAt = '' } of fresh)
    if (suppressed !== undefined) await store.suppress(address, suppressed, reason, new Date(changedAt))
  await store.addSubscribers(fresh)
  return told
}

/** Nobody knows them yet; of whoever is on the suppression list only when the file says so too. */
function mayEnter(reader: Subscriber, { id, suppressed }: AddressStatus): boolean {
  return id === undefined && (suppressed === undefined || reader.suppressed !== undefined)
}

function outcomeOfNew({ state, suppressed }: Subscriber): Admission {
  return state === 'unsubscribed' || suppressed !== undefined ? 'recorded' : 'added'
}

function standing(reader: Subscriber, { state, suppressed }: AddressStatus): Pick<Told, 'outcome' | 'message'> {
  const name = maskAddress(reader.address)
  const hasLeft = outcomeOfNew(reader) === 'recorded'
  if (suppressed === undefined && state !== 'unsubscribed')
    return hasLeft
      ? {
          outcome: 'known',
          message: `${name} gets mail, though the file says they left or are suppressed; if so, groundwire subscribers remove ADDRESS`,
        }
      : { outcome: 'known' }
  if (hasLeft) return { outcome: 'known' }
  return suppressed === undefined
    ? { outcome: 'unsubscribed', message: `${name} has unsubscribed; not added again` }
    : {
        outcome: 'suppressed',
        message: `${name} is on the suppression list, because ${suppressionWords[suppressed]}; kept out`,
      }
}
