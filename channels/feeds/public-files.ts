import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from 'node:zlib'
import type { ChannelPorts } from '../../src/channel.ts'
import { sha256 } from '../../src/domain/hash.ts'
import type { StandingDocument } from '../../src/ports.ts'

/**
 * Brotli's quality. 200 kB of a feed take 250 ms at 11, 95 ms at 10 for 3 % more bytes, and 20 ms at 9 for 12 % more;
 * gzip makes 21 % more of it. What is larger than what readers poll again and again is a month, or everything: it is
 * fetched rarely, and there are many.
 */
const QUALITY = 10
const QUALITY_OF_LARGE = 9
const LARGE_BYTES = 300_000

const brotli = promisify(brotliCompress)
const unBrotli = promisify(brotliDecompress)
const zip = promisify(gzip)
const unzip = promisify(gunzip)

type Bytes = Uint8Array | undefined

/** Lays a document below `public/`, and compressed beside it. What is there already is not touched. */
export async function writeDocument(
  files: Pick<ChannelPorts['files'], 'write'>,
  id: string,
  content: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(content)
  for (const [suffix, smaller] of await compressed(bytes)) await files.write(`public/${id}${suffix}`, smaller)
  // Last, so that whoever sees it new finds those beside it new.
  await files.write(`public/${id}`, bytes)
}

/**
 * Whether the document lies there, and beside it, packed by whoever, the same.
 */
export async function liesThere(
  files: Pick<ChannelPorts['files'], 'readBytes'>,
  { id, mediaType, hash }: Pick<StandingDocument, 'id' | 'mediaType' | 'hash'>,
): Promise<boolean> {
  const path = `public/${id}`
  const bytes = await files.readBytes(path)
  if (!bytes || sha256(Buffer.concat([Buffer.from(`${mediaType}\n`), bytes])) !== hash) return false
  const maxOutputLength = Math.max(bytes.byteLength, 1)
  for (const [suffix, by] of [['.br', unBrotli] as const, ['.gz', unzip] as const]) {
    const unpacked = await unpack(await files.readBytes(`${path}${suffix}`), (it) => by(it, { maxOutputLength }))
    if (!unpacked || Buffer.compare(unpacked, bytes) !== 0) return false
  }
  return true
}

/** Undefined for what is not there, is no such pack, or holds more than it may. */
async function unpack(packed: Bytes, by: (packed: Uint8Array) => Promise<Uint8Array>): Promise<Bytes> {
  try {
    return packed && (await by(packed))
  } catch {
    return undefined
  }
}

/** The same bytes for the same input: neither names a file nor a time. */
function compressed(bytes: Uint8Array): Promise<[suffix: string, bytes: Uint8Array][]> {
  const params = {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: bytes.byteLength > LARGE_BYTES ? QUALITY_OF_LARGE : QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
  }
  return Promise.all([
    brotli(bytes, { params }).then((made): [string, Uint8Array] => ['.br', made]),
    zip(bytes, { level: 9 }).then((made): [string, Uint8Array] => ['.gz', made]),
  ])
}
