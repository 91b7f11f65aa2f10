import { fileURLToPath } from 'node:url'
import type { ConfigFile } from '../config.ts'

/** The bundled publication, which runs when nothing is configured. */
export function sampleConfig(root: URL): ConfigFile {
  return {
    publication: { zone: 'Europe/London', address: 'Tidewatch\nThe Old Ice House, Pier 2\nSkerrow' },
    source: { location: fileURLToPath(new URL('sample/llms-full.txt', root)) },
  }
}

/** The two readers of an outbox that has no subscribers yet. `example` is reserved (RFC 2606): no mail can ever reach them. */
export const sampleReaders = ['ada@reader.example', 'grace@reader.example'] as const
