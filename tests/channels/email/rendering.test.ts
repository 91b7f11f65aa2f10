import { describe, expect, it } from 'vitest'
import { contentSchema } from '../../../channels/email/content.ts'
import { utf8Bytes } from '../../../src/domain/text.ts'
import { sampleEdition, sampleItem, samplePublication } from '../../fixtures/edition.ts'
import { emailSettings, renderEdition, sampleHouse } from './support.ts'

const codes = (rendering: Awaited<ReturnType<typeof renderEdition>>) =>
  rendering.findings.map(({ severity, code }) => `${severity} ${code}`)

const long = (bytes: number) => ({
  ...sampleEdition({ stories: 10, briefs: 10, background: 3 }),
  intro: 'word '.repeat(bytes / 5),
})

const house = (publication: Partial<typeof samplePublication>, publicUrl = sampleHouse.publicUrl) => ({
  house: { ...sampleHouse, publicUrl, publication: { ...samplePublication, ...publication } },
})

describe('the digest as a mail', () => {
  it('is one rendering that must not leave twice for its edition', async () => {
    const rendering = await renderEdition()
    expect(rendering).toMatchObject({
      id: 'digest',
      identity: 'daily/2026-06-29',
      title: 'A tide gauge from 1846 still agrees with the satellites',
      findings: [],
      mayLeave: true,
    })
  })

  it('is the same to the byte when rendered again', async () => {
    expect(await renderEdition()).toEqual(await renderEdition())
  })

  it('keeps subject, sender and date, and the headers that let a reader stop it', async () => {
    const settings = emailSettings({
      from: 'Desk <desk@morningcheck.example>',
      replyTo: 'letters@morningcheck.example',
    })
    const content = contentSchema.parse(JSON.parse((await renderEdition(sampleEdition(), { settings })).content))
    expect(content).toMatchObject({
      from: { name: 'Desk', address: 'desk@morningcheck.example' },
      replyTo: { name: '', address: 'letters@morningcheck.example' },
      date: '2026-06-29T05:00:00.000Z',
      headers: {
        'List-Unsubscribe': `<${content.slots.unsubscribe}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        'List-Id': '"The Morning Check" <daily.morningcheck.example>',
        'Feedback-ID': 'daily-2026-06-29:daily:morningcheck-example:morningcheckexa',
        Precedence: 'bulk',
        'X-Auto-Response-Suppress': 'OOF, AutoReply',
      },
    })
    expect(content.html).toContain(`href="${content.slots.unsubscribe}"`)
    expect(content.text).toContain(content.slots.unsubscribe)
  })

  it('shows no placeholder and no live unsubscribe link in its page and text', async () => {
    const rendering = await renderEdition()
    const { slots } = contentSchema.parse(JSON.parse(rendering.content))
    for (const shown of [rendering.page, rendering.text]) {
      expect(shown).not.toContain(slots.unsubscribe)
      expect(shown).not.toContain('/unsubscribe/')
    }
    expect(rendering.page).toContain('href="#preview"')
  })

  it('has another placeholder for another edition, so that no title can hold the word for its own', async () => {
    const first = contentSchema.parse(JSON.parse((await renderEdition()).content))
    const edition = sampleEdition()
    const stories = [sampleItem({ title: first.slots.unsubscribe }), ...edition.stories.slice(1)]
    const { page } = await renderEdition({ ...edition, stories })
    expect(page).toContain(`>${first.slots.unsubscribe}</a>`)
  })

  it('leaves braces in a title alone', async () => {
    const stories = [sampleItem({ title: '{{unsubscribe}} ${name} %7B%7Btoken%7D%7D' })]
    const { page, text } = await renderEdition({ ...sampleEdition(), stories })
    expect(page).toContain('>{{unsubscribe}} ${name} %7B%7Btoken%7D%7D</a>')
    expect(text).toContain('{{unsubscribe}} ${name} %7B%7Btoken%7D%7D')
  })

  it('folds a subject with line breaks into one line', async () => {
    const { title } = await renderEdition(sampleEdition({ subject: 'One\r\nBcc: everyone@example.com' }))
    expect(title).toBe('One Bcc: everyone@example.com')
  })
})

describe('its size', () => {
  it('stays below a third of the limit with 20 items and three lessons', async () => {
    const rendering = await renderEdition(long(0))
    const [html, text] = rendering.measures
    expect(html).toMatchObject({ name: 'HTML bytes', limit: 100_000 })
    expect(html?.value).toBeLessThan(33_000)
    // The page differs from what leaves only in the link behind "Unsubscribe".
    expect(Math.abs((html?.value ?? 0) - utf8Bytes(rendering.page))).toBeLessThan(200)
    expect(text).toMatchObject({ name: 'text bytes' })
  })

  it('is shown as a warning from 80 kB, and forbids leaving from 100 kB', async () => {
    expect(codes(await renderEdition(long(50_000)))).toEqual([])
    const large = await renderEdition(long(60_000))
    expect([codes(large), large.mayLeave]).toEqual([['warning email-size'], true])
    const tooLarge = await renderEdition(long(80_000))
    expect([codes(tooLarge), tooLarge.mayLeave]).toEqual([['error email-size'], false])
    expect(tooLarge.findings[0]?.message).toMatch(/^The HTML has 10\d\.\d kB/)
    expect(tooLarge.findings[0]?.advice).toContain('Lower the number of stories')
  })
})

describe('its findings', () => {
  it('warn of a missing postal address', async () => {
    expect(codes(await renderEdition(sampleEdition(), house({ address: '' })))).toEqual(['warning email-no-address'])
  })

  it('warn of a public address without https, but not on this machine', async () => {
    const bare = await renderEdition(sampleEdition(), house({}, 'http://news.example'))
    expect(codes(bare)).toEqual(['warning email-unsubscribe-not-https'])
    for (const url of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']) {
      expect(codes(await renderEdition(sampleEdition(), house({}, url)))).toEqual([])
    }
  })

  it('forbid mail to leave from which no reader could unsubscribe', async () => {
    const settings = emailSettings({ from: 'desk@morningcheck.example', smtp: { url: 'smtp://localhost' } })
    const at = async (publicUrl: string) => {
      const rendering = await renderEdition(sampleEdition(), { ...house({}, publicUrl), settings })
      return [codes(rendering), rendering.mayLeave]
    }
    expect(await at('https://news.morningcheck.example')).toEqual([[], true])
    expect(await at('http://news.example')).toEqual([['error email-unsubscribe-not-https'], false])
    for (const url of ['http://localhost:3000', 'https://localhost', 'https://127.0.0.1', 'http://[::1]:3000'])
      expect(await at(url)).toEqual([['error email-unsubscribe-local'], false])
  })

  it.each([
    ['https://news.example/a>b', 'as https://news.example/a%3Eb.'],
    ['https://news.example/ä b', 'as https://news.example/%C3%A4%20b.'],
    ['https://bücher.example', 'as https://xn--bcher-kva.example.'],
    ['https://news.example/\r\nBcc:', 'in ASCII'],
  ])('forbid a public address that List-Unsubscribe cannot carry: %s', async (url, advice) => {
    const { findings, mayLeave } = await renderEdition(sampleEdition(), house({}, url))
    expect(mayLeave).toBe(false)
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['error email-unsubscribe-characters'])
    expect(findings[0]?.advice).toContain(advice)
  })

  it('warn of a long subject and forbid an empty one', async () => {
    expect(codes(await renderEdition(sampleEdition({ subject: 'é'.repeat(78) })))).toEqual([])
    expect(codes(await renderEdition(sampleEdition({ subject: 'é'.repeat(79) })))).toEqual([
      'warning email-subject-long',
    ])
    const empty = await renderEdition(sampleEdition({ subject: ' \n' }))
    expect([codes(empty), empty.mayLeave]).toEqual([['error email-subject-empty'], false])
  })

  it('forbid a mail without items', async () => {
    const empty = await renderEdition(sampleEdition({ stories: 0, briefs: 0 }))
    expect([codes(empty), empty.mayLeave]).toEqual([['error email-empty'], false])
  })
})
