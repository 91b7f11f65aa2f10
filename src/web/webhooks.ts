import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Webhook } from '../channel.ts'
import { reconcile } from '../pipeline/reconcile.ts'
import type { Ports, ReaderStore } from '../ports.ts'
import { rareWarnings } from './rare-warnings.ts'

export interface WebhookDeps extends Pick<Ports, 'clock' | 'log'> {
  readonly store: Pick<ReaderStore, 'report' | 'subscriber'>
  readonly webhooks: readonly Webhook[]
}

const PATH = '/webhooks/:name'
const MAX_BODY_BYTES = 256 * 1024

/**
 * `/webhooks/<name>`: 200 for whatever is well signed, so that the provider stops telling it, also when it says nothing
 * new or nothing of ours; 400 for what is not believed; 503 when it could not be kept, so that it is told again.
 */
export function webhookRoutes({ webhooks, ...ports }: WebhookDeps): Hono {
  const app = new Hono()
  const warn = rareWarnings(ports)
  const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.body(null, 413) })
  const named = (name: string): Webhook | undefined => webhooks.find((webhook) => webhook.name === name)
  app.post(PATH, limit, async (c) => {
    const webhook = named(c.req.param('name'))
    if (!webhook) return c.body(null, 404)
    const told = await webhook.read(await c.req.text(), (name) => c.req.header(name))
    if (told.kind === 'refused') {
      warn(`A call of /webhooks/${webhook.name} was refused: ${told.reason}.`)
      return c.body(null, 400)
    }
    if (told.kind === 'ignored') return c.body(null, 200)
    try {
      await reconcile(ports, told.report, webhook.softBounceEditions)
      return c.body(null, 200)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      ports.log.error(`What /webhooks/${webhook.name} told could not be kept; it is told again: ${message}`)
      return c.body(null, 503)
    }
  })
  app.all(PATH, (c) => (named(c.req.param('name')) ? c.body(null, 405, { Allow: 'POST' }) : c.notFound()))
  return app
}
