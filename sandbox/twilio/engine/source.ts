import { parseTwiml } from '../twiml/parse.ts'
import type { TwimlProblem, Verb } from '../twiml/verbs.ts'
import { parseOverrides } from '../webhooks/overrides.ts'
import type { Pairs } from '../webhooks/sign.ts'
import type { EngineDeps } from './deps.ts'
import { standardFields } from './fields.ts'
import type { LiveCall } from './live-call.ts'

export interface Target {
  url: string
  method: 'GET' | 'POST'
}

/** Where a document comes from. `params` replace the standard ones, `extra` are added to them. */
export type Source =
  | (Target & { kind: 'url'; extra?: Pairs; params?: (standard: Pairs) => Pairs; fallback?: Target | undefined })
  | { kind: 'twiml'; twiml: string; fallback?: Target | undefined }

/** A document ready to run; `base` is what its relative URLs are relative to. */
export interface Document {
  verbs: Verb[]
  base: string | undefined
}

/** Fetches and parses a document, or asks the fallback for another. Undefined when there is none: an application error. */
export async function load(deps: EngineDeps, live: LiveCall, source: Source, fallback: Target | undefined): Promise<Document | undefined> {
  const first = await loadOnce(deps, live, source)
  if ('verbs' in first) return first
  report(deps, live, 'error', first)
  const second = source.fallback ?? fallback
  if (!second?.url || live.isOver) return undefined
  const errorUrl = source.kind === 'url' ? parseOverrides(source.url).url : ''
  const extra: Pairs = [...(source.kind === 'url' ? (source.extra ?? []) : []), ['ErrorCode', String(first.code)], ['ErrorUrl', errorUrl]]
  const params = source.kind === 'url' ? source.params : undefined
  const other = await loadOnce(deps, live, { kind: 'url', ...second, extra, ...(params ? { params } : {}) })
  if ('verbs' in other) return other
  report(deps, live, 'error', other)
  return undefined
}

async function loadOnce(deps: EngineDeps, live: LiveCall, source: Source): Promise<Document | TwimlProblem> {
  if (source.kind === 'twiml') return read(deps, live, Buffer.from(source.twiml), 'text/xml', undefined)
  const standard: Pairs = standardFields(live.call, live.flow)
  const answer = await deps.webhooks.ask({
    url: source.url,
    method: source.method,
    callSid: live.call.sid,
    params: [...(source.params?.(standard) ?? standard), ...(source.extra ?? [])],
  })
  if (!answer.ok) return { code: answer.code, message: `${answer.message} (${answer.url})` }
  return read(deps, live, answer.body, answer.contentType, answer.url)
}

function read(deps: EngineDeps, live: LiveCall, body: Uint8Array, type: string, base: string | undefined): Document | TwimlProblem {
  const parsed = parseTwiml(body, type)
  for (const warning of parsed.warnings) report(deps, live, 'warning', warning)
  return parsed.ok ? { verbs: parsed.verbs, base } : parsed.problem
}

/** Writes what Twilio's debugger would show. */
export function report(deps: EngineDeps, live: LiveCall, kind: 'warning' | 'error', { code, message }: TwimlProblem): void {
  deps.account.ledger({ kind, what: message, callSid: live.call.sid, code })
}

/** A URL of a document, absolute; an empty one is the document's own. Undefined when it is none. */
export function resolveUrl(url: string, base: string | undefined): string | undefined {
  if (!URL.canParse(url, base)) return undefined
  return url === '' ? base : new URL(url, base).href
}
