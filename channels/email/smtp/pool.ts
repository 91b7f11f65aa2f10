import { Readable } from 'node:stream'
import Mail from 'nodemailer/lib/mailer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import SMTPPool from 'nodemailer/lib/smtp-pool'
import type { Failure } from './verdict.ts'

export interface Message {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly bytes: Uint8Array
}

export interface Pool {
  /**
   * Hands one message over. Resolves with nothing once the server has accepted it, else with why it has not, as far as
   * that is known. Aborting ends the attempt at once, wherever it is.
   */
  send(message: Message, signal: AbortSignal): Promise<Failure | undefined>
  /** Whether the server takes addresses that are not ASCII (RFC 6531); undefined when it cannot be asked now. */
  offersUtf8(): Promise<boolean | undefined>
  close(): void
}

/**
 * nodemailer's pool, watched: before the first byte of a message is read from its stream, no byte of it can have left,
 * and the server cannot have accepted it. nodemailer itself tries another connection only before that.
 */
export function openPool(options: SMTPPool.Options): Pool {
  const streams = new WeakMap<object, Readable>()
  const mailer = new Mail(new SMTPPool(options), options)
  mailer.use('stream', ({ message, data: { envelope, raw } }, done) => {
    // The bytes as they are: nodemailer's own stream takes them through four more, in case they had to be changed.
    message.createReadStream = () => {
      const stream = bytesOf(raw)
      if (envelope) streams.set(envelope, stream)
      return stream
    }
    done()
  })
  let utf8: boolean | undefined
  return {
    async send({ id, from, to, bytes }, signal) {
      const envelope = { from, to }
      const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const mail = { messageId: id, envelope, raw, signal }
      try {
        await mailer.sendMail(mail)
        return undefined
      } catch (error) {
        const stream = streams.get(envelope)
        return { ...detail(error), reached: !stream ? 'connecting' : stream.readableDidRead ? 'message' : 'envelope' }
      }
    },
    async offersUtf8() {
      utf8 ??= await greetedWithUtf8(options)
      return utf8
    },
    close: () => mailer.close(),
  }
}

function bytesOf(raw: unknown): Readable {
  return new Readable({
    read() {
      this.push(raw)
      this.push(null)
    },
  })
}

function greetedWithUtf8(options: SMTPPool.Options): Promise<boolean | undefined> {
  const connection = new SMTPConnection(options)
  return new Promise((resolve) => {
    connection.on('error', () => resolve(undefined))
    connection.once('end', () => resolve(undefined))
    connection.connect((error) => {
      resolve(error ? undefined : /[ -]SMTPUTF8\b/i.test(String(connection.lastServerResponse)))
      connection.quit()
    })
  })
}

function detail(error: unknown): Omit<Failure, 'reached'> {
  if (!(error instanceof Error)) return {}
  return {
    code: text(error, 'code'),
    cause: text(error, 'originalCode'),
    command: text(error, 'command'),
    reply: text(error, 'response'),
  }
}

function text(error: object, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : undefined
}
