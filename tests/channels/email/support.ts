import { SaxesParser } from 'saxes'
import { emailChannel } from '../../../channels/email/index.ts'
import { type EmailSettings, settingsSchema } from '../../../channels/email/settings.ts'
import type { House } from '../../../src/channel.ts'
import type { Edition } from '../../../src/domain/edition.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { sampleEdition, samplePublication } from '../../fixtures/edition.ts'
import { nothingPublished } from '../../../src/channel/published.ts'

export const sampleHouse: House = {
  publication: samplePublication,
  publicUrl: 'https://news.morningcheck.example',
  secret: 'a secret for tests',
  installation: 'here',
}

/** Whatever is not said has its default: mail goes to the outbox. */
export function emailSettings(given: Parameters<typeof settingsSchema.parse>[0] = {}): EmailSettings {
  return settingsSchema.parse(given)
}

export async function renderEdition(
  edition: Edition = sampleEdition(),
  { house = sampleHouse, settings = emailSettings() }: { house?: House; settings?: EmailSettings } = {},
): Promise<Rendering> {
  const { publication, publicUrl } = house
  const context = { house: { publication, publicUrl }, published: nothingPublished }
  const [rendering] = await emailChannel.render(edition, context, settings)
  if (!rendering) throw new Error('nothing was rendered')
  return rendering
}

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (Element | string)[]
}

/** All elements in document order. Strict: markup that is not well-formed XML throws. */
export function elementsOf(html: string): Element[] {
  const all: Element[] = []
  const open: { name: string; attributes: Record<string, string>; children: (Element | string)[] }[] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, children: [] }
    open.at(-1)?.children.push(element)
    open.push(element)
    all.push(element)
  })
  parser.on('text', (text) => open.at(-1)?.children.push(text))
  parser.on('closetag', () => open.pop())
  parser.write(html).close()
  return all
}

export function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('')
}

export function hasClass(element: Element, name: string): boolean {
  return (element.attributes['class'] ?? '').split(' ').includes(name)
}
