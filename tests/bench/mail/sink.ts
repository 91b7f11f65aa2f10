// A provider that takes everything at once: reads the body to its end and answers with as many ids as a full call has
// mails. Prints its address; ends with its parent.
import { createServer } from 'node:http'
import process from 'node:process'

const perCall = Number(process.argv[2] ?? 100)
const answer = JSON.stringify({
  data: Array.from({ length: perCall }, (_, at) => ({ id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}` })),
})

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
    response.end(answer)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) process.stdout.write(`http://127.0.0.1:${address.port}\n`)
})
process.stdin.resume().on('end', () => process.exit())
