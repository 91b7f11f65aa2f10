import { describe } from 'vitest'
import { approvalContract } from './store/approval.ts'
import { claimContract } from './store/claims.ts'
import { controlContract } from './store/control.ts'
import { editionContract } from './store/editions.ts'
import { groupContract } from './store/groups.ts'
import type { OpenStore } from './store/opened.ts'
import { itemContract } from './store/items.ts'
import { onceContract } from './store/once.ts'
import { paceContract } from './store/pace.ts'
import { readerContract } from './store/readers.ts'
import { reportContract } from './store/reports.ts'
import { resolveContract } from './store/resolving.ts'
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
    describe('attempt groups', () => {
      groupContract(open)
    })
    describe('an editor', () => {
      controlContract(open)
    })
    describe('resolving', () => {
      resolveContract(open)
    })
    describe('things done once', () => {
      onceContract(open)
    })
    describe('readers', () => {
      readerContract(open)
    })
    describe('reports', () => {
      reportContract(open)
    })
    describe('the pace', () => {
      paceContract(open)
    })
  })
}
