import { maskAddress, type SubscriberState } from '../domain/subscriber.ts'
import type { Ports, ReaderStore } from '../ports.ts'

/** By the button of the page that every mail links to, or by the reader's mail program, which shows no page. */
export type UnsubscribeWay = 'link' | 'one-click'

const REASONS: Readonly<Record<UnsubscribeWay, string>> = {
  link: 'by the link in a mail',
  'one-click': 'by one click (RFC 8058)',
}

/** What a page may tell a reader of themselves: enough to know which address it is about, not enough to write to it. */
export interface ReaderView {
  readonly maskedAddress: string
  readonly state: SubscriberState
}

/** Undefined when there is no such reader, or no longer. */
export async function viewReader(
  { store }: { readonly store: Pick<ReaderStore, 'subscriber'> },
  id: string,
): Promise<ReaderView | undefined> {
  const reader = await store.subscriber(id)
  return reader && { maskedAddress: maskAddress(reader.address), state: reader.state }
}

/** Writes to this reader no more. Whoever left before, or is not known, is well served by leaving it so. */
export async function unsubscribe(
  { clock, log, store }: Pick<Ports, 'clock' | 'log'> & { readonly store: Pick<ReaderStore, 'unsubscribe'> },
  id: string,
  way: UnsubscribeWay,
): Promise<void> {
  const done = await store.unsubscribe(id, REASONS[way], clock.now())
  if (done === 'done') log.info(`Reader ${id} unsubscribed ${REASONS[way]}.`)
}
