import { Hono } from 'hono'
import type { Desk } from '../pipeline/view.ts'
import type { Webhook } from '../channel.ts'
import type { Clock, Files, Log, Pictures, ReaderStore } from '../ports.ts'
import { cardRoutes } from './cards.ts'
import { deskRoutes } from './desk/routes.ts'
import { discoveryOf } from './feeds/discovery.ts'
import { openFeeds } from './feeds.ts'
import { readingOnly, safeHeaders, thisMachineOnly, withoutTrailingSlash } from './headers.ts'
import { healthRoutes, type Health } from './health.ts'
import { plainPage } from './page.ts'
import { readerRoutes } from './reader/routes.ts'
import type { Site } from './serve.ts'
import { unsubscribeRoutes } from './reader/unsubscribe.ts'
import { standardSiteRoutes, type StandardSiteDeps } from './standard-site.ts'
import { webhookRoutes } from './webhooks.ts'

export interface WebDeps {
  readonly desk: Desk
  readonly files: Files
  readonly log: Log
  readonly clock: Clock
  readonly pictures: Pick<Pictures, 'draw'>
  readonly store: Pick<ReaderStore, 'subscriber' | 'unsubscribe' | 'report'>
  /** Where readers find these pages; no trailing slash. */
  readonly publicUrl: string
  /** WebSub hubs that are told of every change of a feed. */
  readonly hubs: readonly string[]
  /** What the tokens in readers' links may have been made with. */
  readonly tokenSecrets: readonly string[]
  /** Where providers tell what became of messages; asked only where readers are served. */
  readonly webhooks: readonly Webhook[]
  readonly health: () => Promise<Health>
  /** Absent: these pages say nothing of records elsewhere. */
  readonly standardSite?: StandardSiteDeps['standardSite']
  /**
   * `preview`: for an editor on this machine, who sees everything. `start`: for readers, who see only what has been let
   * go; there is no desk.
   */
  readonly mode: 'preview' | 'start'
}

/** All pages, as one handler without a socket: `serve` gives it one, tests call its `request`. */
export function createApp(deps: WebDeps): Site {
  const { desk, log, publicUrl, health, mode, standardSite } = deps
  const house = () => desk.publication
  const discovery = discoveryOf(desk, publicUrl)
  const feeds = openFeeds({ ...deps, house, discovery })
  const app = new Hono()
  app.use(safeHeaders())
  if (mode === 'preview') app.use(thisMachineOnly(desk))
  app.route('/', feeds.routes)
  app.route('/', unsubscribeRoutes({ ...deps, house, discovery }))
  if (mode === 'start') app.route('/', webhookRoutes(deps))
  app.use(readingOnly(), withoutTrailingSlash())
  app.route('/', healthRoutes(health, log))
  app.route('/', cardRoutes(deps))
  if (standardSite) app.route('/', standardSiteRoutes({ desk, standardSite }))
  if (mode === 'preview') app.route('/desk', deskRoutes(desk))
  app.route('/', readerRoutes({ desk, publicUrl, mode, discovery }))
  app.notFound(async (c) => {
    const sentence = 'There is no page at this address. It may have been mistyped.'
    return c.html(plainPage(house(), 'Not found', sentence, { meta: await discovery() }), 404)
  })
  app.onError((error, c) => {
    log.error(`${c.req.method} ${withoutToken(c.req.path)} failed: ${error.message}`)
    const sentence = 'The page could not be made. The log of the worker says why. Try again in a moment.'
    return c.html(plainPage(house(), 'Something went wrong', sentence), 500)
  })
  return mode === 'start' ? Object.assign(app, { quick: feeds.quick }) : app
}

/** Whoever reads a log may not act for a reader. */
function withoutToken(path: string): string {
  return path.replace(/^(\/unsubscribe\/).*/, '$1…')
}
