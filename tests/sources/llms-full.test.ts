import { describe, expect, it } from 'vitest'
import { MAX_ITEM_LENGTH } from '../../src/domain/llms-full.ts'
import { readLlmsFull } from '../../src/sources/llms-full.ts'
import { gather, pieces, readText } from './reading.ts'

const head = `# Paper — full content for LLMs\n\n> All about boats. And ropes.\n\nMore is at /llms.txt.\n\n`
const section = `## News (full articles, verified)\n\n`
const boat = item('A boat (small) sails (2026-06-29)', 'boat')

function item(title: string, slug: string, body = 'It sails.'): string {
  return `### ${title}

Summary: What ${slug} is.
Primary source (verified): https://maker.example/${slug}
URL: https://paper.example/news/${slug}.html

${body}

---

`
}

describe.each(['lines', 'collapsed'] as const)('llms-full, %s', (form) => {
  it('reads every part of an item', async () => {
    const { items, findings, about } = await readText(head + section + boat, form)
    expect(findings).toEqual([])
    expect(about).toEqual({ title: 'Paper', description: 'All about boats.', url: 'https://paper.example/' })
    expect(items).toEqual([
      {
        url: 'https://paper.example/news/boat.html',
        section: 'news',
        title: 'A boat (small) sails',
        summary: 'What boat is.',
        body: { format: 'markdown', text: 'It sails.' },
        links: [],
        published: '2026-06-29',
        sources: [{ url: 'https://maker.example/boat' }],
        authors: [],
        tags: [],
      },
    ])
  })

  it('gives each item the section that stands before it, known or not, and takes no heading of a body for one', async () => {
    const lesson = item(
      'Ropes',
      'ropes',
      'A rope.\n\n## Why knots hold\n\nFriction.\n\n## The end\n\nIt is over.',
    ).replace(
      /Summary.*\nPrimary.*/,
      'Key papers: [On ropes](https://r.example/1); [On [more] ropes (2)](https://r.example/a_(b))',
    )
    const { items, findings } = await readText(
      `${head}${section}${boat}## Learn (full lessons)\n\n${lesson}## Letters, to us\n\n${item('Dear paper (2026-06-28)', 'letter')}`,
      form,
    )
    expect(findings).toEqual([])
    expect(items.map((one) => one.section)).toEqual(['news', 'learn', 'letters'])
    expect(items[1]).not.toHaveProperty('published')
    expect(items[1]?.sources).toEqual([
      { url: 'https://r.example/1', title: 'On ropes' },
      { url: 'https://r.example/a_(b)', title: 'On [more] ropes (2)' },
    ])
    expect(items[1]?.body.text).toContain('knots hold')
  })

  it('reads several primary sources, bare or as links, and none', async () => {
    const sources = async (value: string): Promise<unknown> => {
      const { items } = await readText(head + section + boat.replace('https://maker.example/boat', value), form)
      return items[0]?.sources
    }
    expect(await sources('https://a.example/1, https://a.example/2; https://a.example/1')).toEqual([
      { url: 'https://a.example/1' },
      { url: 'https://a.example/2' },
    ])
    expect(await sources('[A](https://a.example/1?b=1,2)')).toEqual([{ url: 'https://a.example/1?b=1,2', title: 'A' }])
    expect(await sources('')).toEqual([])
  })

  it('keeps an empty Key papers apart from the address', async () => {
    const text = boat.replace(/Summary.*\nPrimary.*\n/, 'Key papers:\n').replace(' (2026-06-29)', '')
    const { items, findings } = await readText(`${head}## Learn (x)\n\n${text}`, form)
    expect(findings).toEqual([])
    expect(items).toMatchObject([{ sources: [], url: 'https://paper.example/news/boat.html', section: 'learn' }])
  })

  it('takes items before any section heading for news', async () => {
    const { items } = await readText(head + boat, form)
    expect(items).toMatchObject([{ section: 'news', title: 'A boat (small) sails' }])
  })

  it.each([
    ['title', /### .*/, '### (2026-06-29)', 'item-without-title', 'title'],
    ['heading', /### .*\n/, '', 'item-without-title', 'title'],
    ['URL', /URL: .*/, '', 'item-without-url', 'url'],
    ['value of URL', /URL: .*/, 'URL: javascript:alert(1)', 'url-not-http', 'url'],
    ['possible date', /2026-06-29/, '2026-02-31', 'date-impossible', 'published'],
  ])('leaves out an item without its %s, says so, and goes on', async (_, pattern, value, code, field) => {
    const bad = boat.replace(pattern, value)
    const { items, findings } = await readText(
      head + section + item('First (2026-06-29)', 'first') + bad + item('Next', 'next'),
      form,
    )
    expect(items.map(({ title }) => title)).toEqual(['First', 'Next'])
    expect(findings[0]).toMatchObject({ severity: 'error', code, field })
    expect(findings[0]?.message).toMatch(code === 'item-without-title' ? /item 2/ : /A boat \(small\) sails/)
  })

  it.each([
    ['summary', /Summary: .*\n/, { summary: '' }, []],
    ['sources', /Primary .*\n/, { sources: [] }, []],
    ['date', / \(2026-06-29\)/, { title: 'A boat (small) sails' }, ['date-missing']],
    ['body', /It sails\.\n\n/, { body: { format: 'markdown', text: '' } }, ['body-missing']],
  ])('keeps an item without its %s', async (_, pattern, rest, expected) => {
    const { items, codes } = await readText(
      head + section + boat.replace(pattern, '') + item('Next (2026-06-28)', 'next'),
      form,
    )
    expect(items).toMatchObject([rest, { title: 'Next' }])
    expect(codes).toEqual(expected)
  })

  it('points out a source that is no address, and keeps the item', async () => {
    const text = boat.replace('https://maker.example/boat', '[the maker](javascript:alert(1))')
    const { items, findings } = await readText(head + section + text, form)
    expect(items).toMatchObject([{ sources: [] }])
    expect(findings).toMatchObject([{ code: 'source-link-not-http', item: items[0]?.url, field: 'sources' }])
  })

  it('cleans text and strips Markdown marks from title and summary', async () => {
    const title = '`ls` **and**\u0007 *more*\u202E \u{1F9AD} snake_case_name 2 * 3 \\* 4'
    const text = boat
      .replace('A boat (small) sails', title)
      .replace('What boat is.', 'A [link](https://x.example/) ]]> _here_.')
    const { items } = await readText(head + section + text, form)
    expect(items).toMatchObject([
      { title: 'ls and more \u{1F9AD} snake_case_name 2 * 3 * 4', summary: 'A link ]]> here.' },
    ])
  })

  it('keeps a title of 10,000 characters and points it out', async () => {
    const { items, findings } = await readText(head + section + boat.replace('A boat', 'A'.repeat(10_000)), form)
    expect(items[0]?.title).toHaveLength(10_000 + ' (small) sails'.length)
    expect(findings).toMatchObject([{ severity: 'warning', code: 'title-too-long', field: 'title' }])
  })

  it('undoes links that are not http, keeps their words, and leaves script to whoever draws the body', async () => {
    const body =
      'See [this *thing*](javascript:alert(1)), [mail](mailto:a@b.example) and <script>alert(1)</script> [here](x.html).'
    const { items, findings } = await readText(head + section + item('A boat (2026-06-29)', 'boat', body), form)
    expect(items[0]?.body.text).toBe(
      'See this *thing*, mail and <script>alert(1)</script> [here](https://paper.example/news/x.html).',
    )
    expect(findings).toMatchObject([
      { severity: 'warning', code: 'active-content', field: 'body', item: items[0]?.url },
      { severity: 'note', code: 'link-not-http', field: 'body' },
      { code: 'link-not-http' },
    ])
    expect(findings[1]?.message).toContain('javascript:alert(1)')
  })

  it('leaves out the last item of a source that was cut off, anywhere, and says which', async () => {
    const whole = (head + section + boat + item('Second (2026-06-28)', 'second')).trim()
    const written = form === 'lines' ? whole : whole.split(/\s+/).join(' ')
    const secondAt = written.indexOf('### Second')
    for (let length = secondAt + 1; length < written.length; length += 1) {
      const text = written.slice(0, length)
      const seen: string[] = []
      const reading = (async () => {
        for await (const event of readLlmsFull(pieces(text), { section: 'news' })) {
          if (event.kind === 'item') seen.push(event.item.title)
        }
      })()
      await expect(reading, `cut after ${length}`).rejects.toMatchObject({ finding: { code: 'source-cut-off' } })
      expect(seen).toEqual(['A boat (small) sails'])
    }
  })

  it('gives the same items however the text is cut into pieces', async () => {
    const text = (head + section + boat + `## Learn (x)\n\n` + item('Second', 'second')).trim()
    const written = form === 'lines' ? text : text.split(/\s+/).join(' ')
    const whole = await gather(readLlmsFull(pieces(written), { section: 'news' }))
    for (const size of [1, 7, 100]) {
      const parts = written.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      expect(await gather(readLlmsFull(pieces(...parts), { section: 'news' }))).toEqual(whole)
    }
  })

  it('leaves out an item without end, names it, and goes on with the next', async () => {
    const endless = item('Endless (2026-06-29)', 'endless', 'word '.repeat(MAX_ITEM_LENGTH / 4))
    const text = head + section + boat + endless + item('Next (2026-06-28)', 'next')
    const written = form === 'lines' ? text : text.split(/\s+/).join(' ').trim()
    const parts = written.match(/[^]{1,60000}/g) ?? []
    const { items, findings } = await gather(readLlmsFull(pieces(...parts), { section: 'news' }))
    expect(items.map(({ title }) => title)).toEqual(['A boat (small) sails', 'Next'])
    expect(findings).toMatchObject([{ severity: 'error', code: 'item-too-long' }])
    expect(findings[0]?.message).toContain('"Endless"')
  })
})

describe('llms-full', () => {
  it('takes a rule inside a body for what it is', async () => {
    const { items } = await readText(head + section + item('A boat (2026-06-29)', 'boat', 'Above.\n\n---\n\nBelow.'))
    expect(items[0]?.body.text).toBe('Above.\n\n---\n\nBelow.')
  })

  it('reads a summary over several lines', async () => {
    const { items } = await readText(head + section + boat.replace('What boat is.', 'What boat\nis,\nand was.'))
    expect(items[0]?.summary).toBe('What boat is, and was.')
  })

  it('does not take a URL in the body for the missing one of the item', async () => {
    const bad = boat
      .replace(/URL: .*/, '')
      .replace('It sails.', `${'It sails. '.repeat(30)} URL: https://evil.example/`)
    for (const form of ['lines', 'collapsed'] as const) {
      expect((await readText(head + section + bad, form)).codes).toEqual(['item-without-url'])
    }
  })

  it.each([
    ['', 'source-empty'],
    [' \n\n ', 'source-empty'],
    ['Just a text about something.', 'source-no-items'],
    [head, 'source-no-items'],
  ])('says so when there is nothing in it: %j', async (text, code) => {
    await expect(readText(text)).rejects.toMatchObject({ name: 'SourceProblem', finding: { severity: 'error', code } })
  })
})
