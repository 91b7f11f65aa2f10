import type { Sharp } from 'sharp'
import type { Drawn } from '../../ports.ts'
import { drawn, HEIGHT, PREVIEW_WIDTH, sharp, WIDTH, type Encoded } from './sharp.ts'

/** The limit of Bluesky for a blob (lexicon `app.bsky.embed.external`, 1,000,000 bytes); every other network takes more. */
const MAX_BYTES = 999_999
/** Of the preview, before base64. */
const MAX_PREVIEW_BYTES = 18_000
/** What a decoder may be made to hold: a picture of a camera, not one that unpacks to gigabytes. */
const MAX_PIXELS = 60_000_000
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
  if (!isKnown(content)) return undefined
  try {
    const upright = await pixels(content)
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
 * a pixel stays behind.
 */
function pixels(content: Uint8Array): Promise<Encoded & { readonly info: { readonly channels: 1 | 2 | 3 | 4 } }> {
  return sharp(content, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 })
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

/** Of JPEG, PNG, WebP, GIF and AVIF, as Latin 1; any character stands for `?`. */
const BEGINNINGS = ['\xFF\xD8\xFF', '\x89PNG\r\n', 'GIF87a', 'GIF89a', 'RIFF????WEBP', '????ftypavif', '????ftypavis']

/** By its first bytes: the decoders for anything else (SVG, PDF, TIFF, HEIC) never see what came from outside. */
function isKnown(content: Uint8Array): boolean {
  return BEGINNINGS.some((beginning) =>
    Array.from(beginning).every((character, at) => character === '?' || content[at] === character.charCodeAt(0)),
  )
}
