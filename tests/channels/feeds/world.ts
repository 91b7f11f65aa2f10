import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import { amend } from '../../../src/pipeline/amend.ts'
import type { MakeSettings } from '../../../src/pipeline/make.ts'
import { run, type RunInput, type RunReport } from '../../../src/pipeline/run.ts'
import type { Files, Store } from '../../../src/ports.ts'
import { openSqlite } from '../../../src/store/sqlite.ts'
import { createFiles } from '../../../src/world/files.ts'
import type { FakeChannel } from '../../fixtures/channel.ts'
import { testClock, type TestClock } from '../../fixtures/clock.ts'
import { channelPorts } from '../../fixtures/ports.ts'
import { testLog } from '../../fixtures/store.ts'
import { fakeSource, house, runInput, settingsFor, type FakeSource } from '../../pipeline/fixture.ts'
import type { Item } from '../../../src/domain/item.ts'
import { never, temporaryFolder } from './sending.ts'

export interface World {
  readonly folder: string
  readonly clock: TestClock
  readonly log: ReturnType<typeof testLog>
  readonly source: FakeSource
  readonly store: Store
  readonly files: Files
  /** Another process: its own connection and its own way to the disk. */
  another(files: Files): Promise<World>
  /** A whole pass at five in the morning, or at the time given. */
  pass(date: string, over?: Partial<RunInput>, time?: string): Promise<RunReport>
  amend(kind: 'correction' | 'retraction', item: Item): Promise<unknown>
  /** Paths below `public/` of what carries this text, whichever of its forms a reader asks for. */
  carrying(text: string): string[]
}

/** The feeds as they are, written to a folder, and a channel beside them that a test may make fail. */
export async function feedsWorld(beside?: FakeChannel): Promise<World> {
  const folder = await temporaryFolder()
  const shared = { folder, clock: testClock(), log: testLog(), source: fakeSource(), name: 'one' }
  const world = await open(shared, createFiles(folder), beside)
  return world
}

type Shared = Pick<World, 'folder' | 'clock' | 'log' | 'source'> & { readonly name: string }

async function open(shared: Shared, files: Files, beside?: FakeChannel): Promise<World> {
  const { folder, clock, log, source, name } = shared
  const store = await openSqlite(join(folder, 'store.sqlite'))
  await store.migrate()
  onTestFinished(() => store.close())
  const ports = channelPorts({ clock, files, log, notes: store })
  const settings = feedsChannel.settings.parse({ limit: 5, editions: 3 })
  const besides = beside ? [beside] : []
  const making: MakeSettings = {
    ...settingsFor(...besides),
    newsSections: ['news', 'tools'],
    channels: [{ channel: feedsChannel, settings }, ...settingsFor(...besides).channels],
  }
  return {
    ...shared,
    store,
    files,
    another: (its) => open({ ...shared, name: 'another' }, its, beside),
    pass(date, over, time = '05:00:00') {
      clock.set(`${date}T${time}.000Z`)
      const input = runInput(source, [], {
        date,
        settings: making,
        sendersFor: (of) =>
          new Map([
            ['feeds', feedsChannel.open(settings, ports, of)],
            ...besides.map((one) => [one.id, one.sender()] as const),
          ]),
        worker: { name, isGone: () => false },
        ...over,
      })
      return run({ clock, store, log }, input, () => undefined, never)
    },
    amend: (kind, { url }) => amend({ store, clock }, { kind, url, note: 'It is not so.' }, house, making, false),
    carrying: (text) => publicFiles(folder).filter((path) => readFileSync(join(folder, path), 'utf8').includes(text)),
  }
}

/** Without what is compressed. */
function publicFiles(folder: string): string[] {
  const names = readdirSync(join(folder, 'public'), { recursive: true, encoding: 'utf8' }).toSorted()
  return names.filter((name) => /\.(?:xml|json|txt|html|css|opml)$/.test(name)).map((name) => `public/${name}`)
}
