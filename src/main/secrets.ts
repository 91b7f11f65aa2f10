import type { Config } from '../config.ts'

const SECRET_NAME = /secret|key|password|token/i

/** Texts of a configuration that may appear nowhere: whatever is named like a secret, and the password in an address. */
export function secretsIn({ secret, channels }: Pick<Config, 'secret' | 'channels'>): string[] {
  const settings = [...channels.values()].flatMap((value) => below(value))
  return [...(secret === undefined ? [] : [secret]), ...settings]
}

function below(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return SECRET_NAME.test(name) ? [value] : withPassword(value)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => below(inner, key))
}

/** An address with a password in it, and the password by itself, as it is written and as it is meant. */
function withPassword(text: string): string[] {
  const { password = '' } = URL.canParse(text) ? new URL(text) : {}
  if (password === '') return []
  try {
    return [text, password, decodeURIComponent(password)]
  } catch {
    return [text, password]
  }
}
