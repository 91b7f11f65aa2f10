import { randomBytes } from 'node:crypto'

/** Of a new reader: says nothing of their address, and never changes. */
export function newReaderId(): string {
  return randomBytes(10).toString('hex')
}
