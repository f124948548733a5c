import { Ajv, type ValidateFunction } from 'ajv'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

type Node = { [name: string]: unknown }

export interface OpenApi {
  /** What is wrong with a success body of an operation (`path` as the document writes it), or nothing. @throws for an operation or status it does not know */
  problems(method: string, path: string, status: number, body: unknown): string[]
  /** Whether the document has such an answer, with or without a body. */
  knows(method: string, path: string, status: number): boolean
}

const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
const formats: Record<string, RegExp | true> = {
  'date-time-rfc-2822': new RegExp(String.raw`^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (${months}) \d{4} \d{2}:\d{2}:\d{2} \+0000$`),
  'phone-number': /^\+\d+$/,
  'phone-number-capabilities': true,
  'http-method': /^(GET|POST)$/,
  // Usage records write it in lower case.
  currency: /^([A-Z]{3}|[a-z]{3})$/,
  // Twilio's own examples have relative ones, and '' for what is not set.
  uri: /^(|\/\S*|https?:\/\/\S+)$/,
  'uri-map': true,
  endpoint: true,
  'iso-country-code': /^[A-Z]{2}$/,
  // ISO 8601 in whole seconds, as the newer products write it.
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  'phone-number-price': true,
  'outbound-prefix-price-with-origin': true,
  'outbound-call-price-with-origin': true,
  'inbound-call-price': true,
  'ice-server': true,
  int32: true,
  int64: true,
  double: true,
  float: true,
  twiml: true,
}

/** Where the document contradicts Twilio's own examples: prices and places are strings, unset SIDs may be ''. */
const stringNumbers = new Set(['latitude', 'longitude', 'price', 'base_price', 'current_price'])
/** A friendly name is free text, although some schemas give it the format of a number. */
const freeText = new Set(['friendly_name'])
const emptySids = new Set(['voice_application_sid', 'sms_application_sid', 'trunk_sid', 'emergency_address_sid'])

/**
 * One of Twilio's OpenAPI 3.0.1 documents, by product and version (npm @twilio/cli-core 9.0.0, MIT) as a checker of answers, closed: a field that the
 * document does not name is an error too.
 */
export function createOpenApi(product = 'api_v2010'): OpenApi {
  const document = JSON.parse(
    readFileSync(fileURLToPath(import.meta.resolve(`@twilio/cli-core/src/services/twilio-api/twilio_${product}.json`)), 'utf8'),
  ) as Node
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format)
  ajv.addSchema({ $id: 'oai', components: adapt(document['components']) as Node })
  const compiled = new Map<string, ValidateFunction>()
  const responseOf = (method: string, path: string, status: number) =>
    at(document, 'paths', path, method.toLowerCase(), 'responses', String(status))
  return {
    knows: (method, path, status) => responseOf(method, path, status) !== undefined,
    problems: (method, path, status, body) => {
      const key = `${method} ${path} ${status}`
      const schema = at(responseOf(method, path, status), 'content', 'application/json', 'schema')
      if (!schema) throw new Error(`Twilio's document has no body for ${key}`)
      const validate = compiled.get(key) ?? ajv.compile(adapt(schema) as Node)
      compiled.set(key, validate)
      if (validate(body)) return []
      return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`)
    },
  }
}

function at(node: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((inner, name) => (inner as Node | undefined)?.[name], node)
}

/** OAS 3.0.1 to draft-07: references into the one document, `nullable`, closed objects, and the patches above. */
function adapt(node: unknown, name = ''): unknown {
  if (Array.isArray(node)) return node.map((item) => adapt(item))
  if (typeof node !== 'object' || node === null) return node
  const source = node as Node
  if (typeof source['$ref'] === 'string') {
    const reference = { $ref: source['$ref'].replace('#/components', 'oai#/components') }
    return source['nullable'] ? { anyOf: [reference, { type: 'null' }] } : reference
  }
  const schema: Node = {}
  for (const [key, value] of Object.entries(source)) schema[key] = key === 'properties' ? adaptProperties(value as Node) : adapt(value)
  return patch(close(nullable(schema)), name)
}

const adaptProperties = (properties: Node): Node =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, adapt(value, name)]))

function nullable(schema: Node): Node {
  const { nullable: isNullable, ...rest } = schema
  // Without a type anything goes, null included.
  if (isNullable !== true || rest['type'] === undefined) return rest
  const values = rest['enum'] as unknown[] | undefined
  return { ...rest, type: [rest['type'], 'null'], ...(values ? { enum: [...values, null] } : {}) }
}

function close(schema: Node): Node {
  return schema['properties'] && schema['additionalProperties'] === undefined ? { ...schema, additionalProperties: false } : schema
}

function patch(schema: Node, name: string): Node {
  if (stringNumbers.has(name)) return { type: ['string', 'number', 'null'] }
  if (freeText.has(name)) return { type: schema['type'] }
  if (emptySids.has(name)) return { anyOf: [schema, { const: '' }] }
  return schema
}
