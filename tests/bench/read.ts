// Reads a source again and again in one process; prints the median of the warm readings in milliseconds and the items.
import { openSource } from '../../src/sources/index.ts'

const [location = ''] = process.argv.slice(2)
const http = { get: () => Promise.reject(new Error('not over the network')) }

async function readOnce(): Promise<number> {
  let items = 0
  for await (const event of openSource({ location }, { http }).read({})) if (event.kind === 'item') items++
  return items
}

const times: number[] = []
let items = 0
for (let round = 0; round < 15; round++) {
  const started = performance.now()
  items = await readOnce()
  if (round >= 5) times.push(performance.now() - started)
}
process.stdout.write(JSON.stringify({ ms: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)], items }))
