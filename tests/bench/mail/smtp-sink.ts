// A mail server that takes everything. Prints its address; ends with its parent.
import process from 'node:process'
import { SMTPServer } from 'smtp-server'

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData: (stream, _session, done) => void stream.resume().on('end', () => done()),
})
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address()
  if (typeof address === 'object' && address) process.stdout.write(`smtp://127.0.0.1:${address.port}\n`)
})
process.stdin.resume().on('end', () => process.exit())
