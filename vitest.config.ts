import { defineConfig } from 'vitest/config'

// `--mode long` (npm run faults): the fault suites at their full length.
export default defineConfig(({ mode }) => ({
  test: {
    dir: 'tests',
    // Many tests wait for child processes: leaving a core idle costs more than sharing it.
    maxWorkers: '100%',
    reporters: ['default', './tests/reporter.ts'],
    ...(mode === 'long' && { env: { KILLS: '500' } }),
    testTimeout: mode === 'long' ? 3_600_000 : 30_000,
    // The first launch of the browser unpacks it.
    hookTimeout: 60_000,
  },
}))
