import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Drawn } from '../../../src/ports.ts'
import { createPictures } from '../../../src/world/pictures.ts'
import { seeded } from '../../fixtures/random.ts'

const fit = (content: Uint8Array) => createPictures().fit(content)

const RED = { r: 200, g: 20, b: 20 }
const blank = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: RED } })

/** Two forms that a decoder must hold whole before it knows any row of it. */
const interlaced = (width: number, height: number) =>
  blank(width, height).ensureAlpha().toColourspace('rgb16').png({ progressive: true }).toBuffer()
const progressive = (width: number, height: number) =>
  blank(width, height).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer()

const avif = (width: number, height: number) => blank(width, height).ensureAlpha(0.5).avif({ effort: 0 }).toBuffer()

/** A picture that no encoder can make small. */
function noise(width: number, height: number) {
  const next = seeded(7)
  const data = Buffer.from(Array.from({ length: width * height * 3 }, () => Math.floor(next() * 256)))
  return sharp(data, { raw: { width, height, channels: 3 } })
}

async function fitted(content: Uint8Array): Promise<Drawn> {
  const drawn = await fit(content)
  if (!drawn) throw new Error('it is a picture')
  return drawn
}

const previewBytes = ({ preview }: Drawn): Buffer => Buffer.from(preview.slice(preview.indexOf(',') + 1), 'base64')

describe('a picture from outside', () => {
  it.each([
    ['wide', 2400, 600, 1200, 300],
    ['tall', 800, 1260, 400, 630],
    ['small', 320, 200, 320, 200],
  ])('that is %s is made to fit, and never enlarged', async (_what, width, height, newWidth, newHeight) => {
    const drawn = await fitted(await blank(width, height).png().toBuffer())
    expect(drawn).toMatchObject({ width: newWidth, height: newHeight, mediaType: 'image/jpeg' })
    expect(await sharp(drawn.content).metadata()).toMatchObject({ format: 'jpeg', width: newWidth, height: newHeight })
  })

  it('is described by its own bytes', async () => {
    const { content, sha256: hash, bytes } = await fitted(await blank(400, 300).jpeg().toBuffer())
    expect([hash, bytes]).toEqual([sha256(content), content.byteLength])
  })

  it('gives the same bytes each time', async () => {
    const content = await noise(300, 200).png().toBuffer()
    expect((await fitted(content)).sha256).toBe((await fitted(content)).sha256)
  })

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('may be %s', async (format) => {
    expect(await fit(await blank(100, 80).toFormat(format).toBuffer())).toMatchObject({ width: 100, height: 80 })
  })

  it('is turned as its camera says, and then keeps nothing else of what the camera says', async () => {
    const content = await blank(300, 200)
      .withMetadata({ orientation: 6 })
      .withExifMerge({ IFD0: { Artist: 'Mara Lindqvist' }, IFD3: { GPSLatitude: '52/1 31/1 0/1' } })
      .jpeg()
      .toBuffer()
    expect(content.toString('latin1')).toContain('Mara Lindqvist')
    const drawn = await fitted(content)
    expect(drawn).toMatchObject({ width: 200, height: 300 })
    expect(Buffer.from(drawn.content).toString('latin1')).not.toContain('Mara')
    const { exif, icc, xmp, orientation } = await sharp(drawn.content).metadata()
    expect([exif, icc, xmp, orientation]).toEqual([undefined, undefined, undefined, undefined])
  })

  it('stands on white where it is transparent', async () => {
    const background = { r: 0, g: 0, b: 0, alpha: 0 }
    const clear = sharp({ create: { width: 100, height: 100, channels: 4, background } })
    const { content } = await fitted(await clear.png().toBuffer())
    expect([...(await sharp(content).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255])
  })

  it('in grey or in the colours of print comes out in colours of the screen', async () => {
    for (const space of ['b-w', 'cmyk'] as const) {
      const { content } = await fitted(await blank(100, 100).toColourspace(space).jpeg().toBuffer())
      expect((await sharp(content).metadata()).space).toBe('srgb')
    }
  })

  it('that moves is its first picture', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((background) =>
        sharp({ create: { width: 64, height: 64, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    )
    const { content, height } = await fitted(
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
    )
    const [red = 0, , blue = 255] = await sharp(content).raw().toBuffer()
    expect([height, red > 200, blue < 60]).toEqual([64, true, true])
  })

  it('that is nothing but noise still stays under every limit', async () => {
    const drawn = await fitted(await noise(1200, 630).png().toBuffer())
    expect(drawn.bytes).toBeLessThan(1_000_000)
    expect(drawn.width).toBeGreaterThanOrEqual(600)
    expect(drawn.preview.length).toBeLessThan(25_000)
  })

  it('has a small version for pages', async () => {
    const drawn = await fitted(await blank(2400, 1260).png().toBuffer())
    expect(drawn.preview).toMatch(/^data:image\/jpeg;base64,/)
    expect(await sharp(previewBytes(drawn)).metadata()).toMatchObject({ format: 'jpeg', width: 600, height: 315 })
  })
})

describe('the memory that pictures take', () => {
  let root: string
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'groundwire-fit-'))
    writeFileSync(join(root, 'png'), await interlaced(5000, 5000))
    writeFileSync(join(root, 'jpeg'), await progressive(5000, 5000))
    writeFileSync(join(root, 'avif'), await avif(3162, 3162))
  }, 30_000)
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  it.each(['png', 'jpeg', 'avif'])(
    'is that of one, however many %ss of the largest kind come at once',
    async (name) => {
      const program = `
      const { createPictures } = await import(${JSON.stringify(new URL('../../../src/world/pictures.ts', import.meta.url).href)})
      const { readFileSync } = await import('node:fs')
      const content = readFileSync(${JSON.stringify(join(root, name))})
      const drawn = await Promise.all([1, 2, 3, 4].map(() => createPictures().fit(content)))
      const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
      console.log(JSON.stringify([...drawn.map(({ width, height }) => width + 'x' + height), megabytes]))`
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
      const [megabytes, ...drawn] = z
        .array(z.union([z.string(), z.number()]))
        .parse(JSON.parse(stdout))
        .toReversed()
      expect(drawn).toEqual(['630x630', '630x630', '630x630', '630x630'])
      expect(megabytes).toBeLessThan(480)
    },
    30_000,
  )
})

