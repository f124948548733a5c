import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CallFact } from '../../contract/call.ts'
import { recordOf } from '../../contract/call-record.ts'
import type { KnownRecord } from '../../contract/record-check.ts'
import { maskTimeline } from '../../contract/timeline-mask.ts'
import { timelineOf } from '../../contract/timeline-of.ts'
import { whyOf } from '../../contract/timeline-why.ts'
import type { TimelineEntry } from '../../contract/timeline.ts'

const CALL = 'call-1'
const DEVICE = `leg:d1-dev1`
const sid = (letter: string) => `CA${letter.repeat(32)}`

type Told = [field: string, value: CallFact['value'], source: CallFact['source'], at: string, sequence?: number]
const told = (subject: string, ...rows: Told[]): CallFact[] =>
  rows.map(([field, value, source, at, sequence]) => ({
    subject,
    field,
    value,
    source,
    at: `2026-11-21T09:00:${at}Z`,
    ...(sequence === undefined ? {} : { sequence }),
  }))
const instant = (second: string) => `2026-11-21T09:00:${second}Z`

/** An incoming call that Sam's first device answered, and whose second was left out. */
const answered: CallFact[] = [
  ...told(
    'call',
    ['direction', 'incoming', 'relay', '00.120'],
    ['startedAt', instant('00.120'), 'webhook', '00.120'],
    ['from', '+14155552671', 'webhook', '00.120'],
    ['to', '+14155550100', 'webhook', '00.120'],
    ['ourNumber', '+14155550100', 'relay', '00.120'],
    ['ringSeconds', 25, 'relay', '00.121'],
    ['recordWanted', 'number', 'relay', '00.121'],
  ),
  ...told(
    'leg:party',
    ['role', 'party', 'relay', '00.120'],
    ['sid', sid('a'), 'webhook', '00.120'],
    ['from', '+14155552671', 'webhook', '00.120'],
    ['status', 'completed', 'webhook', '31.000', 4],
    ['endAt', instant('31.000'), 'webhook', '31.000', 4],
    ['price', '-0.0085', 'rest-final', '59.000'],
    ['priceUnit', 'USD', 'rest-final', '59.000'],
  ),
  ...told(
    DEVICE,
    ['role', 'device', 'relay', '00.121'],
    ['userId', 'sam', 'relay', '00.121'],
    ['deviceId', 'dev1', 'relay', '00.121'],
    ['reachable', true, 'relay', '00.121'],
    ['parentSid', sid('a'), 'relay', '00.121'],
    ['sid', sid('b'), 'webhook', '01.000', 0],
    ['initiatedAt', instant('00.000'), 'webhook', '00.000', 0],
    ['ringAt', instant('01.000'), 'webhook', '01.000', 1],
    ['answerAt', instant('06.000'), 'webhook', '06.000', 2],
    ['status', 'completed', 'webhook', '30.000', 3],
    ['endAt', instant('30.000'), 'webhook', '30.000', 3],
    ['durationSeconds', 24, 'webhook', '30.000', 3],
    ['bridged', true, 'webhook', '30.450'],
    ['clicked', 'answer', 'sdk', '05.700'],
  ),
  ...told(
    'leg:d1-dev2',
    ['role', 'device', 'relay', '00.121'],
    ['userId', 'sam', 'relay', '00.121'],
    ['deviceId', 'dev2', 'relay', '00.121'],
    ['reachable', false, 'relay', '00.121'],
    ['status', 'failed', 'relay', '00.121'],
    ['endAt', instant('00.121'), 'relay', '00.121'],
  ),
]
const records: KnownRecord[] = [
  {
    kind: 'trace',
    recordId: `${CALL}:dev1`,
    callId: CALL,
    phoneNumber: null,
    value: {
      entries: [
        { at: instant('05.300'), name: 'incoming', detail: null },
        { at: instant('06.200'), name: 'accept', detail: 'called +14155550100' },
      ],
    },
    at: instant('31.500'),
    byUserId: 'sam',
  },
]
const record = () => {
  const made = recordOf(CALL, answered)
  if (!made) throw new Error('no record')
  return made
}
const whats = (entries: readonly TimelineEntry[]) => entries.map((one) => one.what)

const maskedParams = (params: TimelineEntry['params']) => {
  const about = { version: '1', clockOffsetMs: 0, isMasked: false }
  const why = { what: 'why-not-reached', params }
  const masked = maskTimeline({ callId: CALL, entries: timelineOf(record(), answered, records), why, quality: [], about })
  return masked.why.params
}

