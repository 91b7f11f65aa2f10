/** A new one, or any other block, ends a paragraph that is open. */
const BLOCKS = words('p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre hr table figure figcaption div')
const HEADINGS = words('h1 h2 h3 h4 h5 h6')
const VOID = words('br hr img')
/** What holds cells, but no text of its own. */
const TABLE_PARTS = words('table thead tbody tfoot tr')
/** Nothing outside of these is ended by what stands within. */
const WALLS = words('table td th caption')
/** Where a part of a table may stand. */
const PLACES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['caption', words('table')],
  ['thead', words('table')],
  ['tbody', words('table')],
  ['tfoot', words('table')],
  ['tr', words('table thead tbody tfoot')],
  ['td', words('tr')],
  ['th', words('tr')],
])
/** One ends another that is open: as far as up to one of these elements. */
const SIBLINGS: ReadonlyMap<string, readonly [ReadonlySet<string>, upTo: ReadonlySet<string>]> = new Map([
  ['li', [words('li'), words('ul ol blockquote')]],
  ['dt', [words('dt dd'), words('dl blockquote')]],
  ['dd', [words('dt dd'), words('dl blockquote')]],
])

/** An element that was written; the same object is on both stacks. */
interface Open {
  readonly name: string
}

/**
 * Sanitised HTML so nested that the parser of the HTML standard (13.2.6) finds every element where it was written, in
 * whatever page or feed it is put: no block within a paragraph, no link within a link, nothing between the cells of a
 * table. Words stay in their order; an element that cannot be where it is ends early, or is left out.
 *
 * @param html balanced, of the elements of `ALLOWED_TAGS`, with `<` and `>` as references wherever they are text.
 */
export function nested(html: string): string {
  const nesting = new Nesting()
  for (const [token, end, name] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>|[^<]+/g)) {
    if (name === undefined) nesting.text(token)
    else if (end) nesting.end()
    else nesting.start(name, token)
  }
  return nesting.finish()
}

class Nesting {
  #out = ''
  /** What is open in what was written. */
  readonly #open: Open[] = []
  /** What is open in what is read; undefined for what was left out. */
  readonly #read: (Open | undefined)[] = []

  text(text: string): void {
    if (text.trim() !== '') this.#leaveTableParts()
    this.#out += text
  }

  start(name: string, tag: string): void {
    const open = this.#mayStand(name) ? { name } : undefined
    if (open) {
      this.#out += tag
      if (!VOID.has(name)) this.#open.push(open)
    }
    if (!VOID.has(name)) this.#read.push(open)
  }

  end(): void {
    const open = this.#read.pop()
    if (open && this.#open.includes(open)) this.#close(this.#open.indexOf(open))
  }

  finish(): string {
    this.#close(0)
    return this.#out
  }

  /** Makes room for an element, or says that there is none. */
  #mayStand(name: string): boolean {
    const places = PLACES.get(name)
    if (places) return this.#findPlace(places)
    this.#leaveTableParts()
    const [siblings, upTo] = SIBLINGS.get(name) ?? []
    if (siblings && upTo) this.#closeNearest(siblings, upTo)
    if (BLOCKS.has(name)) this.#closeNearest(PARAGRAPH)
    if (name === 'a') return this.#nearest(LINK) < 0
    return !(HEADINGS.has(name) && HEADINGS.has(this.#open.at(-1)?.name ?? ''))
  }

  /** Parts of a table stand in the innermost one, and in nothing that a cell of it holds. */
  #findPlace(places: ReadonlySet<string>): boolean {
    const table = this.#open.findLastIndex((one) => one.name === 'table')
    if (table < 0) return false
    const place = this.#open.findLastIndex((one, index) => index >= table && places.has(one.name))
    this.#close((place < 0 ? this.#open.findLastIndex((one) => TABLE_PARTS.has(one.name)) : place) + 1)
    if (place < 0) this.#add('tr')
    return true
  }

  /** Text and all other elements stand in cells. */
  #leaveTableParts(): void {
    const part = this.#open.at(-1)?.name
    if (part === undefined || !TABLE_PARTS.has(part)) return
    if (part !== 'tr') this.#add('tr')
    this.#add('td')
  }

  #add(name: string): void {
    this.#out += `<${name}>`
    this.#open.push({ name })
  }

  #nearest(names: ReadonlySet<string>, upTo: ReadonlySet<string> = WALLS): number {
    const isEnd = ({ name }: Open): boolean => names.has(name) || upTo.has(name) || WALLS.has(name)
    const index = this.#open.findLastIndex(isEnd)
    return names.has(this.#open[index]?.name ?? '') ? index : -1
  }

  #closeNearest(names: ReadonlySet<string>, upTo?: ReadonlySet<string>): void {
    const index = this.#nearest(names, upTo)
    if (index >= 0) this.#close(index)
  }

  /** Ends everything from there on, the innermost first. */
  #close(from: number): void {
    for (const { name } of this.#open.splice(from).toReversed()) this.#out += `</${name}>`
  }
}

const PARAGRAPH = words('p')
const LINK = words('a')

function words(names: string): ReadonlySet<string> {
  return new Set(names.split(' '))
}
