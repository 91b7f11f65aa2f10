import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpRequest, HttpResponse } from '../../src/ports.ts'
import { MAX_ITEM_LENGTH } from '../../src/domain/llms-full.ts'
import { openSource } from '../../src/sources/index.ts'
import type { SourceSpec } from '../../src/sources/index.ts'
import { createHttp } from '../../src/world/http.ts'
import { gather, noHttp, pieces } from './reading.ts'
import type { Outcome } from './reading.ts'

const url = 'https://paper.example/llms-full.txt'
const item = (slug: string): string =>
  `### ${slug} (2026-06-29)\n\nSummary: S.\nPrimary source (verified): https://s.example/${slug}\nURL: /news/${slug}.html\n\nText.\n\n---\n\n`
const paper = `# Paper\n\n## News\n\n${item('one')}${item('two')}`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sources-'))
})
afterAll(() => rm(folder, { recursive: true }))

function answering(answer: Partial<HttpResponse> & { headers?: Record<string, string> }, asked: HttpRequest[] = []) {
  return {
    http: {
      get: (request: HttpRequest): Promise<HttpResponse> => {
        asked.push(request)
        return Promise.resolve({
          status: 200,
          url: request.url,
          header: (name) => answer.headers?.[name],
          body: pieces(Buffer.from(paper)),
          ...answer,
        })
      },
    },
  }
}

const fromWeb = (answer: Parameters<typeof answering>[0], spec: Partial<SourceSpec> = {}): Promise<Outcome> =>
  gather(openSource({ location: url, ...spec }, answering(answer)).read({}))

async function fromFile(content: string | Uint8Array, spec: Partial<SourceSpec> = {}): Promise<Outcome> {
  const location = join(folder, 'source.txt')
  await writeFile(location, content)
  return gather(openSource({ location, baseUrl: 'https://paper.example/', ...spec }, noHttp).read({ etag: '"old"' }))
}

