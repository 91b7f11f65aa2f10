// The way a digest really goes: freeze, then claim, build from the frozen template, send, settle. Prints what it
// measured as JSON. `fill` makes a store with readers, `send` does all of it, `first` stops after one call, `resume`
// takes up what was stopped and makes one call more.
import process from 'node:process'
import { settingsSchema } from '../../../channels/email/settings.ts'
import { resendSender } from '../../../channels/email/resend/sender.ts'
import { smtpSender } from '../../../channels/email/smtp/sender.ts'
import { deliver } from '../../../src/pipeline/deliver.ts'
import { createApi } from '../../../src/world/api.ts'
import { systemClock } from '../../../src/world/clock.ts'
import { openSqlite } from '../../../src/store/sqlite.ts'
import { house } from '../../pipeline/fixture.ts'
import { fillStore } from '../../fixtures/store.ts'
import { EDITION, freeze } from './ledger.ts'

const [mode = 'send', how = 'resend', path = '', url = '', recipients = '0', bytes = '30000'] = process.argv.slice(2)
if (mode === 'fill') await fillStore(path, Number(recipients))
else await send()
process.exit()

async function send(): Promise<void> {
  const from = 'Tidewatch <digest@tidewatch.example>'
  const settings = settingsSchema.parse(
    how === 'resend'
      ? { from, resend: { apiKey: 're_bench', baseUrl: url, callsPerSecond: 10_000, maxPayloadMegabytes: 40 } }
      : { from, smtp: { url, connections: 5 } },
  )
  const began = performance.now()
  const store = await openSqlite(path)
  if (mode !== 'resume') await freeze(store, Number(bytes), how === 'resend' ? 100 : 10)
  const freezeMs = performance.now() - began
  const log = { info: ignore, warn: ignore, error: (text: string) => void process.stderr.write(`${text}\n`) }
  const ports = { clock: systemClock, store, log, api: createApi({ userAgent: 'groundwire/bench' }) }
  const sender = how === 'resend' ? resendSender(settings, ports, house) : smtpSender(settings, ports, house)
  const worker = { name: 'bench:1:1', isGone: () => true }
  const stop = new AbortController()
  const started = performance.now()
  let firstCallMs = 0
  const onProgress = (): void => {
    firstCallMs ||= performance.now() - started
    if (mode !== 'send') stop.abort()
  }
  await deliver(ports, new Map([['email', sender]]), worker, onProgress, stop.signal)
  const sendMs = performance.now() - started
  await sender.close?.()
  const sent = (await store.counts(EDITION)).find(({ state }) => state === 'sent')?.count ?? 0
  await store.close()
  const maxRssMb = process.resourceUsage().maxRSS / 1024
  process.stdout.write(`${JSON.stringify({ sent, freezeMs, sendMs, firstCallMs, maxRssMb })}\n`)
}

function ignore(): void {}
