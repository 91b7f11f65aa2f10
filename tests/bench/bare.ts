// The bare minimum that the whole run is measured against: read and parse the source, render the day's mail once, write
// three feeds. No store, no checks, no posts, no hardening, nothing atomic. Arguments: source, day, folder.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { render } from '@react-email/render'
import { Feed } from 'feed'
import { marked } from 'marked'
import { createElement } from 'react'
import Digest, { type DigestItem } from '../../emails/digest.tsx'

const SITE = 'https://example.org'
const [source = '', day = '', folder = ''] = process.argv.slice(2)

const items = readFileSync(source, 'utf8')
  .split(/(?:^|\s)### /)
  .flatMap((block) => {
    const found =
      /^(.+?) \((\d{4}-\d\d-\d\d)\)\s+Summary: (.*?)\s+Primary source \(verified\): (\S+)\s+URL: (\S+)\s+(.*)$/s.exec(
        block,
      )
    const [, title = '', date = '', summary = '', primary = '', url = '', body = ''] = found ?? []
    return found ? [{ title, date, summary, primary, url, body }] : []
  })

const stories = items
  .filter(({ date }) => date === day)
  .map(({ url, title, summary, primary }): DigestItem => ({
    url,
    title,
    summary,
    sources: [{ label: primary, url: primary }],
  }))
const mail = await render(
  createElement(Digest, {
    language: 'en',
    direction: 'ltr',
    publication: { name: 'Example', description: '', url: SITE },
    address: [],
    subject: stories[0]?.title ?? '',
    preheader: stories[0]?.summary ?? '',
    date: day,
    intro: [],
    stories,
    briefs: [],
    background: [],
    corrections: [],
    withdrawn: [],
    browserUrl: SITE,
    unsubscribeUrl: SITE,
    images: 'shown',
  }),
)

const feed = new Feed({ id: SITE, link: SITE, title: 'Example', copyright: '' })
for (const { url, title, summary, date, body } of items.slice(0, 50)) {
  feed.addItem({
    id: url,
    link: url,
    title,
    description: summary,
    content: marked.parse(body, { async: false }),
    date: new Date(date),
  })
}

mkdirSync(folder, { recursive: true })
const files = { 'mail.html': mail, 'rss.xml': feed.rss2(), 'atom.xml': feed.atom1(), 'feed.json': feed.json1() }
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
