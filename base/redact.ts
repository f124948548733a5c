// A number by itself: SIDs, ids, and dates have letters, dashes or dots beside their digits.
const NUMBER = /(?<![\w.-])(\+|%2[bB])?\d{3,}(\d{4})(?![\w-]|\.\d)/g
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g

/** A text for a log: of every phone number only the last four digits are left, of every token and credential nothing. */
export const redactText = (text: string): string =>
  text
    .replaceAll(BEARER, '$1 …')
    .replaceAll(TOKEN, '…')
    .replaceAll(NUMBER, (_, _plus, end: string) => `…${end}`)

const SECRET = /^(token|authorization|cookie|password|secret|code|signature|publickey|body|payload|.*(token|secret|password))$/i

/** A value for a log: texts as `redactText`, fields that are secrets or bodies by their name left out. At most five levels deep. */
export function redact(value: unknown, depth = 5): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null || value instanceof Error) return value // errors have a serializer of their own
  if (depth === 0) return '…'
  if (Array.isArray(value)) return value.map((item) => redact(item, depth - 1))
  const shown = Object.entries(value).map(([name, item]) => [
    name,
    SECRET.test(name) && typeof item !== 'number' ? '…' : redact(item, depth - 1),
  ])
  return Object.fromEntries(shown)
}
