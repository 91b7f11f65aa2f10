/** Names and addresses that mean something on this machine or in its network alone. */
const LOCAL =
  /^(localhost|[^.:]+|.*\.(localhost|local|internal|home\.arpa)|0\.0\.0\.0|(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+|\[(::1?|f[cd].*|fe[89ab].*|::ffff:.*)\])$/

/** Whether a hub could fetch what lies at the public address: not when only this network knows that, and the hub is elsewhere. */
export function canFetch(hub: string, publicUrl: string): boolean {
  return !LOCAL.test(new URL(publicUrl).hostname) || LOCAL.test(new URL(hub).hostname)
}
