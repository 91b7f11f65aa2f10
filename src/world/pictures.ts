import type { Pictures } from '../ports.ts'
import { inTurn } from './pictures/turns.ts'

/**
 * Pictures by sharp, which is loaded at first use. Whoever asks, and however many of these there are, the process
 * decodes or draws one picture at a time; a card's letters are drawn from the fonts that come with the package. `fit`
 * and `draw` reject where sharp has no build for this machine.
 */
export function createPictures(): Pictures {
  return {
    named: async (page, address) => (await import('./pictures/named.ts')).named(page, address),
    fit: (content) => inTurn(async () => (await import('./pictures/fit.ts')).fit(content)),
    draw: (card) => inTurn(async () => (await import('./pictures/draw.ts')).draw(card)),
  }
}
