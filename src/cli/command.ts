import type { SubscriberState } from '../domain/subscriber.ts'
import type { Resolution } from '../ports.ts'

/** Options that every command takes. */
export interface CommonOptions {
  /** Config file; undefined: `groundwire.config.ts` (or `.js`, `.mjs`) in the working folder, if there is one. */
  readonly config: string | undefined
  readonly data: string | undefined
  readonly source: string | undefined
  readonly json: boolean
}

/** What lists of readers can be narrowed to; those on the suppression list are `suppressed`, whatever else they are. */
export type ListedState = SubscriberState | 'suppressed'

interface Subscribers {
  readonly kind: 'subscribers'
}

export type SubscribersWords =
  | (Subscribers & {
      readonly action: 'add'
      readonly address: string
      readonly consent: string
      /** Also somebody who left or was suppressed: they have agreed anew. */
      readonly again: boolean
      /** Id of a schedule; undefined: the usual one. */
      readonly frequency: string | undefined
    })
  | (Subscribers & { readonly action: 'remove'; readonly address: string; readonly reason: string | undefined })
  | (Subscribers & { readonly action: 'list' | 'export'; readonly state: ListedState | undefined })
  | (Subscribers & {
      readonly action: 'import'
      /** `-`: standard input. */
      readonly file: string
      /** For lines that do not say it themselves. */
      readonly consent: string | undefined
      readonly dryRun: boolean
    })

/** What a call asks for, without the options that every command takes. */
export type CommandWords =
  | {
      readonly kind: 'run'
      readonly date: string | undefined
      readonly channels: readonly string[] | undefined
      readonly approve: boolean
      readonly now: boolean
      readonly dryRun: boolean
    }
  | { readonly kind: 'start'; readonly port: number | undefined }
  | { readonly kind: 'preview'; readonly date: string | undefined; readonly port: number | undefined }
  | {
      readonly kind: 'status'
      readonly edition: string | undefined
      /** Only what did not arrive. */
      readonly failed: boolean
      /** Never together with `json`. */
      readonly csv: boolean
    }
  | { readonly kind: 'approve' | 'hold' | 'cancel'; readonly edition: string; readonly reason: string | undefined }
  | {
      readonly kind: 'resolve'
      /** Key of a delivery, or id of an edition. */
      readonly target: string
      readonly resolution: Resolution
      readonly reason: string | undefined
    }
  | {
      readonly kind: 'correct'
      readonly item: string
      /** What was put right, in the words that readers get. */
      readonly note: string
      readonly dryRun: boolean
    }
  | {
      readonly kind: 'retract'
      readonly item: string
      /** Told to readers. */
      readonly reason: string | undefined
      readonly dryRun: boolean
    }
  | SubscribersWords
  | {
      readonly kind: 'doctor'
      /** Gets one test mail. */
      readonly sendTo: string | undefined
    }
  | { readonly kind: 'migrate' }

export type Command = CommonOptions & CommandWords
