import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { BlockList, isIP } from 'node:net'
import { HttpError } from './http-error.ts'

/** Not on the public internet: IANA special-purpose registries (RFC 6890 and its updates). IPv4-mapped IPv6 is covered by the IPv4 rows. */
const PRIVATE_RANGES = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 128],
  ['::1', 128],
  // Prefixes that carry an IPv4 address inside: translation (NAT64), 6to4, Teredo.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['2001::', 32],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const

const privateAddresses = new BlockList()
for (const [prefix, bits] of PRIVATE_RANGES) privateAddresses.addSubnet(prefix, bits, family(prefix))

/** True for loopback, private, link-local and other addresses that no public site has. False for what is not an address. */
export function isPrivateAddress(address: string): boolean {
  return isIP(address) !== 0 && privateAddresses.check(address, family(address))
}

/** Refuses an address written as a number; such a one never reaches `publicLookup`. */
export function refusePrivateLiteral(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isPrivateAddress(host)) throw refusal(url.hostname, host)
}

/**
 * Resolves a name for a connection and fails if any of its addresses is private. The connection is made to the very
 * addresses that were looked at, so a name that changes between check and use (DNS rebinding) gains nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    const hidden = addresses.find(({ address }) => isPrivateAddress(address))
    if (hidden) return callback(refusal(hostname, hidden.address), '')
    answer(addresses, options.all === true, callback)
  })
}

function answer(addresses: LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const [first] = addresses
  if (all || !first) callback(null, addresses)
  else callback(null, first.address, first.family)
}

function refusal(host: string, address: string): HttpError {
  return new HttpError(
    'refused',
    `${host} is the private address ${address}. Only public addresses are fetched, unless private ones are allowed in the configuration.`,
  )
}

function family(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
