import sharp from 'sharp'
import { sha256 } from '../../domain/hash.ts'
import type { Drawn } from '../../ports.ts'

// Pictures are few and far between: no memory is kept for the next one, and one core is enough.
sharp.cache(false)
sharp.concurrency(1)

export { sharp }

/** The size of card that Bluesky, Mastodon and Open Graph readers all take: 1.91 to 1. */
export const WIDTH = 1200
export const HEIGHT = 630
/** Of the small version for pages, pixels. */
export const PREVIEW_WIDTH = 600

export interface Encoded {
  readonly data: Buffer
  readonly info: { readonly width: number; readonly height: number }
}

export function drawn(mediaType: Drawn['mediaType'], { data, info }: Encoded, preview: Buffer): Drawn {
  return {
    content: data,
    mediaType,
    sha256: sha256(data),
    bytes: data.byteLength,
    width: info.width,
    height: info.height,
    preview: `data:${mediaType};base64,${preview.toString('base64')}`,
  }
}
