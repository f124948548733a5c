import { expect, test } from 'vitest'
import { outcomeReasons, outcomes } from '../../contract/call.ts'
import { isMissedEntry } from '../../contract/missed.ts'

const entries = (['incoming', 'outgoing'] as const).flatMap((direction) =>
  outcomes.flatMap((outcome) =>
    [...outcomeReasons, null].filter((reason) => isMissedEntry({ direction, outcome, reason })).map(() => `${direction} ${outcome}`),
  ),
)

test('nothing is in the inbox but incoming calls that nobody answered and nobody declined', () => {
  const every = outcomeReasons.length + 1
  const groups = [...Map.groupBy(entries, (one) => one)]
  const counts = Object.fromEntries(groups.map(([name, found]) => [name, found.length]))
  expect(counts).toEqual({ 'incoming missed': every - 1, 'incoming voicemail': every, 'incoming abandoned': every })
})

test.each([
  ['declined by a person', { outcome: 'missed', reason: 'declined' }, false],
  ['declined, but with a message', { outcome: 'voicemail', reason: 'declined' }, true],
  ['nobody was there', { outcome: 'missed', reason: 'unreachable' }, true],
  ['of which no proof has come yet', { outcome: 'ongoing', reason: null }, false],
] as const)('a call %s', (_what, call, isEntry) => {
  expect(isMissedEntry({ direction: 'incoming', ...call })).toBe(isEntry)
})
