import { Hono } from 'hono'
import type { Log } from '../ports.ts'

export interface Health {
  readonly ok: boolean
  readonly detail: Record<string, unknown>
}

/** `/healthz` tells what is known of the worker's health, `/readyz` only whether to send it work. 200, or 503 when not well. */
export function healthRoutes(health: () => Promise<Health>, log: Log): Hono {
  const look = async (): Promise<Health> => {
    try {
      return await health()
    } catch (error) {
      log.error(`health check failed: ${error instanceof Error ? error.message : String(error)}`)
      return { ok: false, detail: { problem: 'the health check itself failed; the log says why' } }
    }
  }
  const app = new Hono()
  app.get('/healthz', async (c) => {
    const { ok, detail } = await look()
    return c.json({ ok, detail }, ok ? 200 : 503)
  })
  app.get('/readyz', async (c) => {
    const { ok } = await look()
    return c.json({ ok }, ok ? 200 : 503)
  })
  return app
}
