import { describe, expect, test } from 'vitest'
import { begin, isUndecided, step, type CallEvent, type CallProgress } from '../../../renderer/voice/call-machine.ts'

type Step = CallEvent['type'] | number | CallEvent
const eventOf = (one: Step): CallEvent =>
  typeof one === 'number' ? { type: 'error', code: one } : typeof one === 'string' ? ({ type: one } as CallEvent) : one
const run = (direction: CallProgress['direction'], ...steps: Step[]) => steps.map(eventOf).reduce(step, begin(direction))
const word = (
  outcome: 'answered' | 'not-reached' | 'abandoned' | 'voicemail' | 'missed',
  reason: 'busy' | 'no-answer' | 'unreachable' | 'declined' | 'rang-out' | null = null,
): CallEvent => ({
  type: 'word',
  outcome,
  reason,
  isOurs: false,
})

describe('outgoing', () => {
  test.each<[string, Step[]]>([
    ['connecting', []],
    ['ringing', ['ringing']],
    ['in-call', ['ringing', 'accept']],
    ['in-call', ['accept', 'ringing']], // late and out of order
    ['reconnecting', ['accept', 'reconnecting']],
    ['reconnecting', ['accept', 'reconnecting', 'reconnecting', 'transport-close', 'reconnecting']],
    ['in-call', ['accept', 'transport-close']],
    ['in-call', ['accept', 'reconnecting', 'reconnected', 'reconnected']],
    ['ended', ['accept', 'disconnect']],
    ['ended', ['accept', 'reconnecting', 'disconnect']],
    ['ended', ['accept', 'hang-up', 'disconnect']],
    ['ended', ['ringing', 'hang-up', 'disconnect']],
    ['busy', [31486, 'disconnect']],
    ['declined', ['ringing', 31603, 'disconnect']],
    ['not-reachable', [31480, 'disconnect']],
    ['not-reachable', [31404, 'disconnect']],
    ['failed', [31002, 'disconnect']],
    ['failed', [99_999]],
    ['failed', ['disconnect', 31401]], // the SDK tells of a refused microphone in this order
    ['failed', ['no-signal']],
    ['busy', ['ringing', 'disconnect', word('not-reached', 'busy')]],
    ['not-reachable', ['disconnect', word('not-reached', 'unreachable')]],
    ['no-answer', ['ringing', 'disconnect', word('not-reached', 'no-answer')]],
    ['no-answer', ['ringing', 'disconnect', 'no-word']],
    ['failed', ['disconnect', 'no-word']],
    ['ended', ['ringing', 'hang-up', word('not-reached', 'busy')]], // we gave up: that is what it was
    ['ended', ['accept', 'disconnect', word('not-reached', 'busy')]],
    ['busy', [31486, word('not-reached', 'no-answer')]],
  ])('%s after %j', (state, steps) => expect(run('outgoing', ...steps).state).toBe(state))

  test('an error in a call ends nothing by itself, and says why the end came', () => {
    expect(run('outgoing', 'accept', 53_405).state).toBe('in-call')
    expect(run('outgoing', 'accept', 53_405, 'disconnect')).toMatchObject({ state: 'ended', note: 'connection-lost' })
  })
})

describe('incoming', () => {
  test.each<[string, string | null, Step[]]>([
    ['incoming', null, []],
    ['connecting', null, ['answer']],
    ['in-call', null, ['answer', 'accept']],
    ['declined', null, ['hang-up', 'reject']],
    ['ended', 'ended-elsewhere', ['cancel']],
    ['ended', 'unknown-end', ['cancel', 'no-word']],
    ['ended', 'answered-elsewhere', ['cancel', word('answered')]],
    ['ended', 'caller-hung-up', ['cancel', word('abandoned')]],
    ['ended', 'voicemail', ['cancel', word('voicemail', 'rang-out')]],
    ['ended', 'rang-out', ['cancel', word('missed', 'rang-out')]],
    ['ended', 'declined-elsewhere', ['cancel', word('missed', 'declined')]],
    ['ended', 'lost-while-ringing', ['transport-close']],
    ['ended', 'lost-while-ringing', ['lost']],
    ['ended', 'connection-lost', ['answer', 'accept', 'lost']],
    ['ended', 'answered-elsewhere', ['cancel', word('answered'), 'no-word']], // the first word stays
  ])('%s (%s) after %j', (state, note, steps) => expect(run('incoming', ...steps)).toMatchObject({ state, note }))

  test('a cancelled ring is never called missed by us: it waits for the relay', () => {
    expect(isUndecided(run('incoming', 'cancel'))).toBe(true)
    expect(isUndecided(run('incoming', 'cancel', 'no-word'))).toBe(false)
  })
})

test('an event that means nothing returns the same object', () => {
  const ended = run('outgoing', 'accept', 'disconnect')
  expect(step(ended, { type: 'reconnecting' })).toBe(ended)
  const calling = run('outgoing', 'accept')
  expect(step(calling, { type: 'accept' })).toBe(calling)
})
