import * as z from 'zod'
import { pageCss } from '../../emails/theme.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { escapeHtml as text } from '../../src/domain/html.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { slug } from '../../src/domain/text.ts'
import { canFetch } from './reach.ts'

const FOLDER = 'websub/'

/** What is announced: that the file at the address `topic` holds the bytes with this hash. */
export const announcementSchema = z.object({ hub: z.string(), topic: z.string(), sha256: z.string() })
export type Announcement = z.infer<typeof announcementSchema>

/**
 * One rendering for each changed subscription document and hub (WebSub, W3C 2018, section 7: how a hub is told is left
 * to it; `hub.mode=publish` with `hub.url` is what the hubs there are take). None for a hub that could not fetch it.
 *
 * @param publicUrl without a slash at its end.
 */
export function announcements(
  changed: readonly Rendering[],
  hubs: readonly string[],
  publicUrl: string,
  edition: Pick<Edition, 'id'>,
): Rendering[] {
  const able = [...new Set(hubs)].filter((hub) => canFetch(hub, publicUrl))
  return changed
    .filter(({ mayLeave }) => mayLeave)
    .flatMap((document) => able.map((hub) => announcement(hub, document, publicUrl, edition)))
}

function announcement(hub: string, { id: file, content }: Rendering, publicUrl: string, edition: Pick<Edition, 'id'>) {
  const { host } = new URL(hub)
  const id = `${FOLDER}${hubName(hub)}/${file}`
  const title = `WebSub: ${host} is told of ${file}`
  const said: Announcement = { hub, topic: `${publicUrl}/${file}`, sha256: sha256(content) }
  return {
    id,
    identity: `${id}@${edition.id}`,
    title,
    mediaType: 'application/json',
    content: JSON.stringify(said),
    page: announcementPage(title, said),
    measures: [],
    findings: [],
    mayLeave: true,
  }
}

/** Safe in a file name, and no two hubs share it: `hub-example-com-1a2b3c4d`. */
export function hubName(hub: string): string {
  return [slug(new URL(hub).host, 60), sha256(hub).slice(0, 8)].filter((part) => part !== '').join('-')
}

function announcementPage(title: string, { hub, topic }: Announcement): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<style>${pageCss}
main{max-width:42rem;margin:0 auto;padding:2.5rem 1.25rem 4rem;overflow-wrap:anywhere}</style>
</head>
<body>
<main>
<p>Once its new bytes are there, the hub ${text(hub)} is told that ${text(topic)} has changed. It fetches the feed and passes it on to whoever subscribed to it there.</p>
</main>
</body>
</html>
`
}
