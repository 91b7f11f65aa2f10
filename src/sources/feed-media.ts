import type { AttachmentDraft } from './attachments.ts'

/** What RSS and Atom say of a file, in `enclosure` or in Media RSS. */
export interface Media {
  readonly url?: string
  readonly type?: string
  readonly medium?: string
  readonly expression?: string
  readonly fileSize?: number
  readonly length?: number
  readonly duration?: number
  readonly title?: { readonly value?: string }
}

export function isImage({ medium, type }: Pick<Media, 'medium' | 'type'>): boolean {
  return medium === 'image' || type?.startsWith('image/') === true
}

interface Sorted<Content> {
  readonly image?: Content | undefined
  readonly files: readonly Content[]
}

/** The item's image and its files. Our own feeds say of a file, which may be an image too, how it is expressed. */
export function sorted<Content extends Media>(contents: readonly Content[], own: boolean): Sorted<Content> {
  const image = contents.find((media) => isImage(media) && !(own && media.expression !== undefined))
  const typed = contents.filter(({ type }) => type !== undefined)
  return { image, files: typed.filter((media) => (own ? media !== image : !isImage(media))) }
}

/** A link of Atom with `rel="enclosure"`. */
export function mediaOf(link: {
  readonly href?: string
  readonly type?: string
  readonly length?: number
  readonly title?: string
}): Media {
  const { href, type, length, title } = link
  return {
    ...(href && { url: href }),
    ...(type && { type }),
    ...(length && { length }),
    ...(title && { title: { value: title } }),
  }
}

/** One for each address, with what every mention of it says. A length of 0 is no length: RSS must have one. */
export function mergedMedia(media: readonly Media[], except?: string): AttachmentDraft[] {
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