describe('what is no picture is none', () => {
  it.each([
    ['nothing', ''],
    ['text', 'a picture, honestly'],
    ['a page', '<!doctype html><img src=x>'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><rect width="9" height="9"/></svg>'],
    ['PDF', '%PDF-1.7\n'],
    ['TIFF', 'II*\0\b\0\0\0'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
    ['the beginning of a JPEG and no more', '\xFF\xD8\xFF\xE0'],
    ['the beginning of a PNG and then rubbish', `\x89PNG\r\n\x1A\n${'x'.repeat(500)}`],
    ['a WebP that says it is long', 'RIFF\xFF\xFF\xFF\xFFWEBPVP8 \xFF\xFF\xFF\xFF'],
  ])('%s', async (_what, text) => {
    expect(await fit(Buffer.from(text, 'latin1'))).toBeUndefined()
  })

  it.each(['jpeg', 'png', 'webp'] as const)('a %s that broke off', async (format) => {
    const content = await noise(400, 300).toFormat(format).toBuffer()
    expect(await fit(content.subarray(0, content.byteLength / 2))).toBeUndefined()
  })

  it.each([
    ['59 million pixels', 7680, 7680],
    ['one row more than is looked at', 5000, 5001],
  ])('few bytes that unpack to very many: %s', { timeout: 30_000 }, async (_what, width, height) => {
    for (const bomb of [interlaced(width, height), progressive(width, height)]) {
      const content = await bomb
      expect(content.byteLength).toBeLessThan(5_000_000)
      expect(await fit(content)).toBeUndefined()
    }
  })

  it('a little AVIF that unpacks to more than it may', { timeout: 30_000 }, async () => {
    expect(await fit(await avif(4000, 2501))).toBeUndefined()
  })

  it.each([
    [1, 1],
    [2000, 4],
  ])('a pixel or a rule: %d × %d', async (width, height) => {
    expect(await fit(await blank(width, height).png().toBuffer())).toBeUndefined()
  })

  it('whatever is done to its bytes, it is a picture within the limits or none', async () => {
    const next = seeded(11)
    const whole = await noise(80, 60).jpeg().toBuffer()
    const drawn: (Drawn | undefined)[] = []
    for (let round = 0; round < 100; round += 1) {
      const bytes = Buffer.from(whole)
      for (let n = 0; n < 8; n += 1) bytes[Math.floor(next() * bytes.byteLength)] = Math.floor(next() * 256)
      drawn.push(await fit(bytes))
    }
    const made = drawn.filter((one) => one !== undefined)
    expect(made.length).toBeLessThan(100)
    expect(made.every(({ width, height, bytes }) => width <= 1200 && height <= 630 && bytes < 1_000_000)).toBe(true)
  })
})
