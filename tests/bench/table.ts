export interface Row {
  readonly what: string
  readonly ms: number
  readonly against: string
  readonly thanMs: number
  /** The ratio to stay below. */
  readonly aim: number
}

/** Median time of each, taken in turn so that whatever else the machine does hits all of them alike. One round is thrown away. */
export function medians(rounds: number, runs: readonly (() => unknown)[]): number[] {
  const times = runs.map((): number[] => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, run] of runs.entries()) {
      const started = performance.now()
      run()
      if (round > 0) times[index]?.push(performance.now() - started)
    }
  }
  return times.map(median)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] =
    sorted.length % 2 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1, middle + 1)
  return (low + high) / 2
}

export function print(heading: string, rows: readonly Row[]): void {
  const cells = rows.map((row) => {
    const ratio = row.ms / row.thanMs
    const verdict = ratio < row.aim ? 'yes' : 'NO'
    return [
      row.what,
      milliseconds(row.ms),
      row.against,
      milliseconds(row.thanMs),
      ratio.toFixed(2),
      `< ${row.aim.toFixed(2)}`,
      verdict,
    ]
  })
  const table = [['measured', 'ms', 'against', 'ms', 'ratio', 'aim', 'met'], ...cells]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? []
  const numeric = new Set([1, 3, 4])
  const lines = table.map((line) =>
    line.map((cell, column) =>
      numeric.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    ),
  )
  process.stdout.write(`${heading}\n\n${lines.map((line) => line.join('  ').trimEnd()).join('\n')}\n`)
}

function milliseconds(ms: number): string {
  return ms.toFixed(ms < 10 ? 1 : 0)
}
