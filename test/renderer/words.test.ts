import { expect, test } from 'vitest'
import { outcomeReasons, outcomes } from '../../contract/call.ts'
import { failureCodes } from '../../contract/failure.ts'
import { callStates } from '../../renderer/model/phone.ts'
import { en } from '../../words/en.ts'

test.each(Object.keys(failureCodes))('failure %s has a sentence and a remedy', (code) => {
  const words = en.failures[code as keyof typeof en.failures]
  expect(words.sentence).toMatch(/^[A-Z].*\.$/)
  expect(words.remedy).toMatch(/^[A-Z].*\.$/)
})

test('no failure has words but no code', () => {
  expect(Object.keys(en.failures).toSorted()).toEqual(Object.keys(failureCodes).toSorted())
})

test('each state has its exact word', () => {
  expect(callStates.map((state) => en.call.state[state])).toEqual([
    'Ready',
    'Connecting',
    'Ringing',
    'Incoming call',
    'In call',
    'On hold',
    'Reconnecting',
    'Call ended',
    'Busy',
    'No answer',
    'Declined',
    'Not reachable',
    'Failed',
  ])
})

test('each outcome and reason has words', () => {
  for (const outcome of outcomes) expect(en.calls.outcome[outcome]).toBeTruthy()
  for (const reason of outcomeReasons) expect(en.calls.reason[reason]).toBeTruthy()
})

test('no word shouts', () => expect(JSON.stringify(en)).not.toMatch(/!/))
