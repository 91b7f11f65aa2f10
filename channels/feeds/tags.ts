/** Elements that a feed reader may show. */
export const ALLOWED_TAGS: ReadonlySet<string> = words(
  'p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code em strong b i s del ins sub sup mark small',
  'abbr cite dfn q kbd samp var time a img figure figcaption table caption thead tbody tfoot tr th td div span',
)

/** Elements that go together with everything inside them. */
export const TAGS_WITHOUT_TEXT: ReadonlySet<string> = words(
  'script style iframe object embed applet svg math template noscript noembed noframes textarea select option',
  'button head xmp plaintext audio video canvas map dialog',
)

/** Elements of HTML, past and present, of which only the words inside stay. */
const UNWRAPPED_TAGS = words(
  'html body main article section aside header footer nav address hgroup search details summary center font big tt',
  'strike u bdi bdo ruby rb rt rtc rp wbr nobr data col colgroup form fieldset legend label output input datalist',
  'optgroup meter progress picture source track area param link meta base slot menu dir marquee blink acronym',
  'frame frameset image keygen title',
)

/** `dir` and `lang` for text in other scripts; no style, no class, no id. */
export const ALLOWED_ATTRIBUTES: Record<string, string[]> = {
  '*': ['dir', 'lang', 'title'],
  a: ['href'],
  img: ['src', 'alt', 'width', 'height'],
  ol: ['start', 'reversed'],
  th: ['colspan', 'rowspan', 'scope'],
  td: ['colspan', 'rowspan'],
  time: ['datetime'],
}

/** Whether HTML knows an element of this name; upper case counts too. */
export function isHtmlTag(name: string): boolean {
  const known = name.toLowerCase()
  return ALLOWED_TAGS.has(known) || TAGS_WITHOUT_TEXT.has(known) || UNWRAPPED_TAGS.has(known)
}

function words(...lines: readonly string[]): Set<string> {
  return new Set(lines.join(' ').split(' '))
}
