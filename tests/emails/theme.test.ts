import { describe, expect, it } from 'vitest'
import { dark, light, pageCss } from '../../emails/theme.ts'

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s tokens', (_, tokens) => {
  it.each(['ink', 'quiet', 'accent'] as const)('set %s on paper with at least 4.5:1', (token) => {
    expect(contrast(tokens[token], tokens.paper)).toBeGreaterThanOrEqual(4.5)
  })

  it('set the running text with at least 7:1', () => {
    expect(contrast(tokens.ink, tokens.paper)).toBeGreaterThanOrEqual(7)
  })
})

it('measures contrast as WCAG 2.2 does', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21)
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
})

it('gives pages every token in both schemes', () => {
  for (const value of [...Object.values(light), ...Object.values(dark)]) expect(pageCss).toContain(value)
})

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (bright + 0.05) / (dim + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
