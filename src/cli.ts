import type { Command } from './cli/command.ts'
import { grammars, parseWords, type Option, type Values } from './cli/grammar.ts'
import { maskAddress } from './domain/subscriber.ts'

export type { Command, CommonOptions } from './cli/command.ts'
export { helpText } from './cli/help.ts'

/** `usage` says what is wrong with the words of the call; the process then ends with 2. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly message: string }

const COMMON: readonly Option[] = ['config', 'data', 'source', 'json']
/** Nothing at all is never meant; the other options say themselves what they would have. */
const NEVER_EMPTY = ['source', 'data', 'config', 'reason', 'note', 'consent', 'frequency'] as const

/** Words after `groundwire` to a command. Pure; never throws. */
export function parseCommand(argv: readonly string[]): Parsed {
  try {
    const { values, positionals } = parseWords(argv)
    if (values.help || (argv.length === 0 && positionals.length === 0)) return { kind: 'help' }
    if (values.version) return { kind: 'version' }
    return readCommand(values, positionals)
  } catch (error) {
    return usage(error instanceof Error ? error.message.replace(/\. To specify a positional.*/s, '.') : String(error))
  }
}

function readCommand(values: Values, positionals: readonly string[]): Parsed {
  if (positionals[0] === 'help') return { kind: 'help' }
  const { name, rest } = nameOf(positionals)
  const grammar = grammars.get(name)
  if (!grammar) return usage(noSuchCommand(name))
  const known = new Set<string>([...COMMON, ...grammar.takes])
  const foreign = Object.keys(values).find((option) => !known.has(option))
  if (foreign) return usage(`${name} does not take --${foreign}.`)
  const surplus = rest.at(grammar.word ? 1 : 0)
  if (surplus !== undefined) return usage(`${name} does not know what to do with “${surplus}”.`)
  const word = rest[0] ?? ''
  if (grammar.word && !grammar.word.isOptional && word.trim() === '')
    return usage(`${name} needs ${grammar.word.name}.`)
  const empty = NEVER_EMPTY.find((option) => values[option]?.trim() === '')
  if (empty) return usage(`--${empty} needs a value.`)
  const words = grammar.read(values, word)
  if (typeof words === 'string') return usage(words)
  const { config, data, source, json = false } = values
  return { kind: 'command', command: { config, data, source, json, ...words } }
}

/** `subscribers add` is one name in two words. */
function nameOf([first = '', ...rest]: readonly string[]): { readonly name: string; readonly rest: readonly string[] } {
  const [second, ...others] = rest
  return first === 'subscribers' && second !== undefined
    ? { name: `${first} ${second}`, rest: others }
    : { name: first, rest }
}

function noSuchCommand(name: string): string {
  if (name === '') return 'No command was given.'
  if (!/^subscribers( |$)/.test(name)) return `There is no command “${name}”.`
  const actions = [...grammars.keys()].flatMap((known) => /^subscribers (.+)/.exec(known)?.[1] ?? [])
  return `${name === 'subscribers' ? 'subscribers needs to know what to do' : `There is no command “${name}”`}; say ${actions.join(', ')}.`
}

/** What was typed in the wrong place may be a reader's address. */
function usage(message: string): Parsed {
  return { kind: 'usage', message: `${message.replace(/[^\s“”'=]+@[^\s“”']+/g, maskAddress)} See groundwire --help.` }
}
