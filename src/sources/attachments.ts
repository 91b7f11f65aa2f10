import { attachmentSchema } from '../domain/item.ts'
import type { Attachment } from '../domain/item.ts'
import { cleanLine } from '../domain/text.ts'
import { canonicalUrl } from '../domain/url.ts'
import { quoted } from './problem.ts'

/** A file as its source names it, nothing checked yet. */
export interface AttachmentDraft {
  readonly url?: string | undefined
  readonly mediaType?: string | undefined
  readonly title?: string | undefined
  readonly bytes?: number | undefined
  readonly seconds?: number | undefined
}

/**
 * The attachments that can be offered, each address once; a size or length that cannot be, or is 0, is left out.
 *
 * @param dropped told of each other one, in words.
 */
export function attachmentsOf(
  given: readonly AttachmentDraft[],
  base: string,
  dropped: (message: string) => void,
): Attachment[] {
  const kept = new Map<string, Attachment>()
  for (const { url: address = '', mediaType = '', title = '', bytes, seconds } of given) {
    const url = canonicalUrl(address, base)
    const type = cleanLine(mediaType.split(';')[0] ?? '')
    if (url === undefined) {
      dropped(`the attachment ${quoted(address)} is not at an http(s) address.`)
      continue
    }
    const name = cleanLine(title)
    const found = attachmentSchema.safeParse({
      url,
      mediaType: type,
      ...(name === '' ? {} : { title: name }),
      ...(Number.isSafeInteger(bytes) && Number(bytes) > 0 ? { bytes } : {}),
      ...(Number.isFinite(seconds) && Number(seconds) > 0 ? { seconds } : {}),
    })
    if (!found.data) dropped(`the attachment ${quoted(address)} does not say of which media type it is.`)
    else if (!kept.has(url)) kept.set(url, found.data)
  }
  return [...kept.values()]
}
