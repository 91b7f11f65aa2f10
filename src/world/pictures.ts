import type { Pictures } from '../ports.ts'

/**
 * Pictures by sharp, which is loaded at first use and looks at one picture at a time; a card's letters are drawn from
 * the fonts that come with the package. `fit` and `draw` reject where sharp has no build for this machine.
 */
export function createPictures(): Pictures {
  return {
    named: async (page, address) => (await import('./pictures/named.ts')).named(page, address),
    fit: async (content) => (await import('./pictures/fit.ts')).fit(content),
    draw: async (card) => (await import('./pictures/draw.ts')).draw(card),
  }
}
