// Puts every server of this process on 127.0.0.1: the PDS and its directory would listen on all interfaces.
import { Server } from 'node:net'

const HOST = '127.0.0.1'
// oxlint-disable-next-line typescript/unbound-method -- called with the server that it belongs to
const { listen } = Server.prototype

Server.prototype.listen = function (...given) {
  const [where] = given
  if (typeof where === 'number' || (typeof where === 'string' && /^\d+$/.test(where)))
    given.splice(1, typeof given[1] === 'string' ? 1 : 0, HOST)
  else if (where !== null && typeof where === 'object' && 'port' in where) given[0] = { ...where, host: HOST }
  return listen.apply(this, given)
}
