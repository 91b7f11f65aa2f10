let last: Promise<unknown> = Promise.resolve()

/**
 * All decoding and drawing of the process, one after the other in the order of asking: one picture may take a few
 * hundred megabytes while it is looked at, several at once more than a small machine has.
 */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work)
  last = turn.catch(() => undefined)
  return turn
}
