import type { ZodType } from 'zod'
import type { LedgerEntry, Outcome } from './domain/delivery.ts'
import type { Edition } from './domain/edition.ts'
import type { Finding } from './domain/finding.ts'
import type { AmendedItem } from './domain/amendment.ts'
import type { Picture } from './domain/picture.ts'
import type { Publication } from './domain/publication.ts'
import type { Rendering } from './domain/rendering.ts'
import type { Report } from './domain/report.ts'
import type { Published } from './channel/published.ts'
import type { FrozenRendering, Pace, PaceHint, Ports, StandingDocument } from './ports.ts'

/**
 * What every channel knows of the house it works for. `publicUrl` has no trailing slash; `secret` keys the readers'
 * tokens. `installation` is a short name that was made with the store: a provider's account may serve several
 * installations, whose keys and reports must not be taken for one another's. Letters and digits.
 */
export interface House {
  readonly publication: Publication
  readonly publicUrl: string
  readonly secret: string
  readonly installation: string
}

/** What may be seen in a rendering. */
export type PublicHouse = Pick<House, 'publication' | 'publicUrl'>

export interface RenderContext {
  readonly house: PublicHouse
  /** For channels with documents. */
  readonly published: Published
  /** What `Channel.learn` found out; undefined when nothing could be. */
  readonly known?: unknown
  /** By item URL, and by its id the edition's own card; none where no channel wants pictures. */
  readonly pictures?: ReadonlyMap<string, Picture>
}

/** A correction or retraction, and what has left of its item through one channel, or still may. */
export interface AmendInput extends AmendedItem {
  readonly posted: readonly Posted[]
  /** Said before of other items that the same editions carry, the first first: what is made anew says it again. */
  readonly earlier?: readonly AmendedItem[]
}

/** One delivery whose rendering may tell of the item, or of more than that; its channel knows. */
export interface Posted {
  readonly edition: Edition
  readonly delivery: LedgerEntry
  readonly rendering: FrozenRendering
}

/**
 * A way out. `render` is pure: no clock, no randomness, no network; the same input gives the same bytes.
 */
export interface Channel<Settings = unknown> {
  readonly id: string
  /** What an editor calls it: `E-mail`, `Bluesky`. */
  readonly title: string
  /** Meaning of each setting in its `.describe()`; secrets carry `.meta({ secret: true })`. Empty input gives the outbox. */
  readonly settings: ZodType<Settings>
  /** `subscribers`: one delivery for each active subscriber and rendering. `once`: one delivery for each rendering. */
  readonly audience: 'subscribers' | 'once'
  /**
   * True when a rendering replaces what an earlier edition delivered to the same target (a feed file). Only what differs
   * from what stands needs to be rendered: see `Published.standing`.
   */
  readonly document: boolean
  /** Deliveries that one attempt carries: 1, or up to 100 for e-mail, fewer where the rendering is large. */
  perAttempt(settings: Settings, rendering: Rendering): number
  /** Whether what leaves late disturbs people, so that a late edition is held: true where mail really leaves. Absent: no. */
  disturbs?(settings: Settings): boolean
  /** How a provider tells what became of messages; undefined when it does not with these settings. */
  webhook?(settings: Settings, installation: string): Webhook | undefined
  /** For `doctor`: looks at credentials, names and limits from outside, with calls that change nothing. Notes say what is well. */
  diagnose?(
    settings: Settings,
    ports: Pick<Ports, 'clock' | 'http' | 'api' | 'dns' | 'notes'>,
    house: House,
  ): Promise<Finding[]>
  /**
   * Asks the world what rendering must know and may not ask: the limits of an instance. Remembered by the channel for as
   * long as it holds, so that a second call is cheap. Never rejects: what cannot be had is left out.
   */
  learn?(
    settings: Settings,
    ports: Pick<ChannelPorts, 'clock' | 'api' | 'notes' | 'files'>,
    signal: AbortSignal,
  ): Promise<unknown>
  /** Whether it wants a picture for each item. Absent: no. */
  wantsPictures?(settings: Settings): boolean
  /** Pure. When each rendering may leave at the earliest, if it is let go at `from`; undefined: at once. */
  times?(settings: Settings, renderings: readonly Rendering[], from: Date, zone: string): readonly (Date | undefined)[]
  render(edition: Edition, context: RenderContext, settings: Settings): Promise<Rendering[]>
  /** The channel's own way of carrying a correction or retraction; pure like `render`. Absent: it has none. */
  amend?(amendment: AmendInput, edition: Edition, context: RenderContext, settings: Settings): Promise<Rendering[]>
  /**
   * Once per process.
   * @param how `atOnce`: whoever is there wants it to leave now, whatever gap and quiet hours say.
   */
  open(settings: Settings, ports: ChannelPorts, house: House, how?: { readonly atOnce: boolean }): Sender
}

