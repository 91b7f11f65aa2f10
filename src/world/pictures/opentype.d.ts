/** The little of opentype.js that is used; its published types would bring the names of a browser into every module. */
declare module 'opentype.js/dist/opentype.mjs' {
  /** As in the path data of SVG. */
  export type PathCommand =
    | { readonly type: 'Z' }
    | { readonly type: 'M' | 'L'; readonly x: number; readonly y: number }
    | { readonly type: 'Q'; readonly x1: number; readonly y1: number; readonly x: number; readonly y: number }
    | {
        readonly type: 'C'
        readonly x1: number
        readonly y1: number
        readonly x2: number
        readonly y2: number
        readonly x: number
        readonly y: number
      }
  export interface Glyph {
    readonly index: number
    /** Font units. */
    readonly advanceWidth?: number
    getPath(x: number, y: number, size: number): { readonly commands: readonly PathCommand[] }
  }
  export interface Font {
    /** The glyph `.notdef`, index 0, where it has none. */
    charToGlyph(character: string): Glyph
  }
  export function parse(font: ArrayBuffer): Font
}
