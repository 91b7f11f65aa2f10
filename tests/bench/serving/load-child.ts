// Asks for one address as often as told, over kept connections, one request at a time on each, and prints the
// milliseconds that it took. Arguments: address, times, expected status, header fields as JSON.
import { connect } from 'node:net'
import process from 'node:process'
import * as z from 'zod'

const CONNECTIONS = 32
const [address = '', times = '0', status = '200', fields = '{}'] = process.argv.slice(2)
const { hostname: host, port, pathname } = new URL(address)
const headers = Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(fields)))
const lines = [`GET ${pathname} HTTP/1.1`, `Host: ${host}`, ...headers.map(([name, value]) => `${name}: ${value}`)]
const request = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
let left = Number(times)

/** Every answer is as long as the first: so only that one is read, and of the others the status alone. */
function lengthOf(first: Buffer): number | undefined {
  const end = first.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = /^content-length: (\d+)/im.exec(first.subarray(0, end).toString('latin1'))?.[1]
  return end + 4 + (status === '304' ? 0 : Number(length))
}

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host)
    let [got, whole]: [number, number | undefined] = [0, undefined]
    const next = (): void => {
      got = 0
      if (left-- > 0) socket.write(request)
      else socket.end(resolve)
    }
    socket.setNoDelay().on('connect', next).on('error', reject)
    socket.on('close', () => reject(new Error('the server closed a connection in the midst of it')))
    socket.on('data', (chunk) => {
      if (got === 0 && chunk.toString('latin1', 9, 12) !== status) reject(new Error(chunk.toString('latin1', 0, 200)))
      whole ??= lengthOf(chunk)
      got += chunk.byteLength
      if (got === whole) next()
    })
  })
}

const started = performance.now()
await Promise.all(Array.from({ length: CONNECTIONS }, ask))
process.stdout.write(`${performance.now() - started}\n`)
