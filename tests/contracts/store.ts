import { describe } from 'vitest'
import { amendmentContract } from './store/amendments.ts'
import { approvalContract } from './store/approval.ts'
import { claimContract } from './store/claims.ts'
import { controlContract } from './store/control.ts'
import { documentContract } from './store/documents.ts'
import { editionContract } from './store/editions.ts'
import { groupContract } from './store/groups.ts'
import type { OpenStore } from './store/opened.ts'
import { itemContract } from './store/items.ts'
import { noteContract } from './store/notes.ts'
import { onceContract } from './store/once.ts'
import { paceContract } from './store/pace.ts'
import { plannedTimesContract } from './store/planned-times.ts'
import { readerContract } from './store/readers.ts'
import { reportContract } from './store/reports.ts'
import { resolveContract } from './store/resolving.ts'
import { settleContract } from './store/settling.ts'
import { vanishedContract } from './store/vanished.ts'

export type { OpenedStore } from './store/opened.ts'

/** What every store must do, whichever database it is on. `open` gives a new, empty, migrated store each time. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`the store on ${name}`, () => {
    describe('items', () => {
      itemContract(open)
    })
    describe('vanished items', () => {
      vanishedContract(open)
    })
    describe('editions', () => {
      editionContract(open)
    })
    describe('approval', () => {
      approvalContract(open)
    })
    describe('documents', () => {
      documentContract(open)
    })
    describe('amendments', () => {
      amendmentContract(open)
    })
    describe('claims', () => {
      claimContract(open)
    })
    describe('planned times', () => {
      plannedTimesContract(open)
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
    describe('a note', () => {
      noteContract(open)
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
