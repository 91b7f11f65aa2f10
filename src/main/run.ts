import type { Command } from '../cli.ts'
import { run, type RunInput, type RunReport } from '../pipeline/run.ts'
import { scheduleOf } from './schedules.ts'
import { loadConfiguration, type Configuration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { openProgress } from './progress.ts'
import { describeRun, runAsJson } from './report.ts'
import { isOtherWrong } from './report/others.ts'
import { countOpen } from './tally.ts'
import type { Terminal } from './terminal.ts'
import { troubles } from './waits.ts'
import { openWorld, type World } from './world.ts'
import { dayIn } from '../domain/time.ts'

/** One pass, then exit. */
export async function runCommand(
  command: Extract<Command, { kind: 'run' }>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const configuration = await loadConfiguration(command, terminal, packageRoot)
  const world = await openWorld(configuration, terminal, {
    scratch: command.dryRun,
    only: command.channels,
    atOnce: command.now,
  })
  const progress = openProgress(terminal)
  try {
    const input = runInput(configuration, world, {
      date: command.date ?? (configuration.isSample ? undefined : today(configuration, world)),
      approval: command.approve ? 'given' : configuration.config.approval,
      draft: command.approve ? 'as-seen' : 'anew',
      dryRun: command.dryRun,
      atOnce: command.now,
    })
    const report = await run(world.ports, input, (step) => progress.step(step), signal)
    progress.end()
    terminal.out(
      command.json ? `${JSON.stringify(runAsJson(report, configuration))}\n` : describeRun(report, configuration),
    )
    return exitCode(report, command.channels)
  } finally {
    progress.end()
    await world.close()
  }
}

export function today({ config }: Configuration, { ports }: Pick<World, 'ports'>): string {
  return dayIn(config.publication.zone, ports.clock.now())
}

export function runInput(
  configuration: Configuration,
  world: World,
  options: Pick<RunInput, 'date' | 'approval' | 'draft' | 'dryRun' | 'atOnce'> & { readonly fromDay?: string },
): RunInput {
  const { at, lateHours } = configuration.config.schedule
  return {
    ...world,
    ...options,
    schedule: { id: scheduleOf('digest').id, at },
    zone: configuration.config.publication.zone,
    lateMs: lateHours * 3_600_000,
  }
}

/**
 * 2 for another publication's folder; 1 when something that this pass was to deliver is still owed or failed, the ledger
 * does not add up, or the source could not be read whole. Corrections, retractions and editions of other days count as
 * much as the day's. What another run holds at this moment is that run's to answer for, and what leaves later by plan is
 * in order.
 */
function exitCode(report: RunReport, only: readonly string[] | undefined): number {
  const { counts, waits, collected, verdict, state, others, destinations } = report
  if (verdict === 'foreign') return 2
  const isMine = ({ channel }: { readonly channel: string }): boolean => only === undefined || only.includes(channel)
  const failed =
    counts.some((count) => isMine(count) && ['planned', 'unknown', 'review', 'rejected'].includes(count.state)) ||
    troubles(waits).some(isMine) ||
    others.some((other) => isOtherWrong(other, new Set(destinations.keys())))
  const isIncomplete = (state === 'approved' || state === 'sending') && countOpen(counts) === 0
  return failed || isIncomplete || !collected.complete ? 1 : 0
}
