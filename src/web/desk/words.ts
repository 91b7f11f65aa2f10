import type { AmendmentKind } from '../../domain/amendment.ts'

/** What the desk calls an edition that is no digest, and what it does. */
export const amendmentWords: Readonly<Record<AmendmentKind, { readonly name: string; readonly meaning: string }>> = {
  correction: { name: 'Correction', meaning: 'It tells every channel that has carried the item what was put right.' },
  retraction: { name: 'Withdrawn', meaning: 'It takes the item back from every channel that has carried it.' },
}