describe('the timeline of a call', () => {
  test('tells an answered call from the first webhook to the price', () => {
    const entries = timelineOf(record(), answered, records)
    expect(whats(entries)).toEqual([
      'arrived',
      'rings-planned',
      'will-record',
      'device-dialed',
      'device-skipped',
      'leg-began',
      'leg-rang',
      'sdk',
      'clicked',
      'leg-answered',
      'sdk',
      'leg-ended',
      'bridged',
      'leg-ended',
      'priced',
    ])
    expect(entries[0]).toMatchObject({ what: 'arrived', clock: 'relay', source: 'webhook', params: { from: '+14155552671' } })
    expect(entries.find((one) => one.what === 'device-skipped')?.params).toMatchObject({ deviceId: 'dev2', isReachable: false })
    expect(entries.find((one) => one.what === 'leg-rang')).toMatchObject({ clock: 'twilio', params: { deviceId: 'dev1' } })
  })

  test('puts cause before clock: what Twilio dialled at :00 came after the request of :00.120', () => {
    const order = whats(timelineOf(record(), answered, records))
    expect(order.indexOf('arrived')).toBe(0)
    expect(order.indexOf('leg-began')).toBeGreaterThan(order.indexOf('device-dialed'))
  })

  test('says where clocks allow either order', () => {
    const entries = timelineOf(record(), answered, records)
    const at = (what: string, second: string) => entries.find((one) => one.what === what && one.at === instant(second))
    expect(at('leg-answered', '06.000')?.isOrderCertain).toBe(false) // the SDK's accept was 200 ms later, by another clock
    expect(at('arrived', '00.120')?.isOrderCertain).toBe(true)
  })

  test('who waited and left a message did not hang up when the ringing stopped', () => {
    const facts = [
      ...answered.filter(({ field }) => field !== 'answerAt' && field !== 'bridged' && field !== 'clicked' && field !== 'durationSeconds'),
      ...told('call', ['rangOut', true, 'webhook', '30.100'], ['endedBy', 'them', 'sdk', '30.050']),
      ...told(DEVICE, ['status', 'no-answer', 'webhook', '30.000', 5]),
    ]
    const missed = recordOf(CALL, facts)
    expect(missed && whats(timelineOf(missed, facts, []))).not.toContain('hung-up')
  })

  test('the hang-up of an answered call is told, the end of the ringing elsewhere is not', () => {
    for (const [at, count] of [
      ['30.200', 1],
      ['06.100', 0],
    ] as const) {
      const facts = [...answered, ...told('call', ['endedBy', 'them', 'sdk', at])]
      const entries = timelineOf(recordOf(CALL, facts) ?? record(), facts, [])
      expect(whats(entries).filter((what) => what === 'hung-up')).toHaveLength(count)
    }
  })

  test('the end of a leg is told once, though two of its subjects and REST know of it', () => {
    const facts = [
      ...answered,
      ...told(`leg:${sid('b')}`, ['sid', sid('b'), 'webhook', '01.000'], ['endAt', instant('30.000'), 'rest-final', '45.000']),
      ...told(`leg:${sid('b')}`, ['status', 'completed', 'rest-final', '45.000'], ['sipCode', 200, 'webhook', '30.000']),
    ]
    const ends = timelineOf(recordOf(CALL, facts) ?? record(), facts, []).filter(
      ({ what, params }) => params['deviceId'] === 'dev1' && /end|final/.test(what),
    )
    expect(whats(ends)).toEqual(['leg-ended'])
    const backwards = facts.toReversed()
    expect(timelineOf(recordOf(CALL, backwards) ?? record(), backwards, [])).toEqual(
      timelineOf(recordOf(CALL, facts) ?? record(), facts, []),
    )
  })

  test('is the same whatever order things were learnt in', () => {
    const expected = timelineOf(record(), answered, records)
    fc.assert(
      fc.property(fc.shuffledSubarray(answered, { minLength: answered.length }), (facts) => {
        expect(timelineOf(record(), facts, records)).toEqual(expected)
      }),
    )
  })

  test('never puts a later stage of a leg before an earlier one', () => {
    const instants = fc.integer({ min: 0, max: 59 }).map((second) => `${String(second).padStart(2, '0')}.000`)
    fc.assert(
      fc.property(instants, instants, instants, instants, (began, rang, taken, ended) => {
        const facts = [
          ...answered.filter((one) => one.subject !== DEVICE || one.source === 'relay'),
          ...told(
            DEVICE,
            ['sid', sid('b'), 'webhook', began, 0],
            ['initiatedAt', instant(began), 'webhook', began, 0],
            ['ringAt', instant(rang), 'webhook', rang, 1],
            ['answerAt', instant(taken), 'webhook', taken, 2],
            ['endAt', instant(ended), 'webhook', ended, 3],
          ),
        ]
        const whole = recordOf(CALL, facts)
        const own = timelineOf(whole ?? record(), facts, []).filter((one) => one.params['deviceId'] === 'dev1')
        expect(whats(own)).toEqual(['device-dialed', 'leg-began', 'leg-rang', 'leg-answered', 'leg-ended'])
      }),
    )
  })

  test('shows no number and no name to support', () => {
    const entries = timelineOf(record(), answered, records).map((one) => ({ ...one, params: { ...one.params, userName: 'Sam' } }))
    const about = { version: '1', clockOffsetMs: 0, isMasked: false }
    const masked = maskTimeline({ callId: CALL, entries, why: { what: 'why-answered', params: {} }, quality: [], about })
    const text = JSON.stringify(masked)
    expect(text).not.toMatch(/415555|Sam/)
    expect(text).toContain('…2671')
    expect(masked.about.isMasked).toBe(true)
  })

  test.each([
    ['sip:anna.schmidt@firma.de', 'sip:…'],
    ['SIPS:anna.schmidt@firma.de;transport=tls', 'sip:…'],
    ['client:anna_schmidt', 'client:…'],
    ['client:usam_ddev1', 'client:usam_ddev1'],
    ['Anna Schmidt', '…'],
    ['+49 (171) 123-4567', '…4567'],
    ['112', '112'],
  ])('%s as a party is %s to support', (address, expected) => {
    expect(maskedParams({ to: address, from: address })).toMatchObject({ to: expected, from: expected })
  })

  test.each([
    ['from "Anna Schmidt" <sip:anna@firma.de>', 'from "…" <sip:…'],
    ['mail anna@firma.de', 'mail …'],
    ['dialled sip%3Aanna%40firma.de at +49 171 1234567', 'dialled sip:… at …4567'],
    ['ConnectionError (53405): ICE', 'ConnectionError (…3405): ICE'],
    ['local-hangup', 'local-hangup'],
  ])('%s said by the SDK is %s to support', (detail, expected) => {
    expect(maskedParams({ detail })).toMatchObject({ detail: expected })
  })

  test('a reason is a word of ours, or nothing', () => {
    expect(maskedParams({ reason: 'no-answer' })).toMatchObject({ reason: 'no-answer' })
    expect(maskedParams({ reason: 'Anna Schmidt was away' })).toMatchObject({ reason: '…' })
  })

  test('of whom a SIP address, a client or a mail address names, no letter is left', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('A', 'B', 'X', 'Y', 'Z', 'ä', 'ö', 'ß'), minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 3,
    })
    const users = fc.tuple(parts, fc.constantFrom('.', '_', '-', '+', '%2E')).map(([names, between]) => names.join(between))
    const before = fc.constantFrom('', 'to ', 'to <', '(', 'x=')
    fc.assert(
      fc.property(users, fc.constantFrom('sip:', 'sips:', 'SIP:', 'client:', 'mailto:'), before, (user, scheme, said) => {
        const address = scheme === 'client:' ? scheme + user : `${scheme}${user}@firma.de`
        const params = maskedParams({ from: address, to: address, ourNumber: address, detail: said + address, reason: address })
        expect(JSON.stringify(params)).not.toMatch(/[ABXYZäöß]/)
      }),
    )
  })
})

describe('why it did or did not ring', () => {
  test.each([
    ['dev1', 'rang'],
    ['dev2', 'skipped'],
    ['dev3', 'none'],
  ])('at %s: %s', (deviceId, here) => {
    expect(whyOf(record(), deviceId)).toMatchObject({ what: 'why-answered', params: { here, userId: 'sam' } })
  })

  test('nobody is assigned', () => {
    const facts = [
      ...answered.filter((one) => !one.subject.startsWith('leg:d1')),
      ...told('call', ['emptyReason', 'nobody-assigned', 'relay', '00.121']),
    ]
    const silent = recordOf(CALL, facts)
    expect(silent && whyOf(silent, 'dev1')).toMatchObject({ what: 'why-nobody-assigned', params: { here: 'none' } })
    expect(silent && whats(timelineOf(silent, facts, []))).toContain('nobody-rung')
  })
})
