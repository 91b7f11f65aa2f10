import { join } from 'node:path'
import { isAddress } from '../domain/address.ts'
import { emailChannel } from '../../channels/email/index.ts'
import type { Command } from '../cli.ts'
import { ConfigError } from '../config.ts'
import type { Finding } from '../domain/finding.ts'
import type { Ports, SourceAbout } from '../ports.ts'
import { createFiles } from '../world/files.ts'
import { redactor } from '../world/log.ts'
import { createOutbox } from '../world/outbox.ts'
import { loadConfiguration, type Configuration } from './configuration.ts'
import { checkClock, checkConfiguration, checkSource, finding } from './doctor/checks.ts'
import { type Area, areasAsJson, describeAreas, isWrong } from './doctor/report.ts'
import { checkStore } from './doctor/store.ts'
import { packageRoot } from './package.ts'
import { secretsIn } from './secrets.ts'
import { UsageError, type Terminal } from './terminal.ts'
import { openWorld, type World } from './world.ts'

type DoctorCommand = Extract<Command, { kind: 'doctor' }>

/**
 * Looks at everything that a send depends on and says what to do. Changes nothing, makes no store, and sends nothing
 * but the one mail that `--send-to` asks for. Ends with 1 when something is wrong.
 *
 * @param instead ports that take the place of the real ones.
 */
export async function doctorCommand(
  command: DoctorCommand,
  terminal: Terminal,
  signal: AbortSignal,
  instead: Partial<Pick<Ports, 'clock' | 'dns'>> = {},
): Promise<number> {
  if (command.sendTo !== undefined && !isAddress(command.sendTo))
    throw new UsageError('--send-to needs one mail address, such as name@example.com.')
  const configuration = await load(command, terminal)
  if (configuration instanceof ConfigError) {
    const findings = configuration.problems.map((problem) => finding('error', 'config', problem))
    return tell([{ title: 'Configuration', findings }], command, terminal, [])
  }
  // A store of its own that is thrown away: the real one may be what is broken.
  const elsewhere = { ...configuration, dataFolder: join(configuration.dataFolder, 'doctor'), notices: [] }
  const opened = await openWorld(elsewhere, terminal, { scratch: true })
  const world = { ...opened, ports: { ...opened.ports, ...instead } }
  try {
    const areas = await examine(command, configuration, world, signal)
    signal.throwIfAborted()
    return tell(areas, command, terminal, secretsIn(configuration.config))
  } finally {
    await opened.close()
  }
}

async function load(command: DoctorCommand, terminal: Terminal): Promise<Configuration | ConfigError> {
  try {
    return await loadConfiguration(command, terminal, packageRoot)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

async function examine(
  { sendTo }: DoctorCommand,
  configuration: Configuration,
  world: World,
  signal: AbortSignal,
): Promise<Area[]> {
  const { settings: made, ports } = world
  const leaves = made.channels.some(({ channel, settings }) => channel.disturbs?.(settings) ?? false)
  let about: SourceAbout = {}
  const source = area('Source', signal, async () => {
    const read = await checkSource(configuration, world, signal)
    about = read.about
    return read.findings
  })
  // What a channel advises names the publication, as its source does.
  const house = source.then(() => world.houseFor(about))
  const areas = await Promise.all([
    area('Configuration', signal, async () => checkConfiguration(configuration, world)),
    source,
    area('Store', signal, () => checkStore(configuration.dataFolder, leaves)),
    area('Clock', signal, () => checkClock(configuration, world, signal)),
    ...made.channels.flatMap(({ channel, settings }) =>
      channel.diagnose
        ? [area(channel.title, signal, async () => channel.diagnose?.(settings, ports, await house) ?? [])]
        : [],
    ),
  ])
  // Last, and after everything that might explain why it fails.
  const test =
    sendTo === undefined ? [] : [await area('Test mail', signal, () => sendTest(configuration, world, about, sendTo))]
  return [...areas, ...test]
}

/** A check that fails in a way it did not foresee is a finding like any other, and keeps no other from being made. */
async function area(title: string, signal: AbortSignal, check: () => Promise<Finding[]>): Promise<Area> {
  const stopped = Promise.withResolvers<Finding[]>()
  const stop = (): void => stopped.resolve([])
  signal.addEventListener('abort', stop)
  try {
    return { title, findings: await Promise.race([check(), stopped.promise]) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { title, findings: [finding('error', 'not-checked', message)] }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function sendTest(
  { config, dataFolder }: Configuration,
  world: World,
  about: SourceAbout,
  to: string,
): Promise<Finding[]> {
  const settings = emailChannel.settings.safeParse(config.channels.get(emailChannel.id))
  if (!settings.success)
    return [finding('error', 'test-off', 'The channel e-mail is off.', 'Turn it on to send a test.')]
  const { sendTestMail } = await import('../../channels/email/doctor/test-mail.ts')
  const outbox = createOutbox(createFiles(dataFolder))
  const { clock, api } = world.ports
  return [await sendTestMail(settings.data, { clock, api, outbox }, world.houseFor(about), to)]
}

function tell(areas: readonly Area[], { json }: DoctorCommand, terminal: Terminal, secrets: readonly string[]): number {
  const redact = redactor(secrets)
  const shown = areas.map(({ title, findings }) => ({
    title,
    findings: findings.map(({ message, advice, ...rest }) => ({
      ...rest,
      message: redact(message),
      ...(advice === undefined ? {} : { advice: redact(advice) }),
    })),
  }))
  terminal.out(json ? `${JSON.stringify(areasAsJson(shown))}\n` : describeAreas(shown))
  return isWrong(shown) ? 1 : 0
}
