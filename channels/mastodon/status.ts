import { overrideOf } from '../../src/channel/post-choice.ts'
import { OUTBOX } from '../../src/channel/outbox-sender.ts'
import type { Item } from '../../src/domain/item.ts'
import { itemPost, type ItemPost } from '../../src/domain/item-post.ts'
import type { Picture } from '../../src/domain/picture.ts'
import type { Publication } from '../../src/domain/publication.ts'
import { cleanLine, languageTag, shorten } from '../../src/domain/text.ts'
import type { FrozenPost, FrozenStatus } from './content.ts'
import { type Limits, limitsOf } from './limits.ts'
import type { MastodonSettings } from './settings.ts'
import { itemStyle } from './style.ts'

export interface MastodonPost extends ItemPost {
  readonly status: FrozenStatus
  /** The first link of the text as it stands there; '' where there is none. */
  readonly href: string
}

/** @param note a line that is never shortened: `Correction: …`. */
export function mastodonPost(
  item: Item,
  publication: Publication,
  settings: MastodonSettings,
  limits: Limits = limitsOf(OUTBOX, undefined, settings),
  note = '',
): MastodonPost {
  const post = itemPost(item, itemStyle(limits), {
    template: settings.template,
    publication: publication.name,
    hashtags: settings.hashtags,
    text: overrideOf(settings, item.url)?.text,
    note,
  })
  const href = post.segments.find(({ link }) => link !== undefined)?.link ?? ''
  return { ...post, href, status: statusOf(post.text, publication, settings, limits) }
}

export function statusOf(
  text: string,
  publication: Publication,
  settings: Pick<MastodonSettings, 'language' | 'visibility'>,
  { spoiler }: Pick<Limits, 'spoiler'>,
): FrozenStatus {
  const language = languageTag(settings.language ?? publication.language)
  return {
    status: text,
    ...(language !== undefined && { language }),
    visibility: settings.visibility,
    ...(spoiler !== '' && { spoilerText: spoiler }),
  }
}

/** Undefined where the instance does not take pictures of this kind. */
export function attachment(picture: Picture | undefined, limits: Limits): FrozenPost['picture'] {
  if (!picture || !limits.mediaTypes.includes(picture.mediaType)) return undefined
  const { path, sha256, mediaType, alt } = picture
  return { path, sha256, mediaType, alt: shorten(cleanLine(alt), limits.maxDescription) }
}
