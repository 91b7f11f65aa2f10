import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSource } from '../../src/sources/index.ts'
import { gather, noHttp } from './reading.ts'
import type { Outcome } from './reading.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pages-'))
})
afterEach(() => rm(root, { recursive: true }))

async function put(name: string, text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, 'pages', name)), { recursive: true })
  await writeFile(join(root, 'pages', name), text)
}

const page = (front: string, body = 'Text.'): string => `---\n${front}\n---\n\n${body}\n`
const good = (slug: string): string =>
  page(`title: ${slug}\ndate: 2026-06-29\nslug: ${slug}\nsources: https://s.example/${slug}`)
const read = (maxBytes?: number): Promise<Outcome> =>
  gather(
    openSource(
      { location: join(root, 'pages'), baseUrl: 'https://paper.example/notes', ...(maxBytes ? { maxBytes } : {}) },
      noHttp,
    ).read({}),
  )

describe('a folder of Markdown', () => {
  it('gives every part of an item', async () => {
    await put(
      'boat.md',
      page(
        `title: "A *boat*: sails"
date: 2026-06-29T10:00:00+02:00
summary: It sails.
url: https://paper.example/boat.html
sources: [https://m.example/1, {url: https://m.example/2, title: The maker}]
tags: [boats, sails, boats]
authors: Ann
section: learn
image: {url: boat.png, alt: A boat}`,
        'See [this](x.html).',
      ),
    )
    const { items, findings } = await read()
    expect(findings).toEqual([])
    expect(items).toEqual([
      {
        url: 'https://paper.example/boat.html',
        section: 'learn',
        title: 'A boat: sails',
        summary: 'It sails.',
        body: { format: 'markdown', text: 'See [this](https://paper.example/x.html).' },
        links: ['https://paper.example/x.html'],
        published: '2026-06-29T08:00:00.000Z',
        sources: [{ url: 'https://m.example/1' }, { url: 'https://m.example/2', title: 'The maker' }],
        image: { url: 'https://paper.example/boat.png', alt: 'A boat' },
        authors: ['Ann'],
        tags: ['boats', 'sails'],
      },
    ])
  })

  it('reads the folders in it too, in the order of the paths, and nothing that is hidden or not Markdown', async () => {
    for (const name of ['b.md', 'a/z.md', 'a.md', 'c/d/e.md', '.hidden.md', '.git/x.md', 'notes.txt']) {
      await put(name, good(name.replace(/\W/g, '-')))
    }
    expect((await read()).items.map(({ url }) => url)).toEqual(
      ['a-md', 'a-z-md', 'b-md', 'c-d-e-md'].map((slug) => `https://paper.example/notes/${slug}`),
    )
  })

  it('leaves out drafts with a note', async () => {
    await put('a.md', page('title: A\nslug: a\ndraft: true'))
    await put('b.md', good('b'))
    const { items, findings } = await read()
    expect(items).toHaveLength(1)
    expect(findings).toMatchObject([{ severity: 'note', code: 'draft' }])
  })

  it.each([
    ['no front matter', 'Just text.', undefined],
    ['an unclosed front matter', '---\ntitle: A\n\nText.', undefined],
    ['broken YAML', page('title: [a'), undefined],
    ['a list for front matter', page('- a'), undefined],
    ['a custom tag', page('title: !!js/function "x"\nslug: a'), undefined],
    ['two titles', page('title: a\ntitle: b\nslug: a'), undefined],
    ['no title', page('slug: a'), 'title'],
    ['a number for a title', page('title: 7\nslug: a'), 'title'],
    ['an impossible date', page('title: A\nslug: a\ndate: 2026-02-31'), 'published'],
    ['a word for draft', page('title: A\nslug: a\ndraft: perhaps'), 'draft'],
    ['a number for tags', page('title: A\nslug: a\ntags: 7'), 'tags'],
    ['neither url nor slug', page('title: A\ndate: 2026-06-29'), 'url'],
  ])('names file and field of %s, and goes on', async (_, text, field) => {
    await put('bad.md', text)
    await put('good.md', good('good'))
    const { items, findings, end } = await read()
    expect(items.map(({ title }) => title)).toEqual(['good'])
    expect(findings.filter(({ severity }) => severity === 'error')).toHaveLength(1)
    expect(findings[0]?.field).toBe(field)
    expect(findings[0]?.message).toMatch(/bad\.md|"A"/)
    expect(findings[0]?.item).toMatch(/bad\.md|^https:/)
    expect(end?.complete).toBe(true)
  })

  it('without the address of the publication says what a slug needs', async () => {
    await put('boat.md', good('boat'))
    const { items, findings } = await gather(openSource({ location: join(root, 'pages') }, noHttp).read({}))
    expect(items).toEqual([])
    expect(findings).toMatchObject([{ severity: 'error', code: 'item-without-url', field: 'url', item: 'boat.md' }])
    expect(findings[0]?.message).toContain('its slug "boat" needs')
    expect(findings[0]?.advice).toBe('Set publication.url in groundwire.config.ts, or give the item a url.')
  })

  it('is called what the folder is called', async () => {
    await put('a.md', 'nothing')
    await put('b.md', good('b'))
    expect((await read()).about).toEqual({ title: 'pages' })
  })

  it('keeps control characters of names, fields and addresses out of what is said', async () => {
    await put('a\u001b[31m.md', 'x')
    await put('b.md', page('title: B\nurl: "mailto:\\e\\a\\0 x"'))
    await put('c.md', page(`title: "\u0007\nslug: c`))
    const { findings } = await read()
    expect(findings.map(({ item }) => item)).toEqual(['a[31m.md', 'b.md', 'c.md'])
    expect(JSON.stringify(findings)).not.toMatch(/\\u00|\\[bfnrt]/)
  })

  it('keeps a tag of YAML that is not known from becoming more than text', async () => {
    await put('a.md', page('title: A\nslug: a\nauthors: &x [Ann]\ntags: *x'))
    expect((await read()).items).toMatchObject([{ authors: ['Ann'], tags: ['Ann'] }])
  })

  it('is not led out of the folder by a symbolic link', async () => {
    await writeFile(join(root, 'secret.md'), good('secret'))
    await put('a.md', good('a'))
    await symlink(join(root, 'secret.md'), join(root, 'pages', 'b.md'))
    await symlink(join(root, 'pages', 'a.md'), join(root, 'pages', 'c.md'))
    await symlink(root, join(root, 'pages', 'up'))
    const { items, codes } = await read()
    expect(items.map(({ title }) => title)).toEqual(['a'])
    expect(codes).toEqual(['file-outside', 'duplicate-url'])
  })

  it('leaves out a file of more than 1 MiB, one that is no file, and reports bytes that are not UTF-8', async () => {
    await put('a.md', page('title: A\nslug: a', 'x'.repeat(1024 * 1024)))
    await mkdir(join(root, 'pages', 'b.md'))
    await symlink(join(root, 'pages', 'b.md'), join(root, 'pages', 'bb.md'))
    await put('c.md', Buffer.from(good('c').replace('Text', 'Caf\u00e9'), 'latin1'))
    const { items, findings, codes } = await read()
    expect(codes).toEqual(['item-too-long', 'file-unreadable', 'source-not-utf8', 'text-damaged'])
    expect(findings[0]).toMatchObject({
      item: 'a.md',
      message: expect.stringContaining('larger than 1 MiB') as unknown,
    })
    expect(findings[2]).toMatchObject({ item: 'c.md', message: expect.stringMatching(/^c\.md: /) as unknown })
    expect(items).toMatchObject([{ body: { text: 'Caf.' } }])
  })

  it('stops at the limit of all files together', async () => {
    for (const slug of ['a', 'b', 'c']) await put(`${slug}.md`, good(slug))
    const { items, codes, end } = await read(good('a').length * 2)
    expect(items).toHaveLength(2)
    expect(codes).toEqual(['source-too-large'])
    expect(end?.complete).toBe(false)
  })

  it('without Markdown is a finding', async () => {
    await put('a.txt', 'x')
    const { codes, end } = await read()
    expect(codes).toEqual(['source-no-items'])
    expect(end?.complete).toBe(false)
  })

  it('reads CRLF and a byte order mark', async () => {
    await put('a.md', `\uFEFF${good('a').replaceAll('\n', '\r\n')}`)
    expect((await read()).items).toMatchObject([{ title: 'a', body: { text: 'Text.' } }])
  })
})
