import { expect, it } from 'vitest'
import { fillTemplate, placeholder, splitTemplate } from '../../../channels/email/template.ts'

const slots = { unsubscribe: placeholder('unsubscribe', '0'.repeat(64)) }

it('puts a value in at every placeholder, as it is', () => {
  const template = splitTemplate(`<${slots.unsubscribe}> and ${slots.unsubscribe}`, slots)
  expect(template.parts).toEqual(['<', '> and ', ''])
  expect(fillTemplate(template, { unsubscribe: '$& $1 \\' })).toBe('<$& $1 \\> and $& $1 \\')
})

it('does not look for placeholders in the values it puts in', () => {
  const template = splitTemplate(`a ${slots.unsubscribe}`, slots)
  expect(fillTemplate(template, slots)).toBe(`a ${slots.unsubscribe}`)
})

it('leaves a text without placeholders as it is', () => {
  expect(fillTemplate(splitTemplate('{{unsubscribe}}', slots), { unsubscribe: 'x' })).toBe('{{unsubscribe}}')
})