describe('an address', () => {
  it('is read with the limits, and its validators are kept', async () => {
    const asked: HttpRequest[] = []
    const headers = { etag: '"v2"', 'last-modified': 'Mon, 29 Jun 2026 06:00:00 GMT' }
    const source = openSource({ location: url, timeoutMs: 7, maxBytes: 5_000 }, answering({ headers }, asked))
    const { reader } = (await gather(source.read({}))).end?.validators ?? {}
    asked.length = 0
    const old = { etag: '"v1"', lastModified: 'Sun, 28 Jun 2026 06:00:00 GMT', reader: reader ?? '' }
    const { end } = await gather(source.read(old))
    expect(source.id).toBe(url)
    expect(asked).toMatchObject([
      {
        timeoutMs: 7,
        maxBytes: 5_000,
        headers: { 'if-none-match': '"v1"', 'if-modified-since': 'Sun, 28 Jun 2026 06:00:00 GMT' },
      },
    ])
    expect(end).toEqual({
      kind: 'end',
      complete: true,
      unchanged: false,
      validators: { etag: '"v2"', lastModified: 'Mon, 29 Jun 2026 06:00:00 GMT', reader },
    })
  })

  it('asks for no validation when there is nothing to compare with', async () => {
    const asked: HttpRequest[] = []
    await gather(openSource({ location: url }, answering({}, asked)).read({}))
    expect(Object.keys(asked[0]?.headers ?? {})).toEqual(['accept'])
  })

  it('that did not change gives nothing but an end, and keeps the validators it was asked with', async () => {
    const { reader = '' } = (await fromWeb({})).end?.validators ?? {}
    const source = openSource({ location: url }, answering({ status: 304, body: pieces() }))
    expect(await gather(source.read({ etag: '"v1"', reader }))).toEqual({
      items: [],
      findings: [],
      codes: [],
      end: { kind: 'end', complete: true, unchanged: true, validators: { etag: '"v1"', reader } },
    })
  })

  it.each<Partial<SourceSpec>>([
    { kind: 'llms-full' },
    { section: 'other' },
    { baseUrl: 'https://other.example/' },
    { sourcePattern: '(x)' },
  ])('is read in full when it is configured otherwise than before: %j', async (changed) => {
    const { validators = {} } = (await fromWeb({ headers: { etag: '"v1"' } })).end ?? {}
    const asked: HttpRequest[] = []
    const { items, end } = await gather(
      openSource({ location: url, ...changed }, answering({ headers: { etag: '"v1"' } }, asked)).read(validators),
    )
    expect(asked[0]?.headers).not.toHaveProperty('if-none-match')
    expect(items).toHaveLength(2)
    expect(end?.validators.etag).toBe('"v1"')
    expect(end?.validators.reader).not.toBe(validators.reader)
  })

  it('that answers 304 without having been asked about a change is refused', async () => {
    expect((await fromWeb({ status: 304 })).codes).toEqual(['source-status'])
  })

  it('that does not name itself is called by its host', async () => {
    const { about } = await fromWeb({ body: pieces(Buffer.from(item('one'))) })
    expect(about?.title).toBe('paper.example')
    expect((await fromWeb({})).about?.title).toBe('Paper')
  })

  it.each([
    [404, /spelling/],
    [403, /publisher/],
    [429, /less often/],
    [503, /next reading/],
    [206, /must answer with 200/],
  ])('that answers %i is a finding with advice, and no complete reading', async (status, advice) => {
    const { items, findings, end } = await fromWeb({ status })
    expect(items).toEqual([])
    expect(findings).toMatchObject([{ severity: 'error', code: 'source-status' }])
    expect(findings[0]?.message).toContain(String(status))
    expect(findings[0]?.advice).toMatch(advice)
    expect(end).toMatchObject({ complete: false, unchanged: false, validators: {} })
  })

  it('whose body breaks off keeps what came whole, and the old validators', async () => {
    const broken = (async function* () {
      yield Buffer.from(paper.slice(0, -30))
      throw new Error('socket hang up')
    })()
    const source = openSource({ location: url }, answering({ body: broken, headers: { etag: '"v2"' } }))
    const { items, codes, end } = await gather(source.read({ etag: '"v1"' }))
    expect(items.map(({ title }) => title)).toEqual(['one'])
    expect(codes).toEqual(['source-unreachable'])
    expect(end).toMatchObject({ complete: false, validators: { etag: '"v1"' } })
  })

  it('is read, validated and refused over real HTTP', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/slow') return
      if (request.headers['if-none-match'] === '"v1"') return response.writeHead(304).end()
      return response.writeHead(200, { etag: '"v1"', 'content-encoding': 'gzip' }).end(gzipSync(paper))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const http = createHttp({ allowPrivate: true })
    const source = openSource({ location: `${base}/llms-full.txt` }, { http })
    const first = await gather(source.read({}))
    expect(first.items).toHaveLength(2)
    expect((await gather(source.read(first.end?.validators ?? {}))).end).toMatchObject({ unchanged: true })
    const slow = await gather(openSource({ location: `${base}/slow`, timeoutMs: 30 }, { http }).read({}))
    expect(slow.codes).toEqual(['source-timeout'])
    const large = await gather(openSource({ location: base, maxBytes: 100 }, { http }).read({}))
    expect(large.codes).toEqual(['source-too-large'])
    expect((await gather(openSource({ location: base }, { http: createHttp() }).read({}))).codes).toEqual([
      'source-unreachable',
    ])
    server.closeAllConnections()
    server.close()
    expect((await gather(source.read({}))).codes).toEqual(['source-unreachable'])
  })
})

