import {
  DOMParser,
  onErrorStopParsing,
  type Document,
  type Element,
  type Node,
  type ProcessingInstruction,
} from '@xmldom/xmldom'

/** Prefixes that a feed may use; each document declares its own at the root. */
const NAMESPACES: Readonly<Record<string, string>> = {
  atom: 'http://www.w3.org/2005/Atom',
  content: 'http://purl.org/rss/1.0/modules/content/',
  dc: 'http://purl.org/dc/elements/1.1/',
  media: 'http://search.yahoo.com/mrss/',
  fh: 'http://purl.org/syndication/history/1.0',
}

export type Attributes = Readonly<Record<string, string>>

/** The tree of a frame that we wrote: throws at the first thing that is odd in it. */
export function parseXml(xml: string): Document {
  return new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'application/xml')
}

export function childrenNamed(parent: Element, name: string): Element[] {
  return Array.from(parent.childNodes)
    .filter(isElement)
    .filter((child) => child.nodeName === name)
}

/** The root, or throws: the tree is our own, so a missing element is a mistake in this folder. */
export function rootOf(document: Document): Element {
  const root = document.documentElement
  if (!root) throw new Error('The feed has no root element.')
  return root
}

export function onlyChild(parent: Element, name: string): Element {
  const [child, second] = childrenNamed(parent, name)
  if (!child || second) throw new Error(`Expected exactly one <${name}> in <${parent.nodeName}>.`)
  return child
}

/** Adds an element at the end. The namespace is its prefix's, or its parent's where it has none. */
export function append(parent: Element, name: string, text = '', attributes: Attributes = {}): Element {
  return insert(parent, undefined, name, text, attributes)
}

/** Adds an element before another child; at the end where there is none. */
export function insert(
  parent: Element,
  before: Element | undefined,
  name: string,
  text = '',
  attributes: Attributes = {},
): Element {
  const prefix = name.includes(':') ? name.slice(0, name.indexOf(':')) : undefined
  const namespace = prefix === undefined ? parent.namespaceURI : NAMESPACES[prefix]
  if (namespace === undefined) throw new Error(`The prefix of <${name}> is not known.`)
  const element = ownerOf(parent).createElementNS(namespace, name)
  fill(element, text, attributes)
  parent.insertBefore(element, before ?? null)
  return element
}

/** Replaces attributes and text of the only element of that name; adds it where there is none. */
export function put(parent: Element, name: string, text: string, attributes: Attributes = {}): void {
  if (childrenNamed(parent, name).length === 0) append(parent, name, text, attributes)
  else fill(onlyChild(parent, name), text, attributes)
}

/** As `put`, for HTML, which is markup and means to be. */
export function putHtml(parent: Element, name: string, html: string, attributes: Attributes = {}): void {
  put(parent, name, '', attributes)
  onlyChild(parent, name).textContent = html
}

export function removeAll(parent: Element, name: string): void {
  for (const child of childrenNamed(parent, name)) parent.removeChild(child)
}

export function declarePrefixes(root: Element, prefixes: readonly string[]): void {
  for (const prefix of prefixes) {
    root.setAttributeNS('http://www.w3.org/2000/xmlns/', `xmlns:${prefix}`, NAMESPACES[prefix] ?? '')
  }
}

/** Tells browsers how to draw the document for a person. `path` is that of an address, with `%22` for a quote. */
export function linkStylesheet(document: Document, path: string): void {
  const data = `type="text/css" href="${escapeAttribute(path)}"`
  document.insertBefore(document.createProcessingInstruction('xml-stylesheet', data), rootOf(document))
}

/**
 * The document with one element on each line. `&` and `<` in text are hexadecimal references, as the W3C feed
 * validator asks for, and the end of `]]>` is one too (XML 1.0, 2.4). Text is written as it is: it must be clean.
 */
export function toXml(document: Document): string {
  const instructions = Array.from(document.childNodes)
    .filter(isInstruction)
    // xmldom keeps the declaration of what it parsed as one.
    .filter(({ target }) => target !== 'xml')
    .map(({ target, data }) => `<?${target} ${data}?>\n`)
  return `<?xml version="1.0" encoding="utf-8"?>\n${instructions.join('')}${elementXml(rootOf(document), '')}\n`
}

function elementXml(element: Element, indent: string): string {
  const pairs = Array.from(element.attributes, ({ name, value }) => ` ${name}="${escapeAttribute(value)}"`)
  const start = `${indent}<${element.nodeName}${pairs.join('')}`
  const children = Array.from(element.childNodes).filter(isElement)
  if (children.length > 0) {
    const lines = children.map((child) => elementXml(child, `${indent}  `))
    return `${start}>\n${lines.join('\n')}\n${indent}</${element.nodeName}>`
  }
  const text = element.textContent ?? ''
  return text === '' ? `${start}/>` : `${start}>${escapeText(text)}</${element.nodeName}>`
}

function fill(element: Element, text: string, attributes: Attributes): void {
  for (const { name } of Array.from(element.attributes)) element.removeAttribute(name)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, asText(value))
  element.textContent = asText(text)
}

/**
 * Feed validators take `</p>` and `<ann@example.org>` in plain text for markup; so do some readers, which then show
 * nothing of it, or stumble over `<!`. A word joiner (U+2060), which nobody sees and `cleanLine` drops, keeps it text.
 */
function asText(plain: string): string {
  return plain.replace(/<(?=[!?]|\/\w+>|[^\s<>@]+@[^\s<>]+>)/g, '<\u2060')
}

function isElement(node: { readonly nodeType: number }): node is Element {
  return node.nodeType === 1
}

function isInstruction(node: Node): node is ProcessingInstruction {
  return node.nodeType === 7
}

function ownerOf(element: Element): Document {
  if (!element.ownerDocument) throw new Error(`<${element.nodeName}> belongs to no document.`)
  return element.ownerDocument
}

function escapeText(text: string): string {
  return text.replace(/[&<]|(?<=\]\])>/g, reference)
}

function escapeAttribute(value: string): string {
  return value.replace(/[&<>"\t\n]/g, reference)
}

function reference(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`
}
