import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/domain/finding.ts'
import { sampleAmendment, sampleEdition, sampleItem } from '../fixtures/edition.ts'
import { deskOf, sampleApp, sampleView } from './fixture.ts'

const amendment = sampleAmendment()
const item = sampleItem({ url: amendment.url })

function correction(over: { readonly findings?: readonly Finding[] } = {}) {
  const edition = sampleEdition({
    id: amendment.id,
    schedule: 'correction',
    date: '2026-06-30',
    plannedAt: amendment.at,
    subject: `Correction: ${amendment.title}`,
    stories: 0,
    briefs: 0,
    background: 0,
    amends: { amendment, item },
  })
  const channels = sampleView().channels.map((channel) =>
    channel.id === 'email' ? { ...channel, renderings: [] } : channel,
  )
  return sampleView({ edition, channels, findings: [], state: 'approved', ...over })
}

async function page(path: string, ...views: ReturnType<typeof sampleView>[]): Promise<string> {
  return (await sampleApp({ desk: deskOf(...views) }).request(path)).text()
}

describe('the desk', () => {
  it('lists a correction as what it is, not as an edition of no items', async () => {
    const text = await page('/desk', correction())
    expect(text).toContain(`href="/desk/${amendment.id}"`)
    expect(text).toContain('<span>Correction</span>')
    expect(text).not.toContain('0 items')
  })

  it('shows what is put right, of which item, with its source, and when it was said', async () => {
    const text = await page(`/desk/${amendment.id}`, correction())
    expect(text).toContain(`<b>Correction:</b> <span dir="auto">${amendment.note}</span>`)
    expect(text).toContain(`<a href="${item.url}">${item.title}</a>`)
    expect(text).toContain('said at 11:00, Europe/Berlin')
    expect(text).toContain('<h2>The item</h2>')
    expect(text).not.toContain('0 items')
  })

  it('says that the mail waits for the next digest', async () => {
    const text = await page(`/desk/${amendment.id}`, correction())
    expect(text).toContain('Nothing leaves through this channel. The next digest tells of it.')
  })

  it('puts what was found beside the item', async () => {
    const finding = { severity: 'error', code: 'no-source', item: item.url, message: 'It names no source.' } as const
    const text = await page(`/desk/${amendment.id}`, correction({ findings: [finding] }))
    expect(text).toContain('It names no source.')
    expect(text).not.toContain('Not in this edition')
  })

  it('shows beside the items of a digest what it tells of earlier ones', async () => {
    const withdrawn = sampleAmendment({ kind: 'retraction', note: '', title: 'Bees & co' })
    const text = await page(
      '/desk/daily/2026-06-29',
      sampleView({ edition: sampleEdition({ amendments: [amendment, withdrawn] }) }),
    )
    expect(text).toContain('<p class="group">Corrections</p>')
    expect(text).toContain(amendment.note)
    expect(text).toContain('<b>Withdrawn.</b>')
    expect(text).toContain('Bees &amp; co')
  })

  it('finds no page for what only looks like a correction', async () => {
    const app = sampleApp({ desk: deskOf(correction()) })
    for (const id of ['correction/2026-06-30-1f0c2b7', 'correction/2026-06-30-1f0c2b7g', `${amendment.id}a`])
      expect((await app.request(`/desk/${id}`)).status).toBe(404)
  })
})
