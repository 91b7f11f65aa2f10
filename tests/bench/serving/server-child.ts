// Serves the files of a data folder's `public/`: as we do, or as sirv does. Prints its address; ends with its parent.
import { createServer } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import sirv from 'sirv'
import { createApp } from '../../../src/web/app.ts'
import { serve } from '../../../src/web/serve.ts'
import { systemClock } from '../../../src/world/clock.ts'
import { createFiles } from '../../../src/world/files.ts'
import { deskOf, memoryLog, readersOf } from '../../web/fixture.ts'

const [how, folder = ''] = process.argv.slice(2)
process.stdout.write(`${how === 'sirv' ? await theirs() : await ours()}\n`)
process.stdin.resume().on('end', () => process.exit())

async function ours(): Promise<string> {
  const app = createApp({
    desk: deskOf(),
    files: createFiles(folder),
    log: memoryLog(),
    clock: systemClock,
    pictures: { draw: () => Promise.reject(new Error('nobody asks for one')) },
    store: readersOf(),
    tokenSecrets: [],
    webhooks: [],
    publicUrl: 'https://wire.example.org',
    hubs: [],
    health: async () => ({ ok: true, detail: {} }),
    mode: 'start',
  })
  return (await serve(app, { port: 0 })).url
}

/** Everything read once at its start, as in production; nothing of it is asked of the disk again. */
function theirs(): Promise<string> {
  const answer = sirv(join(folder, 'public'), { dev: false, etag: true, brotli: true, gzip: true, maxAge: 1800 })
  const server = createServer((incoming, outgoing) => answer(incoming, outgoing))
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '')
    })
  })
}
