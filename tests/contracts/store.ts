import { describe } from 'vitest'
import { approvalContract } from './store/approval.ts'
import { claimContract } from './store/claims.ts'
import { editionContract } from './store/editions.ts'
import type { OpenStore } from './store/opened.ts'
import { itemContract } from './store/items.ts'
import { onceContract } from './store/once.ts'
import { settleContract } from './store/settling.ts'

export type { OpenedStore } from './store/opened.ts'

/** What every store must do, whichever database it is on. `open` gives a new, empty, migrated store each time. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`the store on ${name}`, () => {
    describe('items', () => {
      itemContract(open)
    })
    describe('editions', () => {
      editionContract(open)
    })
    describe('approval', () => {
      approvalContract(open)
    })
    describe('claims', () => {
      claimContract(open)
    })
    describe('settling', () => {
      settleContract(open)
    })
    describe('things done once', () => {
      onceContract(open)
    })
  })
}
