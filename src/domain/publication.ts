/** Who is speaking. Everything a reader sees about the publication comes from here; nothing is hard-coded in a channel. */
export interface Publication {
  readonly name: string
  /** One sentence; '' when unknown. */
  readonly description: string
  /** The publication's own home page. */
  readonly url: string
  /** BCP 47, e.g. `en`. */
  readonly language: string
  /** IANA time zone whose calendar the editions follow, e.g. `Europe/Berlin`. */
  readonly zone: string
  /** Postal address for the foot of every mail (required by law for bulk mail in many places); lines separated by `\n`. */
  readonly address: string
}
