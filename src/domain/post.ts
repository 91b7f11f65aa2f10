import { cutAtSentence, cutAtWord, graphemeEnds } from './text.ts'

/** A run of a post's text. `link` is the whole address that it leads to, `tag` the hashtag without `#`; never both. */
export interface Segment {
  readonly text: string
  readonly link?: string
  readonly tag?: string
}

interface PostDraft {
  /** What may be shortened; '' for none. */
  readonly prose: string
  /** What the post says when so much of the prose is kept: that, with what stays whole before and after it. */
  readonly around?: (kept: string) => string
  /** What must stay whole: the links. A blank line is put before it, which also keeps graphemes from merging across. */
  readonly tail: readonly Segment[]
}

export interface FittedPost {
  readonly segments: readonly Segment[]
  /** What the post says before its tail: as much of the prose as stayed, with its ellipsis if it has one, and what is around it. */
  readonly prose: string
  /** Of that, what stayed of what might be shortened. */
  readonly kept: string
  readonly shortened: boolean
  /** False when not even the tail alone fits; `segments` is then the tail. */
  readonly fits: boolean
}

export function postText(segments: readonly Segment[]): string {
  return segments.map(({ text }) => text).join('')
}

/**
 * The longest post that `fits`: the prose gives way, to the end of a sentence or else of a word; the tail stays whole.
 * `fits` always sees the whole post, for lengths do not add up: joined texts can merge their graphemes.
 */
export function fitPost(
  { prose, tail, around = (kept) => kept }: PostDraft,
  fits: (segments: readonly Segment[]) => boolean,
): FittedPost {
  const said = around(prose)
  const whole = assemble(said, tail)
  if (fits(whole)) return { segments: whole, prose: said, kept: prose, shortened: false, fits: true }
  const ends = graphemeEnds(prose)
  const cut = (count: number): number => ends[count - 1] ?? 0
  for (
    let room = most(ends.length, (count) => fits(assemble(around(`${prose.slice(0, cut(count))}…`), tail)));
    room > 0;
    room--
  ) {
    for (const kept of [cutAtSentence(prose, cut(room)), cutAtWord(prose, cut(room))]) {
      const segments = assemble(around(kept ?? ''), tail)
      if (kept && fits(segments)) return { segments, prose: around(kept), kept, shortened: true, fits: true }
    }
  }
  return { segments: tail, prose: '', kept: '', shortened: said !== '', fits: fits(tail) }
}

/** The text with its tail, neither of which may be shortened, whether they fit or not. */
export function wholePost(
  text: string,
  tail: readonly Segment[],
  fits: (segments: readonly Segment[]) => boolean,
): FittedPost {
  const segments = assemble(text, tail)
  return { segments, prose: text, kept: text, shortened: false, fits: fits(segments) }
}

function assemble(prose: string, tail: readonly Segment[]): readonly Segment[] {
  if (prose === '') return tail
  return tail.length === 0 ? [{ text: prose }] : [{ text: prose }, { text: '\n\n' }, ...tail]
}

/** The largest count up to `limit` that passes, 0 if none does. Gallops, so that a huge text costs no more than its limit. */
function most(limit: number, passes: (count: number) => boolean): number {
  let good = 0
  let bad = 1
  while (bad <= limit && passes(bad)) {
    good = bad
    bad *= 2
  }
  bad = Math.min(bad, limit + 1)
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (passes(middle)) good = middle
    else bad = middle
  }
  return good
}
