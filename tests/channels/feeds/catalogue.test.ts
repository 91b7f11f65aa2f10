import { describe, expect, it } from 'vitest'
import { sectionFolders } from '../../../channels/feeds/paths.ts'
import { feedIn, folders, ids, itemOf, editionOf, shelf, titlesIn } from './shelf.ts'

const lesson = (day: string, name: string) => itemOf(day, name, { section: 'learn' })
const both = [itemOf('2026-06-29', 'b'), itemOf('2026-06-28', 'a'), lesson('2026-06-28', 'c')]

describe('the feeds of a publication', () => {
  it('are everything, each section and the editions, with their titles, and everything about them', async () => {
    const made = shelf()
    const renderings = await made.publish({ items: both, editions: [editionOf('2026-06-29')] })
    expect(folders(renderings)).toEqual([
      '',
      'feeds/news',
      'feeds/learn',
      'feeds/editions',
      'feeds/archive/2026-06',
      'feeds/news/archive/2026-06',
      'feeds/learn/archive/2026-06',
      'feeds/editions/archive/2026-06',
    ])
    expect(ids(renderings).slice(-5)).toEqual([
      'feeds/index.html',
      'feeds/feeds.opml',
      'feeds/feed.css',
      'llms.txt',
      'llms-full.txt',
    ])
    const title = (folder: string): string => feedIn(made, folder).title
    expect(title('')).toBe('The Morning Check')
    expect(title('feeds/news')).toBe('The Morning Check: News')
    expect(title('feeds/editions')).toBe('The Morning Check: Daily editions')
    expect(title('feeds/learn/archive/2026-06')).toBe('The Morning Check: Learn, June 2026')
  })

  it('hold what is theirs, the newest first', async () => {
    const made = shelf()
    await made.publish({ items: both })
    expect(titlesIn(made, '')).toEqual(['news 2026-06-29 b', 'news 2026-06-28 a', 'learn 2026-06-28 c'])
    expect(titlesIn(made, 'feeds/news')).toEqual(['news 2026-06-29 b', 'news 2026-06-28 a'])
    expect(titlesIn(made, 'feeds/learn')).toEqual(['learn 2026-06-28 c'])
  })

  it('tell of an item in every document the same id, time and content', async () => {
    const made = shelf()
    await made.publish({ items: both })
    const [, second] = feedIn(made, '').items
    for (const folder of ['feeds/news', 'feeds/archive/2026-06', 'feeds/news/archive/2026-06']) {
      expect(feedIn(made, folder).items[1]).toEqual(second)
    }
  })

  it('are told apart by title, for whoever chooses among them', async () => {
    const renderings = await shelf().publish({ items: both })
    const titles = renderings.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
    expect(titles).toContain('The Morning Check (Atom)')
    expect(titles).toContain('The Morning Check: News (RSS)')
    expect(titles).toContain('The Morning Check: News, June 2026 (JSON Feed)')
  })

  it('have none of their own for the only section', async () => {
    const renderings = await shelf().publish({ items: both.slice(0, 2) })
    expect(folders(renderings)).toEqual(['', 'feeds/editions', 'feeds/archive/2026-06'])
    const filtered = await shelf({ sections: ['learn'] }).publish({ items: both })
    expect(folders(filtered)).toEqual(['', 'feeds/editions', 'feeds/archive/2026-06'])
  })

  it('hold only the sections that the settings name, in the texts for language models, too', async () => {
    const made = shelf({ sections: ['learn'] })
    await made.publish({ items: both })
    expect(titlesIn(made, '')).toEqual(['learn 2026-06-28 c'])
    expect(made.files.get('llms-full.txt')).not.toContain('news 2026-06-29 b')
  })

  it('name a section of the settings that no item has, once', async () => {
    const renderings = await shelf({ sections: ['news', 'nope'] }).publish({ items: both })
    const found = renderings.flatMap(({ findings }) => findings)
    expect(found.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'feed-section-unknown: No item is of the section "nope", which channels.feeds.sections asks for: the feeds carry nothing of it.',
    ])
  })

  it('of nothing are empty and whole', async () => {
    const made = shelf()
    const renderings = await made.publish({})
    expect(folders(renderings)).toEqual(['', 'feeds/editions'])
    expect(feedIn(made, '').items).toEqual([])
    expect(feedIn(made, '')).not.toHaveProperty('next_url')
    expect(made.files.get('atom.xml')).toContain('<updated>2026-06-29T05:00:00.000Z</updated>')
  })

  it('leave lessons that were there before to their own section', async () => {
    const [old, fresh] = [lesson('2026-06-01', 'old'), lesson('2026-06-29', 'fresh')]
    const made = shelf({ llmsItems: 3 })
    await made.publish({ items: [itemOf('2026-06-28'), itemOf('2026-05-01'), fresh, old], backlog: [old.item.url] })
    expect(titlesIn(made, '')).toEqual(['learn 2026-06-29 fresh', 'news 2026-06-28 1', 'news 2026-05-01 1'])
    expect(titlesIn(made, 'feeds/learn')).toEqual(['learn 2026-06-29 fresh', 'learn 2026-06-01 old'])
    expect(made.files.get('llms-full.txt')).toContain('news 2026-05-01 1')
    expect(made.files.get('llms-full.txt')).not.toContain('learn 2026-06-01 old')
  })

  it('go on empty where a section has nothing left, and go on where another one vanished', async () => {
    const made = shelf()
    await made.publish({ items: both })
    const renderings = await made.publish({ items: both.slice(0, 2) })
    expect(titlesIn(made, 'feeds/learn')).toEqual([])
    expect(titlesIn(made, 'feeds/learn/archive/2026-06')).toEqual([])
    expect(titlesIn(made, 'feeds/news')).toHaveLength(2)
    expect(made.files.get('feeds/feeds.opml')).not.toContain('feeds/learn')
    expect(ids(renderings)).not.toContain('feeds/news/rss.xml')
    expect(await made.publish({ items: both.slice(0, 2) })).toEqual([])
    const { title } = feedIn(made, 'feeds/learn')
    expect(title).toBe('The Morning Check: Learn')
  })

  it('stand in the same order whichever section is newest', async () => {
    const made = shelf()
    const old = [itemOf('2026-06-02'), itemOf('2026-06-01', '1', { section: 'learn' })]
    await made.publish({ items: old })
    const renderings = await made.publish({ items: [itemOf('2026-06-03', '1', { section: 'learn' }), ...old] })
    expect(folders(renderings)).toContain('feeds/learn')
    expect(ids(renderings)).not.toContain('feeds/feeds.opml')
    const next = await made.publish({ items: [itemOf('2026-06-04', '1', { section: 'opinion' }), ...old] })
    expect(folders(next).slice(0, 4)).toEqual(['', 'feeds/learn', 'feeds/opinion', 'feeds/archive/2026-06'])
    const list = made.files.get('feeds/feeds.opml') ?? ''
    const places = ['feeds/learn', 'feeds/news', 'feeds/opinion', 'feeds/editions'].map((folder) =>
      list.indexOf(folder),
    )
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('announce to each hub what readers poll and nothing else, after all files', async () => {
    const made = shelf({ hubs: ['https://hub.example/'] })
    const renderings = await made.publish({ items: both.slice(0, 1) })
    const first = renderings.findIndex(({ id }) => id.startsWith('websub/'))
    const announced = ids(renderings.slice(first)).map((id) => id.replace(/^websub\/[^/]+\//, ''))
    expect(announced).toEqual(
      ['', 'feeds/editions/'].flatMap((at) => ['rss.xml', 'atom.xml', 'feed.json'].map((file) => at + file)),
    )
    expect(feedIn(made, 'feeds/archive/2026-06')).not.toHaveProperty('hubs')
  })
})

describe('texts for language models', () => {
  it('are not written where they are not wanted, and emptied where they were', async () => {
    expect(ids(await shelf({ llmsItems: 0 }).publish({ items: both }))).not.toContain('llms.txt')
    const before = shelf()
    await before.publish({ items: both })
    const after = shelf({ llmsItems: 0 })
    for (const [id, basis] of before.standing) after.standing.set(id, basis)
    expect(ids(await after.publish({ items: both }))).toEqual(['feeds/index.html', 'llms.txt', 'llms-full.txt'])
    expect(after.files.get('llms-full.txt')).not.toContain('2026-06-29')
    expect(await after.publish({ items: both })).toEqual([])
  })
})

describe('the folder of a section', () => {
  const nameOf = (section: string): string | undefined => sectionFolders([section]).get(section)

  it.each([
    ['news', 'feeds/news'],
    ['News', 'feeds/news'],
    ['AI-Research', 'feeds/ai-research'],
  ])('of %j is %s', (section, folder) => {
    expect(nameOf(section)).toBe(folder)
  })

  it.each(
    [
      ['新闻', 'AI 新闻', 'Новости', '🗞️', '...', ' ', '\u0000\u202E', 'archive', 'Editions', 'Straße'],
      ['News & Views', 'News!', ' news', 'Zürich', 'ﬁnance №1', '../../etc/passwd', '<script>'],
    ].flat(),
  )('of %j has digits of its own', (section) => {
    expect(nameOf(section)).toMatch(/^feeds\/[a-z0-9][a-z0-9-]*-[0-9a-f]{6}$/)
  })

  it('is the same whatever other sections there are, unless capital letters alone tell them apart', () => {
    const sections = ['R&D', 'R D', 'r-d', 'news', 'News!']
    const all = sectionFolders(sections)
    for (const section of sections) expect(nameOf(section)).toBe(all.get(section))
    expect(sectionFolders(['News', 'news']).get('News')).toBe('feeds/news')
    expect(sectionFolders(['News', 'news']).get('news')).toMatch(/^feeds\/news-[0-9a-f]{6}$/)
  })

  it('is short, safe and its own, whatever sections are called', () => {
    const long = 'a very long name of a section that goes on and on'
    const sections = [
      'c',
      'C',
      'C++',
      'C#',
      long,
      `${long} and on`,
      'x'.repeat(10_000),
      'x'.repeat(10_001),
      '新闻',
      '新',
    ]
    const made = [...sectionFolders(sections).values()]
    expect(new Set(made).size).toBe(sections.length)
    for (const folder of made) expect(folder).toMatch(/^feeds\/[a-z0-9][a-z0-9-]{0,46}$/)
  })

  it('stays when a section with the same name comes later', async () => {
    const made = shelf()
    const first = [itemOf('2026-06-01', '1', { section: 'C' }), itemOf('2026-05-30')]
    await made.publish({ items: first })
    expect(titlesIn(made, 'feeds/c')).toEqual(['C 2026-06-01 1'])
    await made.publish({ items: [itemOf('2026-06-02', '1', { section: 'C++' }), ...first] })
    expect(titlesIn(made, 'feeds/c')).toEqual(['C 2026-06-01 1'])
    expect([...made.files.keys()].filter((id) => /^feeds\/c-[0-9a-f]{6}\/rss\.xml$/.test(id))).toHaveLength(1)
  })
})
