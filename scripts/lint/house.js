// Our own oxlint rules: the room boundaries of the design that TypeScript's project references are too coarse for.
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** What each room may import of ours. Rooms not listed (scripts, test, bench) may import anything. @type {Record<string, string[]>} */
const rooms = {
  base: [],
  contract: [],
  words: [],
  main: ['base', 'contract', 'words'],
  renderer: ['base', 'contract', 'words'],
  relay: ['base', 'contract', 'words'],
  sandbox: [],
}
/** The only packages these rooms may import (Node's own modules count as one). @type {Record<string, RegExp>} */
const packagesOf = {
  base: /^$/,
  contract: /^(typebox|libphonenumber-js)(\/|$)/,
  words: /^$/,
  sandbox: /^(?!twilio(\/|$))/, // its signer and its tokens are written from Twilio's text, so that they can disagree with the library
  renderer: /^(?!node:|fastify|twilio$|better-sqlite3|electron)/,
}
/** Where alone a package may be imported. `import type` of electron is free: code takes it as a port. @type {[RegExp, RegExp][]} */
const homes = [
  [/^electron(\/|$)/, /^main\/hosts\/electron\/(index|preload)\.ts$/],
  [/^@twilio\/voice-sdk/, /^renderer\/voice\//],
  [/^zustand/, /^renderer\/state\//],
  [/^twilio(\/|$)/, /^(main\/twilio|relay)\//],
  [/^better-sqlite3$/, /^(main\/store|relay\/database)\//],
]

/** Parts of one room that may not know each other. @type {[RegExp, RegExp, string][]} */
const strangers = [
  [/^renderer\/state\//, /^renderer\/(voice|bridge)\//, 'renderer/state is handed voice and bridge by start; it imports neither'],
]
/** Files that a process begins with: only these do something when they are loaded. */
const entries = /(^|\/)(index|server|start|preload|[\w-]*worker)\.tsx?$/

/** Why `file` may not import `name`, or undefined. Both relative to the root, with slashes. */
function objection(/** @type {string} */ file, /** @type {string} */ name, /** @type {boolean} */ isType) {
  const room = file.split('/')[0] ?? ''
  const allowed = rooms[room]
  if (!allowed) return undefined
  if (name.startsWith('.') || path.isAbsolute(name)) {
    const target = path.relative(root, path.resolve(root, path.dirname(file), name)).replaceAll(path.sep, '/')
    const other = target.split('/')[0] ?? ''
    if (other !== room && !allowed.includes(other)) return `${room} may not import from ${other}`
    const apart = strangers.find(([from, to]) => from.test(file) && to.test(target))
    if (apart) return apart[2]
    return /\.(ts|tsx|css|json)$/.test(name.split('?')[0] ?? '') ? undefined : 'relative imports end in .ts: Node runs the source'
  }
  if (packagesOf[room] && !packagesOf[room].test(name)) return `${room} may not import '${name}'`
  const home = homes.find(([pattern]) => pattern.test(name))
  if (home && !home[1].test(file) && !(isType && name === 'electron' && room === 'main'))
    return `'${name}' is imported only in ${home[1].source}`
  return undefined
}

/** The string an import names, or undefined when it is computed. */
const literal = (/** @type {any} */ node) => {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  return node?.type === 'TemplateLiteral' && !node.expressions.length ? node.quasis[0].value.cooked : undefined
}
const fileOf = (/** @type {any} */ context) => path.relative(root, context.filename).replaceAll(path.sep, '/')

const roomsRule = {
  create(/** @type {any} */ context) {
    const file = fileOf(context)
    const check = (/** @type {any} */ node, /** @type {any} */ source, isType = false) => {
      if (!source) return
      const name = literal(source)
      const message =
        name === undefined ? rooms[file.split('/')[0] ?? ''] && 'an import must name its module literally' : objection(file, name, isType)
      if (message) context.report({ node, message })
    }
    return {
      ImportDeclaration: (/** @type {any} */ node) => check(node, node.source, node.importKind === 'type'),
      ExportNamedDeclaration: (/** @type {any} */ node) => check(node, node.source, node.exportKind === 'type'),
      ExportAllDeclaration: (/** @type {any} */ node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (/** @type {any} */ node) => check(node, node.source),
      TSImportType: (/** @type {any} */ node) => check(node, node.source ?? node.argument?.literal ?? node.argument, true),
      TSImportEqualsDeclaration: (/** @type {any} */ node) => check(node, node.moduleReference?.expression),
      CallExpression: (/** @type {any} */ node) =>
        node.callee.type === 'Identifier' && node.callee.name === 'require' && check(node, node.arguments[0]),
    }
  },
}

// Prose may say "select a contact from the list"; a column list has commas between its words.
const SELECT = /^\s*select\s+(distinct\s+)?[\w.*()]+(\s+as\s+\w+)?(\s*,[^,]+)*\s+from\s+\w/i
const CHANGE =
  /^\s*(insert\s+(or\s+\w+\s+)?into|update\s+\w+\s+set|delete\s+from|create\s+(virtual\s+)?(table|index|trigger|view)|alter\s+table|drop\s+table|pragma)\s/i
const sqlRule = {
  create(/** @type {any} */ context) {
    const file = fileOf(context)
    if (
      !/^(main|relay|renderer|contract|base)\//.test(file) ||
      /^(main\/store|relay\/(database|events|directory|calls|numbers|records|recordings|voicemail|backfill))\//.test(file)
    )
      return {}
    const check = (/** @type {any} */ node, /** @type {unknown} */ text) =>
      typeof text === 'string' &&
      (SELECT.test(text) || CHANGE.test(text)) &&
      context.report({ node, message: 'SQL lives in main/store and the stores of the relay' })
    return {
      Literal: (/** @type {any} */ node) => check(node, node.value),
      TemplateLiteral: (/** @type {any} */ node) => check(node, node.quasis[0].value.cooked),
    }
  },
}

/** Loading a module does nothing: no singletons, no order of imports to get right, nothing to mock. */
const effectsRule = {
  create(/** @type {any} */ context) {
    const file = fileOf(context)
    if (!rooms[file.split('/')[0] ?? ''] || entries.test(file)) return {}
    return {
      'Program > ExpressionStatement': (/** @type {any} */ node) =>
        /^(Call|Await|New|Assignment)Expression$/.test(node.expression.type) &&
        context.report({ node, message: 'a module does nothing when it is imported; export a function' }),
    }
  },
}

/** Constructors take ports, so tests hand in others instead of replacing modules. */
const mocksRule = {
  create: (/** @type {any} */ context) => ({
    MemberExpression: (/** @type {any} */ node) =>
      node.object.name === 'vi' &&
      /^(mock|doMock|unmock|hoisted)$/.test(node.property.name) &&
      context.report({ node, message: 'no module mocking: hand the code another port' }),
  }),
}

export default { meta: { name: 'house' }, rules: { rooms: roomsRule, sql: sqlRule, effects: effectsRule, mocks: mocksRule } }
