import type { Element } from '@xmldom/xmldom'
import type { Attachment } from '../../src/domain/item.ts'
import type { Entry } from './document.ts'
import { append } from './xml.ts'

// Media RSS (rssboard.org/media-rss), which readers know in Atom, too.

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
}

export function appendImage(entry: Element, { image }: Pick<Entry, 'image'>): void {
  if (!image) return
  const type = imageType(image.url)
  const content = append(entry, 'media:content', '', { url: image.url, medium: 'image', ...(type && { type }) })
  if (image.alt) append(content, 'media:description', image.alt, { type: 'plain' })
}

/** Media RSS takes no size of 0. What it takes `expression` for where there is none tells our reader a file from the image. */
export function appendAttachment(entry: Element, { url, mediaType, title, bytes, seconds }: Attachment): void {
  const content = append(entry, 'media:content', '', {
    url,
    type: mediaType,
    medium: mediumOf(mediaType),
    expression: 'full',
    ...(bytes && { fileSize: String(bytes) }),
    ...(seconds !== undefined && { duration: String(seconds) }),
  })
  if (title) append(content, 'media:title', title, { type: 'plain' })
}

/** What a reader plays, not shows. */
export function isPlayed({ mediaType }: Attachment): boolean {
  return ['audio', 'video'].includes(mediumOf(mediaType))
}

/** By the end of its path; undefined where that does not tell, for a wrong type is worse than none. */
function imageType(url: string): string | undefined {
  const extension = /\.([a-z]+)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(IMAGE_TYPES, extension) ? IMAGE_TYPES[extension] : undefined
}

/** One of the words that Media RSS has for it. */
function mediumOf(mediaType: string): 'image' | 'audio' | 'video' | 'document' {
  const kind = mediaType.toLowerCase().split('/')[0]
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}
