import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Writes `N passed, N failed, N skipped` to the file that `TOTALS_FILE` names, for whoever runs the tests and wants
 * one line. A file or a suite that fails outside of its tests, and an error that nobody caught, count as one failure each.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env['TOTALS_FILE']
    if (file) writeFileSync(file, `${totalsLine(modules, unhandledErrors.length)}\n`)
  }
}

export function totalsLine(modules: readonly TestModule[], unhandledErrors: number): string {
  const count = { passed: 0, failed: unhandledErrors, skipped: 0 }
  for (const module of modules) {
    if (module.errors().length > 0) count.failed++
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed++
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      // A test that never ran to its end is no success.
      count[state === 'pending' ? 'failed' : state]++
    }
  }
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`
}
