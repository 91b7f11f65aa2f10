import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'

/**
 * Who holds a claim: `<host>:<pid>:<start of the process>`. The start tells a worker from a later process that was
 * given the same number. Same for the life of the process.
 */
export function workerName(): string {
  return `${hostname()}:${process.pid}:${startOf(process.pid) ?? ''}`
}

/**
 * True only when that worker certainly runs no more: it was on this host, and no process has its number, or another
 * one has it now. False for other hosts and for names that say nothing: their claims must age.
 */
export function isGone(name: string): boolean {
  const [, host, pid, start] = /^(.*):(\d+):(\d*)$/.exec(name) ?? []
  if (host !== hostname() || pid === undefined) return false
  if (!isAlive(Number(pid))) return true
  const startNow = startOf(Number(pid))
  return start !== '' && startNow !== undefined && start !== startNow
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, but belongs to someone else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/**
 * Clock ticks from boot to the start of a process: field 22 of proc_pid_stat(5). 'dead' for one that was killed and
 * only waits for its parent to notice; undefined where there is no /proc.
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 2 is the name in brackets and may hold anything; what follows its last bracket starts at field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return /^[ZX]/.test(fields[0] ?? '') ? 'dead' : fields[19]
  } catch {
    return undefined
  }
}
