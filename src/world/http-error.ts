export type HttpErrorKind = 'unsent' | 'timeout' | 'too-large' | 'refused' | 'network' | 'redirects'

/** Why an exchange did not come about or was broken off. The message names the address and is fit for people. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly kind: HttpErrorKind

  constructor(kind: HttpErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}
