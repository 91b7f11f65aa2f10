import { createSocket, type Socket } from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import type { Dns } from '../../src/ports.ts'
import { createDns } from '../../src/world/dns.ts'

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
})

interface Reply {
  /** RFC 1035, 4.1.1: 0 no error, 2 server failure, 3 no such name. */
  readonly code?: number
  readonly type?: number
  /** RDATA of each record. */
  readonly records?: readonly Buffer[]
}

/** A name server on loopback; undefined never answers. */
async function serve(reply: Reply | undefined, timeoutMs = 5000): Promise<Dns> {
  const socket = createSocket('udp4')
  sockets.push(socket)
  socket.on('message', (query, { port, address }) => {
    if (reply) socket.send(answerTo(query, reply), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return createDns({ servers: [`127.0.0.1:${socket.address().port}`], timeoutMs })
}

function answerTo(query: Buffer, { code = 0, type = 16, records = [] }: Reply): Buffer {
  // The question ends two 16-bit words after the empty label.
  const question = query.subarray(12, query.indexOf(0, 12) + 5)
  const head = Buffer.from(query.subarray(0, 12))
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  const answers = records.map((data) => {
    const fixed = Buffer.alloc(12)
    fixed.writeUInt16BE(0xc00c, 0)
    fixed.writeUInt16BE(type, 2)
    fixed.writeUInt16BE(1, 4)
    fixed.writeUInt32BE(60, 6)
    fixed.writeUInt16BE(data.length, 10)
    return Buffer.concat([fixed, data])
  })
  return Buffer.concat([head, question, ...answers])
}

function strings(...texts: string[]): Buffer {
  return Buffer.concat(texts.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])))
}

function host(priority: number, ...labels: string[]): Buffer {
  return Buffer.concat([Buffer.from([0, priority]), strings(...labels), Buffer.from([0])])
}

describe('the DNS', () => {
  it('gives each text record as one, however it was cut', async () => {
    const dns = await serve({ records: [strings('v=spf1 ', 'include:a.example ', '-all'), strings('other')] })
    expect(await dns.txt('a.example')).toEqual(['v=spf1 include:a.example -all', 'other'])
  })

  it('gives the mail hosts, the preferred one first', async () => {
    const dns = await serve({ type: 15, records: [host(20, 'two', 'example'), host(10, 'one', 'example')] })
    expect(await dns.mx('a.example')).toEqual(['one.example', 'two.example'])
  })

  it.each([
    ['no such name', { code: 3 }],
    ['no record of the kind', { code: 0 }],
  ])('gives an empty list for %s', async (_, reply) => {
    const dns = await serve(reply)
    expect([await dns.txt('a.example'), await dns.mx('a.example')]).toEqual([[], []])
  })

  it('says which question a name server failed at', async () => {
    await expect((await serve({ code: 2 })).txt('a.example')).rejects.toThrow(/TXT records of a\.example .*ESERVFAIL/)
  })

  it('gives up a name server that does not answer', async () => {
    await expect((await serve(undefined, 50)).mx('a.example')).rejects.toThrow(/MX records of a\.example/)
  })

  it('refuses what is no name', async () => {
    await expect((await serve({})).txt(`${'x'.repeat(300)}.example`)).rejects.toThrow(/could not be looked up/)
  })
})
