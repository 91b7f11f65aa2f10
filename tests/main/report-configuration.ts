import { resolve } from 'node:path'
import { readConfig } from '../../src/config.ts'
import type { Configuration } from '../../src/main/configuration.ts'

/** Everything by default, with a source of its own. */
export const configuration: Configuration = {
  config: readConfig({}, {}, new Map()),
  source: { location: '/papers/llms-full.txt', allowPrivate: false, maxMegabytes: 64, timeoutSeconds: 30 },
  isSample: false,
  dataFolder: resolve('.groundwire'),
  notices: [],
  callOptions: '',
}
