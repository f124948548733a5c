import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** An element with its own text, in document order. */
export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  /** All text within, children's included (for Say with SSML). */
  text: string
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  trimValues: false,
  cdataPropName: '#cdata',
  processEntities: false,
})

type Ordered = Record<string, unknown>

/** The root of an XML document, or why it is none. */
export function parseXml(text: string): XmlElement | string {
  // Its successor is a package of its own that is not among ours.
  // oxlint-disable-next-line typescript/no-deprecated
  const verdict = XMLValidator.validate(text, { allowBooleanAttributes: false })
  if (verdict !== true) return `${verdict.err.msg} (line ${verdict.err.line})`
  let nodes: Ordered[]
  try {
    nodes = parser.parse(text) as Ordered[]
  } catch (error) {
    // Names that could reach an object's prototype are refused by throwing.
    return (error as Error).message
  }
  const roots = nodes.map(elementOf).filter((one) => one !== undefined)
  if (roots.length !== 1) return 'there must be one root element'
  return roots[0]!
}

function elementOf(node: Ordered): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ':@')
  if (name === undefined || name.startsWith('#')) return undefined
  const inner = node[name] as Ordered[]
  const attributes = Object.fromEntries(Object.entries((node[':@'] ?? {}) as Ordered).map(([key, value]) => [key, decoded(String(value))]))
  const children = inner.map(elementOf).filter((one) => one !== undefined)
  return { name, attributes, children, text: textOf(inner) }
}

function textOf(nodes: Ordered[], decode = decoded): string {
  return nodes
    .map((node) => {
      if (typeof node['#text'] === 'string') return decode(node['#text'])
      const name = Object.keys(node).find((key) => key !== ':@')
      return name === undefined || name === '#comment' ? '' : textOf(node[name] as Ordered[], name === '#cdata' ? verbatim : decoded)
    })
    .join('')
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const verbatim = (text: string): string => text

/** XML's five entities and character references, each once: `&amp;lt;` is `&lt;`. */
function decoded(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (whole, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? whole
      const code = hex === undefined ? Number(digits) : Number.parseInt(hex, 16)
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
    },
  )
}
