import { SaxesParser } from 'saxes'

export interface XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlNode[]
  text: string
}

interface StrictReading {
  readonly root: XmlNode
  /** Empty for a well-formed document with every prefix declared. */
  readonly errors: readonly string[]
}

/** Reads with the strictest XML parser there is for JavaScript: the gate that every feed must pass. */
export function readStrictly(xml: string): StrictReading {
  const errors: string[] = []
  const document: XmlNode = { name: '#document', attributes: {}, children: [], text: '' }
  const open: XmlNode[] = [document]
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => errors.push(error.message))
  parser.on('opentag', ({ name, attributes }) => {
    const values = Object.entries(attributes).map(([key, { value }]) => [key, value])
    const node: XmlNode = { name, attributes: Object.fromEntries(values), children: [], text: '' }
    open.at(-1)?.children.push(node)
    open.push(node)
  })
  const addText = (text: string): void => {
    const node = open.at(-1)
    if (node) node.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => open.pop())
  parser.write(xml).close()
  const root = document.children[0]
  if (!root) throw new Error(`No root element: ${errors.join('; ')}`)
  return { root, errors }
}

export function named(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child) => child.name === name)
}

export function textOf(node: XmlNode, name: string): string | undefined {
  return named(node, name)[0]?.text
}

/** The items of RSS or the entries of Atom. */
export function entriesOf(xml: string): XmlNode[] {
  const { root } = readStrictly(xml)
  return root.name === 'feed' ? named(root, 'entry') : named(root, 'channel').flatMap((one) => named(one, 'item'))
}