describe('a file', () => {
  it('is read again whatever the validators', async () => {
    const { items, end } = await fromFile(paper)
    expect(items).toHaveLength(2)
    expect(end).toEqual({ kind: 'end', complete: true, unchanged: false, validators: {} })
  })

  it('that is not there is a finding that names it', async () => {
    const { findings, end } = await gather(openSource({ location: '/no/such/file.txt' }, noHttp).read({}))
    expect(findings).toMatchObject([{ code: 'source-missing', severity: 'error' }])
    expect(findings[0]?.message).toContain('/no/such/file.txt')
    expect(end?.complete).toBe(false)
  })

  it.each(['', '  \n'])('that is empty is a finding: %j', async (content) => {
    const { codes, end } = await fromFile(content)
    expect(codes).toEqual(['source-empty'])
    expect(end?.complete).toBe(false)
  })

  it.each([
    '<!doctype html><html><head><title>My page</title>',
    '\uFEFF\n<HTML lang=en>',
    '<!-- made by hand -->\n<html>',
    '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">\n<html>',
  ])('that is a web page is named so, whatever kind was asked for: %j', async (content) => {
    for (const kind of [undefined, 'llms-full', 'feed'] as const) {
      const { findings } = await fromFile(content, kind ? { kind } : {})
      expect(findings).toMatchObject([{ code: 'source-is-html', severity: 'error' }])
    }
    expect((await fromFile('<html><title>My page</title>')).findings[0]?.message).toContain('"My page"')
  })

  it.each([
    '<html><title>a\u001b[2Jb\u0000c\u0007d</title>',
    'a\u001b[2Jb\u0000c\u0007d',
    '{"a\u001b[2Jb\u0000c\u0007d',
  ])('that is not what it should be is quoted without control characters: %j', async (content) => {
    const { findings } = await fromFile(content)
    expect(findings).toHaveLength(1)
    expect(findings[0]?.message).toContain('a[2Jbcd')
    expect(findings[0]?.message).not.toMatch(/\p{Cc}/u)
  })

  it('without a title is called by its name without the extension', async () => {
    expect((await fromFile(item('one'))).about?.title).toBe('source')
  })

  it('that ends in the middle of an item names it', async () => {
    const { findings } = await fromFile(paper.trimEnd().slice(0, -3))
    expect(findings).toMatchObject([{ code: 'source-cut-off', item: 'https://paper.example/news/two.html' }])
  })

  it('with an item that has no web address names the item', async () => {
    const { findings } = await fromFile(paper.replace('/news/one.html', 'mailto:a@b.example'))
    expect(findings).toMatchObject([{ code: 'url-not-http', item: 'one' }])
  })

  it('larger than the limit says the limit in MiB', async () => {
    const { findings } = await fromFile(paper + ' '.repeat(2 * 1024 ** 2), { maxBytes: 1.5 * 1024 ** 2 })
    expect(findings.at(-1)).toMatchObject({ code: 'source-too-large' })
    expect(findings.at(-1)?.message).toContain('1.5 MiB')
  })

  it('of the wrong kind is a finding', async () => {
    expect((await fromFile(paper, { kind: 'markdown' })).codes).toEqual(['source-kind'])
    expect((await fromFile(paper, { kind: 'feed' })).codes).toEqual(['source-not-a-feed'])
    expect((await gather(openSource({ location: folder, kind: 'feed' }, noHttp).read({}))).codes).toEqual([
      'source-kind',
    ])
  })

  it('with a byte order mark and CRLF reads like one without', async () => {
    const { items } = await fromFile(paper)
    expect((await fromFile(`\uFEFF${paper.replaceAll('\n', '\r\n')}`)).items).toEqual(items)
    expect((await fromFile(paper.replaceAll('\n', '\r'))).items).toEqual(items)
  })

  it('that repeats an address keeps the first item', async () => {
    const { items, findings } = await fromFile(paper + item('one'))
    expect(items).toHaveLength(2)
    expect(findings).toMatchObject([
      { code: 'duplicate-url', item: 'https://paper.example/news/one.html', field: 'url' },
    ])
  })
})

describe('bytes that are not UTF-8', () => {
  const latin1 = Buffer.from(paper.replace('Text.', 'Caf\u00e9 society.'), 'latin1')

  it('are reported once with their place; the rest is read', async () => {
    const { items, findings } = await fromFile(latin1)
    expect(findings).toMatchObject([
      { severity: 'warning', code: 'source-not-utf8' },
      { severity: 'warning', code: 'text-damaged', field: 'body', item: 'https://paper.example/news/one.html' },
    ])
    expect(findings[1]?.message).toContain('Caf? society')
    expect(findings[0]?.message).toContain(`from byte ${latin1.indexOf(0xe9)} on`)
    expect(findings[0]?.message).toContain('Caf"')
    expect(items.map(({ body }) => body.text)).toEqual(['Caf society.', 'Text.'])
  })

  it('are found at the same place however the bytes are cut', async () => {
    const before = Buffer.from(paper.replace('Text.', 'Ünïcödé 🦭 \uFFFD.'))
    const bytes = Buffer.concat([
      before,
      Buffer.from(item('three')),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from(' x'),
    ])
    for (const size of [1, 2, 3, 5, 1_000]) {
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      )
      const { findings, items } = await fromWeb({ body: pieces(...parts) })
      const fault = findings.find(({ code }) => code === 'source-not-utf8')
      expect(fault?.message, `pieces of ${size}`).toContain(`from byte ${bytes.length - 5} on`)
      expect(items[0]?.body.text).toBe('Ünïcödé 🦭 .')
    }
  })

  it('do not include a replacement character that the source itself wrote', async () => {
    expect((await fromFile(paper.replace('Text.', '\uFFFD and \uFFFD'))).codes).toEqual(['text-damaged'])
  })
})

