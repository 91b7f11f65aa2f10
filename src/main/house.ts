import type { House } from '../channel.ts'
import type { Config } from '../config.ts'
import { languageTag } from '../domain/text.ts'
import { canonicalUrl } from '../domain/url.ts'
import type { SourceAbout } from '../ports.ts'

/** Who speaks: the configuration first, then what the source says of itself, as far as that makes sense. */
export function houseFrom(config: Config, about: SourceAbout, keys: Pick<House, 'secret' | 'installation'>): House {
  const { publication } = config
  const url = publication.url ?? canonicalUrl(about.url ?? '') ?? 'http://localhost'
  return {
    publication: {
      name: publication.name ?? about.title ?? new URL(url).hostname,
      description: publication.description ?? about.description ?? '',
      url: url.replace(/\/+$/, ''),
      language: publication.language ?? languageTag(about.language ?? '') ?? 'en',
      zone: publication.zone,
      address: publication.address,
    },
    publicUrl: config.url ?? `http://localhost:${config.port}`,
    ...keys,
  }
}
