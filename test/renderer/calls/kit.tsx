import { act, fireEvent, screen, within } from '@testing-library/react'
import { vi } from 'vitest'
import type { CallFilter, CallItem, CallNote, CallView } from '../../../contract/history.ts'
import type { CallTimeline } from '../../../contract/timeline.ts'
import { failure, type Failure } from '../../../contract/failure.ts'
import { openApp, signedIn } from '../kit/app-kit.tsx'
import { item } from '../kit/phone-kit.ts'

export { item } from '../kit/phone-kit.ts'

type Answers = { [name: string]: (args: never) => object | Failure }

/** The instant of the call at `index`, a minute earlier each. */
export const at = (index: number) => new Date(Date.UTC(2026, 10, 21, 9) - index * 60_000).toISOString()

/** `count` answered calls, newest first. */
export const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    item({ callId: `call-${String(index).padStart(6, '0')}`, outcome: 'answered', talkSeconds: 60 + index, startedAt: at(index) }),
  )

export const note = (change: Partial<CallNote>): CallNote => ({
  noteId: 'n1',
  text: 'Wants a quote',
  at: '2026-11-21T09:10:00.000Z',
  byUserId: 'ada',
  recordingSid: null,
  atSeconds: null,
  isPending: false,
  ...change,
})

export const timeline = (change: Partial<CallTimeline> = {}): CallTimeline => ({
  callId: 'call-1',
  entries: [],
  why: { what: 'why-answered', params: {} },
  quality: [],
  about: { version: '1', clockOffsetMs: 0, isMasked: false },
  ...change,
})

const byNewest = (a: CallItem, b: CallItem) =>
  a.startedAt === b.startedAt ? (a.callId < b.callId ? 1 : -1) : a.startedAt < b.startedAt ? 1 : -1
const cursorOf = ({ startedAt, callId }: CallItem) => `${startedAt}~${callId}`
const fits = (call: CallItem, { directions, outcomes, tags, from, to, party, talkAtLeast }: CallFilter) =>
  (!directions || directions.includes(call.direction)) &&
  (!outcomes || outcomes.includes(call.outcome)) &&
  (!tags || tags.some((tag) => call.tags.includes(tag))) &&
  (!from || call.startedAt >= from) &&
  (!to || call.startedAt < to) &&
  (talkAtLeast === undefined || (call.talkSeconds ?? 0) >= talkAtLeast) &&
  (!party || (call.party.kind === 'number' && call.party.number === party))

interface Page {
  limit: number
  after?: string
  filter?: CallFilter
}

/** Main with these calls, which may be changed from outside: pages and searches them as it should. */
export function callsMain(calls: CallItem[], notes: Record<string, CallNote[]> = {}): Answers {
  const page = ({ limit, after, filter = {} }: Page, text = '') => {
    const found = calls.filter((call) => fits(call, filter) && JSON.stringify(call).includes(text)).toSorted(byNewest)
    const rest = found.filter((call) => after === undefined || cursorOf(call) < after)
    const rows = rest.slice(0, limit)
    return { rows, next: limit < rest.length ? cursorOf(rows.at(-1)!) : null, count: found.length }
  }
  return {
    'calls.page': (args: Page) => {
      const { rows, next } = page(args)
      return { calls: rows, next }
    },
    'calls.search': ({ text, ...args }: Page & { text: string }) => {
      const { rows, next } = page(args, text)
      return { hits: rows.map((call) => ({ call, matched: ['number'], snippet: null })), next }
    },
    'calls.count': ({ text, filter }: { text?: string; filter: CallFilter }) => ({ count: page({ limit: 1, filter }, text).count }),
    'calls.get': ({ callId }: { callId: string }): CallView | Failure => {
      const call = calls.find((one) => one.callId === callId)
      return call ? { ...call, notes: notes[callId] ?? [] } : failure('not-found')
    },
    'calls.timeline': ({ callId, mask }: { callId: string; mask?: boolean }) =>
      timeline({ callId, about: { version: '1', clockOffsetMs: 0, isMasked: mask === true } }),
    'calls.note': ({ callId, noteId, text }: { callId: string; noteId: string; text: string | null }) => {
      const others = (notes[callId] ?? []).filter((one) => one.noteId !== noteId)
      notes[callId] = text === null ? others : [...others, note({ noteId, text })]
      return notes[callId]
    },
    'calls.tag': ({ callIds, add, remove }: { callIds: string[]; add: string[]; remove: string[] }) => {
      for (const call of calls)
        if (callIds.includes(call.callId)) call.tags = [...call.tags.filter((tag) => !remove.includes(tag) && !add.includes(tag)), ...add]
      return {}
    },
    'calls.tags': () => [{ tag: 'vip', count: 3 }],
  }
}

interface Options {
  /** After `#/calls`. */
  to?: string
  role?: 'manager' | 'staff'
  notes?: Record<string, CallNote[]>
  isOn?: boolean
}

/** Calls, opened. happy-dom lays nothing out: the list is told that it is 704 px high and 1024 wide. */
export async function openCalls(
  calls: CallItem[],
  answers: Answers = {},
  { to = '', role = 'manager', notes = {}, isOn = true }: Options = {},
) {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(704)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1024)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(704)
  const session = { ...signedIn, user: { userId: 'ada', name: 'Ada', role } }
  const app = await openApp({ session, isOn, answers: { ...callsMain(calls, notes), ...answers } })
  act(() => void (location.hash = `#/calls${to}`))
  await screen.findByRole('heading', { level: 1, name: 'Calls' }, { timeout: 15_000 })
  return { ...app, calls }
}

export const list = () => within(screen.getByRole('list', { name: 'Calls' }))
export const rows = () => list().getAllByRole('listitem')
export const row = (index: number) => within(rows()[index]!)
/** What was asked of main under a name. */
export const askedFor = ({ asked }: { asked: { name: string; args: unknown }[] }, name: string) =>
  asked.filter((one) => one.name === name).map((one) => one.args as Record<string, unknown>)
/** Takes back what was done. A toast takes no pointer in the moment it comes, so it is clicked without one. */
export const undo = async () => void fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
