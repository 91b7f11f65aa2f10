import { describe, expect, it } from 'vitest'
import { placeFindings } from '../../src/web/desk/findings.ts'
import { deskOf, EDITION, sampleApp, sampleView } from './fixture.ts'

describe('findings', () => {
  const view = sampleView()
  const placed = placeFindings(view)

  it('each stand in exactly one place, numbered with errors first', () => {
    const groups = [placed.items, placed.leftOut, placed.channels, placed.renderings].flatMap((map) =>
      Array.from(map.values()),
    )
    const numbers = [...placed.edition, ...groups.flat()].map(({ number }) => number)
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    const severities = placed.all.map(({ finding }) => finding.severity)
    expect(severities).toEqual(['error', 'error', 'warning', 'warning', 'warning', 'note', 'note', 'note', 'note'])
  })

  it('about an item stand beside that item, or below as left out when the edition does not carry it', () => {
    const fourth = view.edition.stories[3]?.url ?? ''
    expect(placed.items.get(fourth)?.map(({ finding }) => finding.code)).toEqual(['source-is-home-page'])
    expect([...placed.leftOut.keys()]).toEqual(['https://morningcheck.example/news/comet.html'])
  })

  it('about a lesson of the background stand beside it', () => {
    const lesson = view.edition.background[0]?.url ?? ''
    const finding = { severity: 'note', code: 'x', message: 'About the lesson.', item: lesson } as const
    expect(placeFindings({ ...view, findings: [finding] }).items.has(lesson)).toBe(true)
  })

  it('about a channel stand with the channel, and with the edition when the channel is unknown', () => {
    expect(placed.channels.get('bluesky')?.map(({ finding }) => finding.code)).toEqual(['outbox'])
    const finding = { severity: 'note', code: 'x', message: 'About a channel that is off.', channel: 'fax' } as const
    expect(placeFindings({ ...view, findings: [finding] }).edition.map((entry) => entry.finding)).toEqual([finding])
  })

  it('about one rendering stand with that rendering, also when they name the item', () => {
    const third = view.channels[2]?.renderings[2]
    expect(third && placed.renderings.get(third)?.map(({ finding }) => finding.code)).toEqual(['post-too-long'])
  })

  it('that several documents of a channel share stand once, those of different posts beside each', () => {
    const finding = { severity: 'note', code: 'x', message: 'A body was cleaned.', field: 'body' } as const
    const channels = view.channels.map((channel) => ({
      ...channel,
      renderings: channel.renderings.slice(0, 3).map((rendering) => ({ ...rendering, findings: [{ ...finding }] })),
    }))
    const found = placeFindings({ ...view, findings: [], channels })
    const shown = channels.map(({ renderings }) => renderings.filter((rendering) => found.renderings.has(rendering)))
    expect(shown.map((renderings) => renderings.length)).toEqual([1, 1, 3, 3])
    expect(shown[1]?.[0]?.id).toBe('rss.xml')
    expect(found.all).toHaveLength(8)
  })

  it('of documents that differ in anything all stand', () => {
    const finding = { severity: 'note', code: 'x', message: 'A body was cleaned.' } as const
    const differing = [finding, { ...finding, item: 'https://a.example/' }, { ...finding, message: 'Another.' }]
    const channels = view.channels.slice(1, 2).map((channel) => ({
      ...channel,
      renderings: channel.renderings.map((rendering, at) => ({ ...rendering, findings: differing.slice(at, at + 1) })),
    }))
    expect(placeFindings({ ...view, findings: [], channels }).all).toHaveLength(3)
  })

  it('are counted on top, each count leading to its first', async () => {
    const text = await (await sampleApp().request(`/desk/${EDITION}`)).text()
    expect(text).toContain('<a href="#finding-1">2 errors</a>')
    expect(text).toContain('<a href="#finding-3">3 warnings</a>')
    expect(text).toContain('<a href="#finding-6">4 notes</a>')
    expect(text.match(/id="finding-\d+"/g)).toHaveLength(9)
  })

  it('are said to be none when there are none', async () => {
    const clean = sampleView({ findings: [], channels: [] })
    const text = await (await sampleApp({ desk: deskOf(clean) }).request(`/desk/${EDITION}`)).text()
    expect(text).toContain('The checks found nothing to say.')
  })
})
