import type { AttachmentDraft } from './attachments.ts'

/** What RSS and Atom say of a file, in `enclosure` or in Media RSS. */
export interface Media {
  readonly url?: string
  readonly type?: string
  readonly medium?: string
  readonly fileSize?: number
  readonly length?: number
  readonly duration?: number
  readonly title?: { readonly value?: string }
}

export function isImage({ medium, type }: Pick<Media, 'medium' | 'type'>): boolean {
  return medium === 'image' || type?.startsWith('image/') === true
}

/** One for each address, with what every mention of it says. A length of 0 is no length: RSS must have one. */
export function mergedMedia(media: readonly Media[], except: string | undefined): AttachmentDraft[] {
  const byUrl = Map.groupBy(
    media.filter(({ url }) => url !== except),
    ({ url }) => url,
  )
  return [...byUrl].map(([url, mentions]) => {
    const first = <Value>(of: (one: Media) => Value | undefined): Value | undefined => mentions.map(of).find(Boolean)
    return {
      url,
      mediaType: first(({ type }) => type),
      title: first(({ title }) => title?.value),
      bytes: first(({ fileSize, length }) => fileSize ?? length),
      seconds: first(({ duration }) => duration),
    }
  })
}
