// The same calls without a ledger: ready-made bodies, as many in flight, nothing written down. Prints its time as JSON.
import { Agent, request } from 'node:http'
import process from 'node:process'
import { createTransport } from 'nodemailer'
import { pageOf } from './page.ts'
import { contentSchema } from '../../../channels/email/content.ts'

const [how = 'resend', url = '', recipients = '0', bytes = '30000'] = process.argv.slice(2)
const content = contentSchema.parse(JSON.parse(pageOf(Number(bytes)).content))
const count = Number(recipients)
const link = (at: number): string => `https://tidewatch.example/unsubscribe/${String(at).padStart(64, '0')}`

const began = performance.now()
await (how === 'resend' ? calls() : mails())
process.stdout.write(`${JSON.stringify({ sendMs: performance.now() - began })}\n`)
process.exit()

/** One body of a hundred mails, sent again and again. */
async function calls(): Promise<void> {
  const fill = (text: string, at: number): string => text.replaceAll(content.slots.unsubscribe, link(at))
  const batch = Array.from({ length: 100 }, (_, at) => ({
    from: content.from.address,
    to: [`reader-${at}@reader.example`],
    subject: content.subject,
    html: fill(content.html, at),
    text: fill(content.text, at),
    headers: { 'List-Unsubscribe': `<${link(at)}>` },
  }))
  const body = Buffer.from(JSON.stringify(batch))
  const agent = new Agent({ keepAlive: true })
  let left = count / 100
  const lane = async (): Promise<void> => {
    while (left-- > 0)
      await new Promise<void>((resolve, reject) => {
        const call = request(`${url}/emails/batch`, {
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/json', 'content-length': body.byteLength },
        })
        call
          .on('response', (answer) => answer.resume().on('end', resolve))
          .on('error', reject)
          .end(body)
      })
  }
  await Promise.all([lane(), lane(), lane(), lane()])
}

async function mails(): Promise<void> {
  const pool = createTransport({ url, pool: true, maxConnections: 5, maxMessages: Infinity })
  const one = (at: number): Promise<unknown> =>
    pool.sendMail({
      from: { ...content.from },
      to: `reader-${at}@reader.example`,
      subject: content.subject,
      html: content.html.replaceAll(content.slots.unsubscribe, link(at)),
      text: content.text.replaceAll(content.slots.unsubscribe, link(at)),
      headers: { 'List-Unsubscribe': `<${link(at)}>` },
    })
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: 20 }, lane))
  pool.close()
}
