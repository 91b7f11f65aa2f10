import { describe, expect, it } from 'vitest'
import type { Item } from '../../src/domain/item.ts'
import { findTwins } from '../../src/pipeline/similar.ts'
import { hasRealData, news, realItems } from './fixture.ts'

function told(name: string, title: string, summary = ''): Item {
  return news(name, '2026-06-29', { title, summary })
}

const others = [
  told('bees', 'Bees tell four from five, but only in the morning', 'In 2,400 trials, bees chose the larger number.'),
  told('clock', 'Optical clock runs for a year without a missed tick', 'A strontium clock kept time for 371 days.'),
  told('bar', 'Small language model passes the bar on a laptop', 'It passes two of the three written parts.'),
]
const bridge = told(
  'bridge',
  'A bridge that listens to itself finds its first crack',
  'Forty sensors on a railway bridge heard a crack eleven days before the inspectors saw it.',
)
const bridgeAgain = told(
  'bridge-again',
  'Railway bridge with forty sensors warns of a crack before inspectors',
  'The operator says the listening bridge was eleven days ahead.',
)

const pairs = (items: readonly Item[]): string[] =>
  findTwins(items).map(({ first, second, source }) => `${source ? 'source' : 'story'} ${slug(first)} ${slug(second)}`)
const slug = ({ url }: Item): string => url.split('/').at(-1)?.replace('.html', '') ?? ''

async function twinsByDay(change: (item: Item) => Item = (item) => item): Promise<string[]> {
  const days = Map.groupBy((await realItems()).map(change), ({ published }) => published ?? '')
  days.delete('')
  return [...days].flatMap(([day, items]) => pairs(items).map((pair) => `${day} ${pair}`))
}

function matches(found: string, parts: readonly string[]): boolean {
  return parts.every((part) => found.includes(part))
}

describe('twins', () => {
  it('are two items that tell the same story in other words', () => {
    expect(pairs([bridge, ...others, bridgeAgain])).toEqual(['story bridge bridge-again'])
  })

  it('are not items that merely are of one kind', () => {
    expect(pairs([bridge, ...others])).toEqual([])
  })

  it('are two items with one source, whatever they say, named by that source', () => {
    const [bees, clock] = others.map((item) => ({ ...item, sources: [{ url: 'https://arxiv.org/abs/2606.1' }] }))
    if (!bees || !clock) throw new Error('no items')
    expect(findTwins([bees, bridge, clock])).toEqual([
      { first: bees, second: clock, source: 'https://arxiv.org/abs/2606.1' },
    ])
  })

  it('are named once, by their source, when words and source agree', () => {
    const sources = [{ url: 'https://arxiv.org/abs/2606.1' }]
    expect(pairs([{ ...bridge, sources }, ...others, { ...bridgeAgain, sources }])).toEqual([
      'source bridge bridge-again',
    ])
  })

  it('are every pair of three', () => {
    const third = told('bridge-third', bridge.title, bridge.summary)
    expect(pairs([bridge, bridgeAgain, third, ...others])).toEqual([
      'story bridge bridge-again',
      'story bridge bridge-third',
      'story bridge-again bridge-third',
    ])
  })

  it('are not made by one or two common words of short titles', () => {
    expect(pairs([told('one', 'What agents remember'), told('two', 'Agents remember nothing'), ...others])).toEqual([])
  })

  it('are not made by words that say nothing', () => {
    expect(pairs([told('one', 'And what about their own'), told('two', 'What was that about their own')])).toEqual([])
  })

  it('are none among no items, one item, or items without a word', () => {
    expect(findTwins([])).toEqual([])
    expect(findTwins([bridge])).toEqual([])
    expect(findTwins([told('a', '…'), told('b', '!')])).toEqual([])
  })
})

describe.skipIf(!hasRealData)('in the real publication', () => {
  const SHARED = [
    ['2026-06-25', 'a-diffusion-language-model', 'doesnt-write-left-to-right'],
    ['2026-06-24', 'mythos-broke-into-nearly-all-nsa', 'an-ai-broke-into-nearly-all-the-nsas'],
    ['2026-06-24', 'qwen-agentworld', 'ai-agents-are-learning-to-build'],
    ['2026-06-24', 'uber-burned-its-ai-budget', 'ran-through-ubers-yearly-budget'],
    ['2026-06-24', 'grouped-query-experts', 'a-classic-efficiency-trick'],
    ['2026-06-24', 'claude-agents-get-their-own-identity', 'their-own-logins'],
    ['2026-06-24', 'naturebench', 'can-an-ai-agent-reproduce-real-science'],
    ['2026-06-23', 'claude-now-writes', 'anthropic-wants-a-pause-button'],
    ['2026-06-19', 'safety-control-hidden-escape-hatch', 'sae-safety-switch'],
    ['2026-06-19', 'ai-judges-reliable-but-wrong', 'reliable-but-wrong-judges'],
    ['2026-06-19', 'world-models-camera-turns', 'world-models-forget'],
    ['2026-06-19', 'robots-run-experiments', 'coding-agent-robot'],
  ] as const
  /** Not to be seen from the words: one pair tells two stories, the others tell theirs in quite other words. */
  const UNSEEN = new Set<string>(['claude-now-writes', 'claude-agents-get-their-own-identity', 'grouped-query-experts'])

  it('every pair that shares a source is found, and no other', async () => {
    const found = await twinsByDay()
    expect(found).toHaveLength(SHARED.length)
    for (const pair of SHARED) expect(found.some((each) => each.includes(' source ') && matches(each, pair))).toBe(true)
  })

  it('most of them are found by their words alone, still without a false one', async () => {
    const found = await twinsByDay((item) => ({ ...item, sources: [{ url: item.url }] }))
    const seen = SHARED.filter(([, first]) => !UNSEEN.has(first))
    expect(found).toHaveLength(seen.length)
    for (const pair of seen) expect(found.some((each) => each.includes(' story ') && matches(each, pair))).toBe(true)
  })

  it('the day of eight items has no pair, the day of twenty has six', async () => {
    const found = await twinsByDay()
    expect(found.filter((pair) => pair.startsWith('2026-06-29'))).toEqual([])
    expect(found.filter((pair) => pair.startsWith('2026-06-24'))).toHaveLength(6)
  })
})
