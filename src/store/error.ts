/** The store cannot do what was asked. The message is fit for people: which file, what is wrong, what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
