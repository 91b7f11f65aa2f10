import type { Sharp } from 'sharp'
import type { Drawn } from '../../ports.ts'
import { drawn, HEIGHT, PREVIEW_WIDTH, sharp, WIDTH, type Encoded } from './sharp.ts'

/** The limit of Bluesky for a blob (lexicon `app.bsky.embed.external`, 1,000,000 bytes); every other network takes more. */
const MAX_BYTES = 999_999
/** Of the preview, before base64. */
const MAX_PREVIEW_BYTES = 18_000
/**
 * A picture of a camera (6000 by 4000), not one that unpacks to gigabytes. Where its format makes a decoder hold all of
 * it at once (interlaced PNG, progressive JPEG), that is about ten bytes a pixel at most; of an AVIF it is twice to
 * three times that.
 */
const MAX_PIXELS = 25_000_000
const MAX_AVIF_PIXELS = 10_000_000
const MAX_SECONDS = 15
/** Narrower or flatter than this is a tracking pixel or a rule, not a picture. */
const SMALLEST_SIDE = 48

/** Tried in this order until the bytes are few enough: quality of the JPEG, and share of the size. */
const STEPS = [
  [82, 1],
  [70, 1],
  [55, 1],
  [55, 0.75],
  [45, 0.5],
  [30, 0.25],
] as const

/** See `Pictures.fit`. The first picture of an animation; JPEG, PNG, WebP, GIF and AVIF are looked at, nothing else. */
export async function fit(content: Uint8Array): Promise<Drawn | undefined> {
  const beginning = BEGINNINGS.find((known) => beginsWith(content, known))
  if (beginning === undefined) return undefined
  try {
    const upright = await pixels(content, beginning.includes('ftyp') ? MAX_AVIF_PIXELS : MAX_PIXELS)
    if (Math.min(upright.info.width, upright.info.height) < SMALLEST_SIDE) return undefined
    const whole = await within(upright, WIDTH, MAX_BYTES)
    const preview = await within(upright, PREVIEW_WIDTH, MAX_PREVIEW_BYTES)
    return whole && preview && drawn('image/jpeg', whole, preview.data)
  } catch {
    // Every way in which such bytes can be wrong ends here: cut short, too many pixels, too slow, no picture after all.
    return undefined
  }
}

/**
 * Decoded once: turned as its EXIF says, on white where it is transparent, in sRGB, no larger than a card. What is not
 * a pixel stays behind. Sharp decodes a JPEG no larger than the size asked for here takes (shrink on load).
 */
function pixels(
  content: Uint8Array,
  limitInputPixels: number,
): Promise<Encoded & { readonly info: { readonly channels: 1 | 2 | 3 | 4 } }> {
  return sharp(content, { limitInputPixels, failOn: 'error', pages: 1 })
    .timeout({ seconds: MAX_SECONDS })
    .autoOrient()
    .resize({ width: WIDTH, height: HEIGHT, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
}

async function within(
  { data, info }: Awaited<ReturnType<typeof pixels>>,
  width: number,
  maxBytes: number,
): Promise<Encoded | undefined> {
  const { width: own, height, channels } = info
  const open = (): Sharp => sharp(data, { raw: { width: own, height, channels } })
  for (const [quality, share] of STEPS) {
    const encoded = await open()
      .resize({ width: Math.max(1, Math.round(Math.min(own, width) * share)) })
      .jpeg({ quality, progressive: true })
      .toBuffer({ resolveWithObject: true })
    if (encoded.data.byteLength <= maxBytes) return encoded
  }
  return undefined
}

/**
 * Of JPEG, PNG, WebP, GIF and AVIF, as Latin 1; any character stands for `?`. The decoders for anything else (SVG, PDF,
 * TIFF, HEIC) never see what came from outside.
 */
const BEGINNINGS = ['\xFF\xD8\xFF', '\x89PNG\r\n', 'GIF87a', 'GIF89a', 'RIFF????WEBP', '????ftypavif', '????ftypavis']

function beginsWith(content: Uint8Array, beginning: string): boolean {
  return Array.from(beginning).every((character, at) => character === '?' || content[at] === character.charCodeAt(0))
}
