import * as z from 'zod'
import type { SlotRequest, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { rowAs } from './rows.ts'

const slotRow = z.object({ slot: z.string().exactOptional() })

/** The slots of schedules, each taken once. */
export function slotMethods(db: Connection): Pick<Store, 'claimSlot' | 'finishSlot' | 'lastSlot'> {
  return {
    claimSlot: (request) => db.write(() => claimSlot(db, request)),
    finishSlot: (schedule, slot, at) =>
      db.write(() => {
        db.run(
          `UPDATE slots SET finished_at = :at
           WHERE schedule = :schedule AND slot = :slot AND finished_at IS NULL`,
          { schedule, slot: slot.toISOString(), at: at.toISOString() },
        )
      }),
    lastSlot: (schedule, upTo) =>
      db.read(() => {
        const sql = `SELECT max(slot) AS slot FROM slots
                     WHERE schedule = :schedule AND slot <= :upTo AND finished_at IS NOT NULL`
        const row = db.get(sql, { schedule, upTo: upTo.toISOString() })
        const slot = row && rowAs(slotRow, row, 'slots').slot
        return slot === undefined ? undefined : new Date(slot)
      }),
  }
}

/** One statement decides: of two callers the second finds the first one's row, or its new worker. */
function claimSlot(db: Connection, { schedule, slot, worker, now, staleBefore, gone }: SlotRequest): boolean {
  const changes = db.run(
    `INSERT INTO slots (schedule, slot, worker, claimed_at)
     VALUES (:schedule, :slot, :worker, :now)
     ON CONFLICT (schedule, slot) DO UPDATE
     SET worker = excluded.worker, claimed_at = excluded.claimed_at
     WHERE finished_at IS NULL
       AND (claimed_at < :staleBefore OR worker IN (SELECT value FROM json_each(:gone)))`,
    {
      schedule,
      slot: slot.toISOString(),
      worker,
      now: now.toISOString(),
      staleBefore: staleBefore.toISOString(),
      gone: JSON.stringify(gone),
    },
  )
  return changes === 1
}
