import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadConfiguration } from '../../src/main/configuration.ts'
import { packageRoot } from '../../src/main/package.ts'
import { openWorld } from '../../src/main/world.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'groundwire-secrets-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** The secret that links are made with, those that they are checked with, and what a log makes of them. */
async function secretsWith(environment: Record<string, string>) {
  let said = ''
  const err = (text: string): void => void (said += text)
  const terminal = { environment, folder, isTerminal: false, out: err, err }
  const options = { config: undefined, data: undefined, source: undefined, json: false }
  const world = await openWorld(await loadConfiguration(options, terminal, packageRoot), terminal)
  try {
    world.ports.log.info(world.tokenSecrets.join(' '))
    return { made: world.houseFor({}).secret, checked: world.tokenSecrets, said }
  } finally {
    await world.close()
  }
}

it.each([[['none', 'configured']], [['configured', 'none']]])(
  'a link made with the store’s own secret works whatever is configured later, and no secret is logged: %j',
  async (order) => {
    const environments: Readonly<Record<string, Record<string, string>>> = {
      none: {},
      configured: { GROUNDWIRE_SECRET: 'a secret of sixteen' },
    }
    const own = (await secretsWith({})).made
    for (const name of order) {
      const { made, checked, said } = await secretsWith(environments[name] ?? {})
      expect(made).toBe(name === 'none' ? own : 'a secret of sixteen')
      expect(checked).toContain(own)
      expect(checked).toContain(made)
      expect(said).not.toContain(own)
      expect(said).not.toContain('a secret of sixteen')
    }
  },
)

const REAL_MAIL = {
  EMAIL_FROM: 'Paper <digest@paper.example>',
  SMTP_URL: 'smtps://desk:hunter%2422@mail.paper.example',
  RESEND_WEBHOOK_SECRET: 'whsec_aW4gdGhlIGxvZz8=',
}

it('no credential is logged either, whoever puts it into a message', async () => {
  let said = ''
  const err = (text: string): void => void (said += text)
  const terminal = { environment: REAL_MAIL, folder, isTerminal: false, out: err, err }
  const options = { config: undefined, data: undefined, source: undefined, json: false }
  const world = await openWorld(await loadConfiguration(options, terminal, packageRoot), terminal)
  for (const secret of [REAL_MAIL.SMTP_URL, 'hunter%2422', 'hunter$22', REAL_MAIL.RESEND_WEBHOOK_SECRET])
    world.ports.log.error(`it broke off: ${secret} is not taken`)
  await world.close()
  expect(said.match(/it broke off/g)).toHaveLength(4)
  expect(said).not.toMatch(/hunter|whsec_/)
})

it('nor is one of a network, of one account or of several', async () => {
  const secrets = ['abcd-efgh-ijkl-mnop', 'qrst-uvwx-yzab-cdef', 'the-token-of-one', 'the-token-of-another']
  const file = `export default {
    channels: {
      bluesky: { accounts: [
        { identifier: 'a.example', appPassword: '${secrets[0]}' }, { identifier: 'b.example', appPassword: '${secrets[1]}' },
      ] },
      mastodon: { accounts: [
        { url: 'https://a.example', accessToken: '${secrets[2]}' }, { url: 'https://b.example', accessToken: '${secrets[3]}' },
      ] },
    },
  }`
  writeFileSync(join(folder, 'groundwire.config.mjs'), file)
  let said = ''
  const err = (text: string): void => void (said += text)
  const terminal = { environment: {}, folder, isTerminal: false, out: err, err }
  const options = { config: undefined, data: undefined, source: 'nowhere.txt', json: false }
  const world = await openWorld(await loadConfiguration(options, terminal, packageRoot), terminal)
  for (const secret of secrets) world.ports.log.error(`it broke off: ${secret} is not taken`)
  await world.close()
  expect(said.match(/it broke off: \[secret\] is not taken/g)).toHaveLength(4)
})

it.each([
  ['an outbox', {}, 2],
  ['real mail', REAL_MAIL, 0],
] as const)('the two readers of the sample are for an outbox alone: %s', async (_, environment, readers) => {
  const terminal = { environment, folder, isTerminal: false, out: () => undefined, err: () => undefined }
  const options = { config: undefined, data: undefined, source: undefined, json: false }
  const world = await openWorld(await loadConfiguration(options, terminal, packageRoot), terminal)
  expect((await world.ports.store.countSubscribers()).active).toBe(readers)
  await world.close()
})
