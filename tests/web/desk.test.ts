import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/domain/finding.ts'
import type { EditionView } from '../../src/pipeline/view.ts'
import { sampleEdition, sampleItem } from '../fixtures/edition.ts'
import { deskOf, EDITION, sampleApp, sampleView } from './fixture.ts'

async function deskPage(view: EditionView): Promise<string> {
  return (await sampleApp({ desk: deskOf(view) }).request(`/desk/${EDITION}`)).text()
}

describe('the list of editions', () => {
  it('leads to each edition, with its day, state and number of items in words', async () => {
    const text = await (await sampleApp().request('/desk')).text()
    expect(text).toContain(`href="/desk/${EDITION}"`)
    for (const words of ['Monday, 29 June 2026', 'Draft', '7 items', 'Daily edition']) expect(text).toContain(words)
  })

  it('names what its source no longer lists, with the edition it left in and the command that takes it back', async () => {
    const hostile = "https://morningcheck.example/news/$(reboot)&it’s='a'<b>"
    const vanished = async () => [
      {
        url: 'https://morningcheck.example/news/tides.html',
        title: 'The <b>tides</b>',
        edition: EDITION,
        since: '2026-06-30T05:10:00.000Z',
      },
      { url: hostile, title: 'Another', edition: EDITION, since: '2026-06-30T05:10:00.000Z' },
    ]
    const text = await (await sampleApp({ desk: { ...deskOf(sampleView()), vanished } }).request('/desk')).text()
    expect(text).toContain('The &lt;b&gt;tides&lt;/b&gt;')
    expect(text).toContain('since Tuesday, 30 June 2026, 07:10')
    expect(text).toContain('<code>groundwire retract https://morningcheck.example/news/tides.html</code>')
    expect(text).toContain('retract &#39;https://morningcheck.example/news/$(reboot)&amp;it’s=')
    expect(text.match(new RegExp(`href="/desk/${EDITION}"`, 'g'))).toHaveLength(3)
    expect(await (await sampleApp().request('/desk')).text()).not.toContain('No longer listed')
  })

  it('says what to do when there is none', async () => {
    const text = await (await sampleApp({ desk: deskOf() }).request('/desk')).text()
    expect(text).toContain('groundwire run')
  })

  it('opens at the newest edition in a preview, or at the list when there is none', async () => {
    const newest = await sampleApp().request('/')
    expect([newest.status, newest.headers.get('Location')]).toEqual([302, `/desk/${EDITION}`])
    const empty = await sampleApp({ desk: deskOf() }).request('/')
    expect(empty.headers.get('Location')).toBe('/desk')
  })
})

