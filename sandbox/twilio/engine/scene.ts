import type { EngineDeps } from './deps.ts'
import type { FinalStatus, LiveCall } from './live-call.ts'
import type { Document, Source } from './source.ts'

/** What a verb leaves behind: go on, run another document, or end the call. `isAction` documents are asked for even after the call. */
export type Outcome = { kind: 'next' } | { kind: 'goto'; source: Source; isAction: boolean } | { kind: 'end' }

/** One document being run. */
export interface Scene {
  deps: EngineDeps
  live: LiveCall
  base: string | undefined
  /** Aborted when the call is over or redirected. */
  signal: AbortSignal
  isFirstVerb: boolean
  run: Run
  /** Runs a document on another leg (a screening): `next` when all its verbs were run, else what ended it. */
  perform: (live: LiveCall, document: Document) => Promise<Outcome>
}

/** What lasts from document to document. */
export interface Run {
  /** How the last Dial ended while the caller was still unanswered: it becomes the call's own status. */
  unansweredStatus: FinalStatus | undefined
  /** The caller has been told that somebody rings: once is enough. */
  isRinging: boolean
}
