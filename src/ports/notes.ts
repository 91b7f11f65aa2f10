/**
 * Small durable facts by name, which workers of a store share: what a channel stamped before its first call, what it saw
 * before it called, a session. Durable before a method resolves. Names begin with the channel's id.
 */
export interface Notes {
  recall(name: string): Promise<string | undefined>
  /** Made once and kept: the first writer wins, everyone gets the same. */
  remember(name: string, propose: () => string): Promise<string>
  /**
   * Changes a value that still is what the caller believes it to be (undefined: none); undefined removes it.
   * @returns false, and no change, when it is something else.
   */
  replace(name: string, before: string | undefined, after: string | undefined): Promise<boolean>
}
