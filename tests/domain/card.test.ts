import { describe, expect, it } from 'vitest'
import { cardAlt, editionCard, sourceHosts } from '../../src/domain/card.ts'
import { sampleEdition, sampleItem } from '../fixtures/edition.ts'

describe('a card', () => {
  it('names the host of every source once, in the order of the items', () => {
    const from = (...urls: string[]) => sampleItem({ sources: urls.map((url) => ({ url })) })
    const items = [from('https://www.nature.com/a', 'https://arxiv.org/b'), from('https://arxiv.org/c'), from()]
    expect(sourceHosts(items)).toEqual(['nature.com', 'arxiv.org'])
  })

  it('of an edition says who publishes it, its subject and the sources of its news, background left out', () => {
    const [story, brief, lesson] = ['a.example', 'b.example', 'c.example'].map((host) =>
      sampleItem({ sources: [{ url: `https://${host}/x` }] }),
    )
    const edition = sampleEdition({ subject: 'Three of them' })
    const only = {
      ...edition,
      stories: story ? [story] : [],
      briefs: brief ? [brief] : [],
      background: lesson ? [lesson] : [],
    }
    expect(editionCard(only)).toEqual({
      publication: 'The Morning Check',
      title: 'Three of them',
      sources: ['a.example', 'b.example'],
    })
  })

  it.each([
    [[], 'A title'],
    [['arxiv.org'], 'A title, checked against arxiv.org'],
    [['arxiv.org', 'doi.org', 'x.org'], 'A title, checked against arxiv.org and 2 more'],
  ])('with the sources %j reads %j to who does not see it', (sources, alt) => {
    expect(cardAlt('A title', sources)).toBe(alt)
  })
})
