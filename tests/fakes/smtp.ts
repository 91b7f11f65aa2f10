import { once } from 'node:events'
import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/**
 * Where in a conversation something goes wrong; at `EHLO`, `DATA` and `mid-data` there are no other replies.
 * `mid-data`: after the first bytes of the message; `accepted`: at the end of the message. What is dropped or hangs
 * there has been accepted, and only the answer is missing.
 */
export type Stage = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'mid-data' | 'accepted'

/** A reply instead of the good one, a connection that breaks, or no answer at all. */
export type Trouble = { readonly code: number; readonly text: string } | 'drop' | 'hang'

/** What goes wrong at a stage; asked anew each time. `address` is the recipient's, from RCPT on. */
export type TroubleChooser = (stage: Stage, address: string | undefined) => Trouble | undefined

export interface FakeSmtpOptions {
  readonly trouble?: TroubleChooser
  /** Only who knows these may send. */
  readonly login?: { readonly user: string; readonly password: string }
  /** TLS from the first byte, with a certificate that nobody signed. */
  readonly secure?: boolean
  /** False: only ASCII addresses (no SMTPUTF8). */
  readonly utf8?: boolean
  /** False: counts the messages only, so that many fit into memory. */
  readonly keep?: boolean
  /** Between the end of a message and its answer. */
  readonly slowMs?: number
}

export interface AcceptedMessage {
  readonly from: string
  readonly to: string
  readonly raw: Buffer
}

export interface FakeSmtp {
  /** For SMTP_URL. */
  readonly url: string
  readonly port: number
  /** How many messages were really accepted for each address, whatever the answer was or whether it was heard. */
  readonly accepted: ReadonlyMap<string, number>
  readonly messages: readonly AcceptedMessage[]
  /** Transactions begun for each address: RCPT commands that were heard. */
  readonly tried: ReadonlyMap<string, number>
  /** MAIL and RCPT commands as they arrived, where they arrived in the clear. */
  readonly envelopes: readonly string[]
  /** Connections opened so far. */
  readonly connections: number
  setTrouble(trouble: TroubleChooser | undefined): void
  /** Breaks what is still open. */
  close(): Promise<void>
}

/** A mail server on a loopback port that goes wrong when it is told to. */
export async function startFakeSmtp(options: FakeSmtpOptions = {}): Promise<FakeSmtp> {
  const { login, secure = false, utf8 = true, keep = true, slowMs = 0 } = options
  let trouble = options.trouble
  const accepted = new Map<string, number>()
  const tried = new Map<string, number>()
  const messages: AcceptedMessage[] = []
  const envelopes: string[] = []
  const sockets = new Map<number, Socket>()
  let connections = 0

  const drop = (session: SMTPServerSession): void => void sockets.get(session.remotePort)?.destroy()
  /** @returns whether the conversation goes on. */
  const passes = (
    stage: Stage,
    session: SMTPServerSession,
    refuse: (error: Error) => void,
    address?: string,
  ): boolean => {
    const what = trouble?.(stage, address)
    if (what === 'drop') drop(session)
    else if (what !== undefined && what !== 'hang') refuse(reply(what))
    return what === undefined
  }

  const server = new SMTPServer({
    secure,
    hideSTARTTLS: true,
    hideSMTPUTF8: !utf8,
    hideENHANCEDSTATUSCODES: true,
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    ...(login ? {} : { disabledCommands: ['AUTH'] }),
    // A forced close must not wait for those that hang.
    closeTimeout: 10,
    onConnect(session, callback) {
      if (passes('greeting', session, callback)) callback()
    },
    onAuth({ username, password }, _session, callback) {
      if (username === login?.user && password === login?.password) callback(null, { user: username })
      else callback(reply({ code: 535, text: 'authentication failed' }))
    },
    onMailFrom(_address, session, callback) {
      if (passes('MAIL', session, callback)) callback()
    },
    onRcptTo({ address }, session, callback) {
      tried.set(address, (tried.get(address) ?? 0) + 1)
      if (passes('RCPT', session, callback, address)) callback()
    },
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo.at(-1)?.address ?? ''
      const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
      const chunks: Buffer[] = []
      stream.once('data', () => {
        if (!passes('mid-data', session, () => undefined, to)) stream.pause()
      })
      stream.on('data', (chunk: Buffer) => void (keep && chunks.push(chunk)))
      stream.once('end', () => {
        const what = trouble?.('accepted', to)
        if (typeof what === 'object') return callback(reply(what))
        accepted.set(to, (accepted.get(to) ?? 0) + 1)
        if (keep) messages.push({ from, to, raw: Buffer.concat(chunks) })
        if (what === 'drop') drop(session)
        else if (what === undefined) setTimeout(callback, slowMs, null, '2.0.0 queued')
      })
    },
  })
  server.server.prependListener('connection', (socket: Socket) => {
    connections += 1
    if (socket.remotePort !== undefined) sockets.set(socket.remotePort, socket)
    socket.on('data', (bytes) => {
      const head = bytes.toString('utf8', 0, 2000)
      if (keep) envelopes.push(...(head.match(/^(MAIL FROM|RCPT TO):.*$/gm) ?? []))
      const verb = /^(EHLO|DATA)\b/m.exec(head)?.[1]
      if ((verb === 'EHLO' || verb === 'DATA') && trouble?.(verb, undefined) === 'drop') socket.destroy()
    })
  })
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const at = listening.address()
  const port = typeof at === 'object' && at ? at.port : 0
  const who = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : ''
  return {
    url: `${secure ? 'smtps' : 'smtp'}://${who}127.0.0.1:${port}`,
    port,
    accepted,
    messages,
    tried,
    envelopes,
    get connections() {
      return connections
    },
    setTrouble: (next) => void (trouble = next),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        for (const socket of sockets.values()) socket.destroy()
      }),
  }
}

function reply({ code, text }: { readonly code: number; readonly text: string }): Error {
  return Object.assign(new Error(text), { responseCode: code })
}
