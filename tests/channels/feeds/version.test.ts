import { expect, it } from 'vitest'
import { FEEDS_VERSION } from '../../../channels/feeds/basis.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import { sampleAmendment } from '../../fixtures/edition.ts'
import { nastyItems } from './fixture.ts'
import { editionOf, itemOf, shelf } from './shelf.ts'

// Whoever changes what any document says must raise the version: else the documents that stand stay as they were.
it('writes for the same publication the same bytes as long as the version is the same', async () => {
  const attachments = [{ url: 'https://morningcheck.example/a.mp3', mediaType: 'audio/mpeg', title: 'One', bytes: 5 }]
  const image = { url: 'https://morningcheck.example/i.png', alt: 'A gauge' }
  const corrected = { ...itemOf('2026-06-15', '1', { attachments, image }), corrections: [sampleAmendment()] }
  const lesson = itemOf('2026-05-31', '1', { section: 'learn' })
  const editions = [{ ...editionOf('2026-06-29', { intro: 'Hello.' }), amendments: [sampleAmendment()] }]
  const made = shelf({ hubs: ['https://hub.example/'] })
  await made.publish({ items: [...nastyItems(), corrected, lesson], editions })
  const bytes = sha256(JSON.stringify([...made.files].map(([path, content]) => [path, sha256(content)])))
  expect({ version: FEEDS_VERSION, bytes }).toEqual({
    version: 1,
    bytes: 'ba52fbbeec6e9b1a6cf72f8524472b31706197c37b48466f1f8615c7b32adcf1',
  })
})
