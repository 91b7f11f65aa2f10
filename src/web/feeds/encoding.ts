/** A representation without a `Content-Encoding`, or with this one. */
export type Encoding = 'br' | 'gzip' | 'identity'

/** The smaller first: what a client likes equally well it gets in this order. */
const OFFERED = ['br', 'gzip', 'identity'] as const

/**
 * The encodings that a client understands, the best first, after its `Accept-Encoding` (RFC 9110, section 12.5.3).
 * `identity` is always among them, for there is no better answer to a client that refuses all there is.
 */
export function acceptedEncodings(header: string | undefined): readonly Encoding[] {
  if (header === undefined) return ['identity']
  const weights = weightsIn(header)
  const any = weights.get('*')
  const weightOf = (encoding: Encoding): number =>
    weights.get(encoding) ?? (encoding === 'identity' ? Number.MIN_VALUE : (any ?? 0))
  const liked = OFFERED.filter((encoding) => weightOf(encoding) > 0).toSorted((a, b) => weightOf(b) - weightOf(a))
  return liked.includes('identity') ? liked : [...liked, 'identity']
}

function weightsIn(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
    const weight = parameters.find((text) => text.startsWith('q='))?.slice(2)
    const value = weight === undefined ? 1 : Number(weight)
    weights.set(name === 'x-gzip' ? 'gzip' : name, value >= 0 && value <= 1 ? value : 0)
  }
  return weights
}
