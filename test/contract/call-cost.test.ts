import { describe, expect, test } from 'vitest'
import type { CallFact } from '../../contract/call.ts'
import { unratedOf } from '../../contract/call-cost.ts'
import { recordOf } from '../../contract/call-record.ts'

const CALL = `CA${'1'.repeat(32)}`
const VOICEMAIL = `rec:RE${'1'.repeat(32)}`
const at = '2026-11-21T10:00:00.000Z'
type Values = Readonly<Record<string, CallFact['value']>>
const of = (subject: string, values: Values, source: CallFact['source'] = 'rest-final'): CallFact[] =>
  Object.entries(values).map(([field, value]) => ({ subject, field, value, source, at }))

const leg = of('leg:party', { sid: CALL, role: 'party', from: '+14155552671', status: 'completed', price: '-0.0085', priceUnit: 'USD' })
const call = [...of('call', { direction: 'incoming' }, 'relay'), ...leg]
const asked = of('call', { transcriptAsked: true }, 'relay')
const recording = { source: 'RecordVerb', status: 'completed', durationSeconds: 30, price: '-0.0025', priceUnit: 'USD' }
const message = (changes: Values = {}) => of(VOICEMAIL, { ...recording, ...changes })
const costed = (...facts: CallFact[][]) => [recordOf('c1', facts.flat())?.cost, unratedOf(facts.flat())]

describe('a voicemail’s transcript is charged for', () => {
  test('so far until it is rated, though recording and leg are', () => {
    expect(costed(call, asked, message())).toEqual([{ amount: '0.011', currency: 'USD', isFinal: false }, ['transcript']])
    const priced = { transcriptStatus: 'completed', transcriptPrice: '-0.05', transcriptPriceUnit: 'USD' }
    expect(costed(call, asked, message(priced))).toEqual([{ amount: '0.061', currency: 'USD', isFinal: true }, []])
  })

  test.each<[string, Values, CallFact[]]>([
    ['failed', { transcriptStatus: 'failed' }, asked],
    ['was not asked for', {}, []],
    ['is of a length that Twilio refuses', { durationSeconds: 121 }, asked],
    ['is of a conversation', { source: 'DialVerb' }, asked],
  ])('one that %s costs nothing', (_, changes, how) => {
    expect(costed(call, how, message(changes))).toEqual([{ amount: '0.011', currency: 'USD', isFinal: true }, []])
  })

  test('found at Twilio though nobody knows that it was asked for, it is waited for', () => {
    expect(costed(call, message({ transcriptStatus: 'completed' }))).toMatchObject([{ isFinal: false }, ['transcript']])
  })

  test('a price in another currency is not added, and nothing is final', () => {
    const other = { transcriptStatus: 'completed', transcriptPrice: '-0.05', transcriptPriceUnit: 'EUR' }
    expect(costed(call, asked, message(other))[0]).toEqual({ amount: '0.011', currency: 'USD', isFinal: false })
  })
})

describe('a recording without a price', () => {
  test.each(['absent', 'failed'])('that is %s never was: the cost is final', (status) => {
    expect(costed(call, asked, message({ status, price: null }))).toEqual([{ amount: '0.0085', currency: 'USD', isFinal: true }, []])
  })

  test('that was deleted stays unknown for ever, and why is said', () => {
    const gone = message({ status: 'deleted', price: null })
    expect(costed(call, gone)).toEqual([{ amount: '0.0085', currency: 'USD', isFinal: false }, ['deleted-recording']])
    expect(costed(call, asked, message({ status: 'deleted' }))).toMatchObject([{ isFinal: false }, ['deleted-recording']])
    expect(costed(call, message({ status: 'deleted' }))).toMatchObject([{ amount: '0.011', isFinal: true }, []])
  })
})