/** Reads what arrives at `/webhooks/<name>`. Believes nothing that is not signed. */
export interface Webhook {
  readonly name: string
  /** Soft bounces in a row, each of another edition, after which an address is suppressed. */
  readonly softBounceEditions: number
  /**
   * @param body raw, as it arrived: the signature covers its bytes.
   * @returns the report; `ignored` for a well-signed event that says nothing of our deliveries; `refused` for anything
   * that is not signed, too old, or not understood.
   */
  read(
    body: string,
    header: (name: string) => string | undefined,
  ): Promise<
    | { readonly kind: 'report'; readonly report: Report }
    | { readonly kind: 'ignored' }
    | { readonly kind: 'refused'; readonly reason: string }
  >
}

/** A channel cannot touch the ledger. */
export type ChannelPorts = Pick<Ports, 'clock' | 'http' | 'api' | 'files' | 'outbox' | 'notes' | 'log'>

/** Frozen and replayable: the same `key` always stands for the same bytes to the same recipients. */
export interface Attempt {
  readonly key: string
  readonly rendering: FrozenRendering
  readonly deliveries: readonly LedgerEntry[]
  /** What every call under this key carried besides, settled by now: part of the bytes of a replay, not of its outcome. */
  readonly settled: readonly LedgerEntry[]
  /** Whether other deliveries of this edition were accepted, so that what all share is in order. Absent: not known. */
  readonly othersSent?: () => Promise<boolean>
}

export interface Sender {
  /**
   * For how long after the first attempt the same attempt may be sent again without a second copy arriving:
   * Infinity for an outbox, 24 h for a provider with idempotency keys, 0 where nothing protects.
   */
  readonly replayWindowMs: number
  /** Where this sender's deliveries can be seen, for people: `the outbox`, `mastodon.social`. */
  readonly destination: string
  /** Attempts in flight at once; absent: 1. */
  readonly lanes?: number
  /** Absent: as fast as it goes. */
  readonly pace?: Pace
  /**
   * Exactly one attempt; one outcome for each delivery, in order. Never throws for what the other side does;
   * throwing is for bugs and is treated as `unknown`.
   *
   * @param heard told what the answer says about the pace.
   */
  send(attempt: Attempt, signal: AbortSignal, heard?: (hint: PaceHint) => void): Promise<Outcome[]>
  /** Looks at the other side for a delivery whose outcome is unknown. Undefined: cannot tell yet. */
  find?(delivery: LedgerEntry, rendering: FrozenRendering, signal: AbortSignal): Promise<Outcome | undefined>
  /**
   * For channels with documents: looks whether those that were delivered lie there as they were, and puts back those that
   * do not. Cheap and without a write where all is well. One that cannot be put back keeps no other from it.
   *
   * @param frozen the rendering of a document; undefined when a newer one has replaced it meanwhile.
   */
  putBack?(
    documents: readonly StandingDocument[],
    frozen: (document: StandingDocument) => Promise<FrozenRendering | undefined>,
    signal: AbortSignal,
  ): Promise<PutBack>
  /** Lets connections go that were kept; nothing is sent after it. */
  close?(): Promise<void>
}

/** What `Sender.putBack` did. */
export interface PutBack {
  /** Ids of the documents that lie there again. */
  readonly done: readonly string[]
  /** For people, why each of the others could not be put back. */
  readonly problems: readonly string[]
}

/** Keeps the type of the settings while the list of channels forgets it. */
export function defineChannel<Settings>(channel: Channel<Settings>): Channel<Settings> {
  return channel
}