describe('the page of an edition', () => {
  it('says in plain words where the edition stands', async () => {
    const text = await deskPage(sampleView())
    expect(text).toContain('<b>Draft.</b> Nothing has left. It waits for approval.')
    expect(text).toContain('planned for 07:00, Europe/Berlin')
    const held = await deskPage(sampleView({ state: 'held', reason: 'Two items tell the same story.' }))
    expect(held).toContain('<b>Held.</b>')
    expect(held).toContain('Two items tell the same story.')
  })

  it('shows every item once, in order, each with the host of its source', async () => {
    const text = await deskPage(sampleView())
    const items = text.slice(text.indexOf('id="items"'), text.indexOf('id="email"'))
    const { stories, briefs, background } = sampleView().edition
    const places = [...stories, ...briefs, ...background].map(({ title }) => items.indexOf(`>${title}</a></h3>`))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
    expect(items.match(/class="source"/g)).toHaveLength(9)
    expect(items).toContain('<a href="https://arxiv.org/abs/2606.01846">arxiv.org</a>')
  })

  it('says so when an item has no primary source', async () => {
    const edition = sampleEdition({ stories: 0, briefs: 0, background: 0 })
    const bare = { ...edition, stories: [sampleItem({ sources: [] })] }
    expect(await deskPage(sampleView({ edition: bare }))).toContain('No primary source')
  })

  it('shows the mail at both widths in light and dark, as text, and as a row in the inbox', async () => {
    const text = await deskPage(sampleView())
    const path = `/desk/${EDITION}/email/digest/page?scheme=`
    expect(text.split(`src="${path}light"`)).toHaveLength(3)
    expect(text.split(`src="${path}dark"`)).toHaveLength(3)
    expect(text).toContain('THE MORNING CHECK\nMonday, 29 June 2026')
    expect(text).toContain('Also: a slower clock, bees that count, and what a bridge remembers.')
  })

  it('shows each post in a sandboxed, lazy frame, with its counter and its size', async () => {
    const text = await deskPage(sampleView())
    const frames = text.match(/<iframe[^>]*>/g) ?? []
    expect(frames).toHaveLength(4 + 3 + 7 + 7)
    for (const frame of frames) {
      expect(frame).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"')
      expect(frame).toContain('loading="lazy"')
      expect(frame).toMatch(/title="[^"]+"/)
    }
    expect(text).toContain('74 of 300 graphemes')
    expect(text).toContain('<b class="over">312 of 300 graphemes</b>')
    expect(text).toContain('raw, 4.0 kB')
  })

  it('every frame and every link inside the page leads somewhere', async () => {
    const app = sampleApp()
    const text = await (await app.request(`/desk/${EDITION}`)).text()
    const paths = [...text.matchAll(/(?:src|href)="(\/desk[^"]*)"/g)].map((match) => match[1] ?? '')
    expect(paths.length).toBeGreaterThan(40)
    for (const path of new Set(paths)) expect([path, (await app.request(path)).status]).toEqual([path, 200])
    const ids = new Set([...text.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]))
    for (const match of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(match[1])
  })

  it('tells what became of the deliveries once there are any', async () => {
    expect(await deskPage(sampleView())).toContain('None yet. They are planned at the moment')
    const view = sampleView({ state: 'sending' })
    const counts = [
      { state: 'sent', count: 120 },
      { state: 'unknown', count: 1 },
    ] as const
    const channels = view.channels.map((channel) => (channel.id === 'email' ? { ...channel, counts } : channel))
    expect(await deskPage({ ...view, channels })).toContain('120 sent, 1 not known whether it arrived')
  })

  it('has one h1, and no heading that skips a level', async () => {
    const levels = [...(await deskPage(sampleView())).matchAll(/<h([1-6])/g)].map((match) => Number(match[1]))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.reduce((before, level) => {
      expect(level - before).toBeLessThanOrEqual(1)
      return level
    }, 0)
  })

  it('opens the first feed, and every feed that has a finding', async () => {
    const view = sampleView()
    const finding: Finding = { severity: 'warning', code: 'x', message: 'The feed is large.' }
    const channels = view.channels.map((channel) => ({
      ...channel,
      renderings: channel.renderings.map((rendering) =>
        rendering.id === 'feed.json' ? { ...rendering, findings: [finding] } : rendering,
      ),
    }))
    const details = (await deskPage({ ...view, channels })).match(/<details class="document"[^>]*>/g) ?? []
    expect(details.map((tag) => tag.includes('open'))).toEqual([true, false, true])
  })

  it('keeps a channel that has nothing to send', async () => {
    const channels = [{ id: 'mastodon', title: 'Mastodon', renderings: [], counts: [] }]
    expect(await deskPage(sampleView({ channels }))).toContain('Nothing leaves through this channel.')
  })
})

describe('hostile text', () => {
  const nasty = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202Eevil'

  it('stays text in titles, summaries, subjects, findings and reasons', async () => {
    const item = sampleItem({ title: nasty, summary: nasty })
    const finding: Finding = { severity: 'error', code: 'x', message: nasty, advice: nasty, field: nasty }
    const edition = { ...sampleEdition(), subject: nasty, preheader: nasty, intro: nasty, stories: [item] }
    const view = sampleView()
    const channels = view.channels.map((channel) => ({
      ...channel,
      title: nasty,
      renderings: channel.renderings.map((rendering) => ({
        ...rendering,
        title: nasty,
        text: nasty,
        findings: [finding],
        measures: [{ name: nasty, value: 1 }],
      })),
    }))
    const hostile = { ...view, edition, channels, findings: [finding, { ...finding, item: nasty }], reason: nasty }
    const app = sampleApp({ desk: deskOf(hostile) })
    for (const path of ['/desk', `/desk/${EDITION}`, '/editions']) {
      const text = await (await app.request(path)).text()
      expect(text).toContain('&lt;script&gt;')
      expect(text).not.toMatch(/<script|<img/i)
    }
  })

  it('never becomes a link that runs something', async () => {
    const item = { ...sampleItem(), url: 'javascript:alert(1)', sources: [{ url: 'data:text/html,x' }] }
    const edition = { ...sampleEdition(), stories: [item] }
    const text = await deskPage(sampleView({ edition }))
    expect(text).toContain(item.title)
    expect(text).not.toMatch(/href="(javascript|data:text)/)
  })
})

it('frames that ask at the same time share one look at the store', async () => {
  let asked = 0
  const desk = deskOf(sampleView())
  const view: typeof desk.view = async (id) => {
    asked += 1
    return desk.view(id)
  }
  const app = sampleApp({ desk: { ...desk, view } })
  const path = `/desk/${EDITION}/email/digest/page`
  await Promise.all([app.request(path), app.request(`${path}?scheme=dark`), app.request(`/desk/${EDITION}`)])
  expect(asked).toBe(1)
  await app.request(path)
  expect(asked).toBe(2)
})
