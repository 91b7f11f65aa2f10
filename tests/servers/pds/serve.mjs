// A real PDS with a directory of DIDs, on loopback, until its parent is gone: `node serve.mjs [public address]`.
// Tells its parent `{ url }` once it is up.
import './loopback.mjs'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const { PDS, envToCfg, envToSecrets } = await import('@atproto/pds')
const plc = await import('@did-plc/server')
const { PlcServer, Database } = plc.PlcServer ? plc : plc.default

/** A port that is free at this moment. */
async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const [, , publicUrl] = process.argv
const [plcPort, port] = [await freePort(), await freePort()]
const folder = mkdtempSync(join(tmpdir(), 'groundwire-pds-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const directory = PlcServer.create({ db: Database.mock(), port: plcPort })
await directory.start()

const environment = {
  devMode: true,
  port,
  hostname: 'localhost',
  dataDirectory: folder,
  blobstoreDiskLocation: join(folder, 'blobs'),
  didPlcUrl: `http://localhost:${plcPort}`,
  adminPassword: 'for tests alone',
  jwtSecret: randomBytes(16).toString('hex'),
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true,
  // As bsky.social does: clients follow the document to the server that has the account.
  enableDidDocWithSession: true,
  bskyAppViewUrl: 'https://appview.invalid',
  bskyAppViewDid: 'did:example:invalid',
  modServiceUrl: 'https://moderator.invalid',
  modServiceDid: 'did:example:invalid',
}
const configuration = envToCfg(environment)
// What the DID documents of its accounts name, and what clients follow after they have signed in.
if (publicUrl) configuration.service.publicUrl = publicUrl
const pds = await PDS.create(configuration, envToSecrets(environment))
await pds.start()
// Handles are those of its own accounts; no name server is asked.
pds.ctx.idResolver.handle.resolve = async (handle) => (await pds.ctx.accountManager.getAccount(handle))?.did

process.on('disconnect', () => process.exit())
process.send?.({ url: `http://localhost:${port}` })