describe('a source without end', () => {
  const endless = (text: string): AsyncGenerator<Uint8Array> =>
    (async function* () {
      const piece = Buffer.from(text)
      for (let sent = 0; sent < 1024 ** 3; sent += piece.byteLength) yield piece
    })()

  it.each([
    ['items', item('one').replace('Text.', 'Text. '.repeat(1_000))],
    ['one item', `${'word '.repeat(10_000)}\n`],
    ['no item', 'x'.repeat(65_536)],
  ])('stops at the limit with bounded memory: %s', async (kind, text) => {
    const body = (async function* () {
      if (kind !== 'no item') yield Buffer.from('# Paper\n\n## News\n\n' + item('zero') + item('first').slice(0, -8))
      yield* endless(text)
    })()
    let peak = 0
    let items = 0
    let events = 0
    const before = process.memoryUsage().heapUsed
    const codes: string[] = []
    for await (const event of openSource({ location: url }, answering({ body })).read({})) {
      if (event.kind === 'item') items += 1
      if (event.kind === 'problem' && event.finding.severity === 'error') codes.push(event.finding.code)
      events += 1
      if (events % 500 === 0 || event.kind === 'end') peak = Math.max(peak, process.memoryUsage().heapUsed - before)
    }
    expect(codes.at(-1)).toBe(kind === 'no item' ? 'source-no-items' : 'source-too-large')
    expect(items).toBe({ items: 3, 'one item': 1, 'no item': 0 }[kind])
    expect(peak).toBeLessThan(200 * 1024 * 1024)
  })
})

describe('the way to the bytes', () => {
  it.each([
    ['<html>'.padEnd(4_000), 'source-is-html'],
    [`{${' '.repeat(70_000)}`, 'source-not-a-feed'],
    ['x'.repeat(MAX_ITEM_LENGTH + 9), 'source-no-items'],
  ])('is closed however the reading ends', async (text, code) => {
    let closed = false
    const body = (async function* () {
      try {
        yield Buffer.from(text.slice(0, 2_000))
        yield Buffer.from(text.slice(2_000))
        if (code !== 'source-not-a-feed') yield Buffer.from('more')
      } finally {
        closed = true
      }
    })()
    expect((await fromWeb({ body })).codes).toEqual([code])
    expect(closed).toBe(true)
  })

  it('is closed when nobody wants more', async () => {
    let closed = false
    const body = (async function* () {
      try {
        for (;;) yield Buffer.from(paper)
      } finally {
        closed = true
      }
    })()
    for await (const event of openSource({ location: url }, answering({ body })).read({})) {
      if (event.kind === 'item') break
    }
    expect(closed).toBe(true)
  })
})

describe('an abort', () => {
  it('is thrown, before the reading and in the middle of it', async () => {
    const reason = new Error('stop')
    await expect(gather(openSource({ location: url }, answering({})).read({}, AbortSignal.abort(reason)))).rejects.toBe(
      reason,
    )
    const abort = new AbortController()
    const reading = openSource({ location: url }, answering({})).read({}, abort.signal)
    const seen: string[] = []
    await expect(
      (async () => {
        for await (const event of reading) {
          seen.push(event.kind)
          if (event.kind === 'item') abort.abort(reason)
        }
      })(),
    ).rejects.toBe(reason)
    expect(seen).toEqual(['about', 'item'])
  })
})

describe('a configured pattern', () => {
  it.each(['(', 'https://.*', '(?:x)'])('that cannot work is refused at once: %s', (sourcePattern) => {
    expect(() => openSource({ location: url, sourcePattern }, noHttp)).toThrow(/sourcePattern/)
  })
})
