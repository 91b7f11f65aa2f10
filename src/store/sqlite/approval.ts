import { editionItems, type Edition } from '../../domain/edition.ts'
import type { Freeze, FrozenRendering, Store } from '../../ports.ts'
import { StoreError } from '../error.ts'
import { isOvertaken, isToldElsewhere, recordAmendments, recordMentions } from './amendments.ts'
import type { Connection } from './connection.ts'
import { isOutdated, replaceDocuments } from './documents.ts'
import { putOpen } from './editions.ts'
import { planLedger } from './plan.ts'
import { supersede } from './supersede.ts'

/** Freezing an edition: everything that leaves, and everything owed, in one transaction. */
export function approvalMethods(db: Connection): Pick<Store, 'approve'> {
  return { approve: (freeze) => db.write(() => approve(db, freeze)) }
}

function approve(db: Connection, freeze: Freeze): boolean {
  const { edition, findings, at } = freeze
  if (isTaken(db, edition) || isToldElsewhere(db, edition)) return false
  if (isOvertaken(db, freeze) || isOutdated(db, freeze)) return false
  if (!putOpen(db, { edition, state: 'approved', findings, reason: '', approvedAt: at })) return false
  for (const [place, rendering] of freeze.renderings.entries()) addRendering(db, edition.id, place, rendering)
  for (const { url } of editionItems(edition))
    db.run('INSERT INTO edition_items (edition, url) VALUES (:edition, :url) ON CONFLICT (url, edition) DO NOTHING', {
      edition: edition.id,
      url,
    })
  recordMentions(db, edition)
  const frozen = new Set(freeze.renderings.map(({ channel, id }) => `${channel} ${id}`))
  for (const owed of [...freeze.deliveries, ...freeze.mailings])
    if (!frozen.has(`${owed.channel} ${owed.rendering}`))
      throw new StoreError(
        `"${owed.key}" is to deliver the rendering "${owed.rendering}" of ${owed.channel}, which ${edition.id} does not have.`,
      )
  planLedger(db, freeze)
  recordAmendments(db, freeze)
  for (const channel of freeze.documents) supersede(db, edition.id, channel, at)
  replaceDocuments(db, freeze)
  return true
}

/** Since this edition was made another one that was approved took one of its items, or one that it shows was retracted. */
function isTaken(db: Connection, edition: Edition): boolean {
  const carried = editionItems(edition).map(({ url }) => url)
  const shown = [...carried, ...edition.background.map(({ url }) => url)]
  const row = db.get(
    `SELECT 1 FROM edition_items WHERE url IN (SELECT value FROM json_each(:carried)) AND edition <> :edition
     UNION ALL SELECT 1 FROM items WHERE url IN (SELECT value FROM json_each(:shown)) AND withdrawn_at IS NOT NULL`,
    { carried: JSON.stringify(carried), shown: JSON.stringify(shown), edition: edition.id },
  )
  return row !== undefined
}

function addRendering(db: Connection, edition: string, place: number, rendering: FrozenRendering): void {
  db.run(
    `INSERT INTO renderings
       (edition, channel, id, place, hash, identity, title, item, media_type, content, page, text, measures, findings,
        basis, may_leave)
     VALUES
       (:edition, :channel, :id, :place, :hash, :identity, :title, :item, :mediaType, :content, :page, :text, :measures,
        :findings, :basis, :mayLeave)`,
    {
      ...rendering,
      edition,
      place,
      item: rendering.item ?? null,
      text: rendering.text ?? null,
      basis: rendering.basis ?? null,
      measures: JSON.stringify(rendering.measures),
      findings: JSON.stringify(rendering.findings),
      mayLeave: rendering.mayLeave ? 1 : 0,
    },
  )
}
