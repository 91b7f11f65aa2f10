export interface Clock {
  now(): Date
  /** A signal that is aborted `ms` milliseconds from now; it does not keep the process alive. */
  deadline(ms: number): AbortSignal
  /** Resolves after `ms` milliseconds, or as soon as the signal is aborted; never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export interface Log {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface HttpRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whole exchange, body included. */
  readonly timeoutMs: number
  /** The body stream fails with `HttpError` kind `too-large` once more than this has arrived (after decompression). */
  readonly maxBytes: number
}

export interface HttpResponse {
  readonly status: number
  /** Address after redirects. */
  readonly url: string
  /** Lower-cased name; undefined when absent. */
  header(name: string): string | undefined
  readonly body: AsyncIterable<Uint8Array>
}

/** Guarded HTTP. Only GET until a channel needs more. Rejects with `HttpError`, whose message is fit for people. */
export interface Http {
  get(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>
}

export interface ApiRequest extends HttpRequest {
  /** Written one after the other, not copied: parts may be shared by many requests. */
  readonly body: readonly Uint8Array[]
}

/**
 * Calls to services that the operator named: their addresses are trusted, wherever they lead. Redirects are not
 * followed. Rejects with `HttpError` (by `name`), whose message is fit for people and never names a header, and whose
 * `kind` says what happened: with `unsent` it is certain that no byte of the request left this machine; `timeout`,
 * `network` and `too-large` leave open what the other side did.
 */
export interface Api {
  get(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>
  post(request: ApiRequest, signal?: AbortSignal): Promise<HttpResponse>
}

/** Names looked up for `doctor`. A name without such records gives an empty list; anything else rejects. */
export interface Dns {
  /** Strings of one record joined, as SPF, DKIM and DMARC ask. */
  txt(name: string): Promise<string[]>
  mx(name: string): Promise<string[]>
}

/** Files under one root folder. Paths are relative, with `/`, and may not leave the root. */
export interface Files {
  /**
   * Writes through a temporary file, then renames: a reader sees the old bytes or the new, never half.
   * @returns 'same' when the file already held these bytes; then nothing is touched, not even its time.
   */
  write(path: string, content: string | Uint8Array): Promise<'written' | 'same'>
  /** Undefined when there is no such file. */
  read(path: string): Promise<string | undefined>
  /** The same for what is no text. */
  readBytes(path: string): Promise<Uint8Array | undefined>
  /** What tells whether a file was written since, at once: for who keeps its bytes. Undefined when there is no such file. */
  stamp(path: string): FileStamp | undefined
  /** Names in a folder in alphabetical order, without hidden and temporary files; empty when there is no such folder. */
  list(folder: string): Promise<string[]>
}

/** `version` is another one after every write that changed the file. */
export interface FileStamp {
  readonly version: string
  /** Milliseconds since 1970, by the clock of the disk. */
  readonly modifiedMs: number
}

/** Where deliveries go when a channel has no credentials: a folder that a person can open. */
export interface Outbox {
  /**
   * Keeps one message as `outbox/<channel>/<edition>/<id>.<ext>` for each file, and writes the folder's `index.html`
   * anew. The same message again changes no byte.
   * @returns the path of the first file, relative to the data folder.
   */
  put(message: OutboxMessage): Promise<string>
}

export interface OutboxMessage {
  readonly channel: string
  /** Edition id; `/` becomes `-` in the folder's name. */
  readonly edition: string
  /** Safe in a file name (`a-z0-9-`); the messages of a folder are listed in its order. */
  readonly id: string
  /** One line each for the list: what it is, and to whom or where. No personal data beyond `maskAddress`. */
  readonly title: string
  readonly detail: string
  /** By extension without the dot: `{ eml: '...' }`, `{ json: '...', html: '...' }`. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  /** Complete page that shows what all messages of this folder share (the mail); shown above the list. */
  readonly page?: string
}
