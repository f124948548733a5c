import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { driftOf, settingKeys, type NumberSettings } from '../../../contract/number.ts'
import { connection, isAsSeen, keptAfter, restoration, wiredKeys } from '../../../main/numbers/guard-plan.ts'
import { routedTo } from '../../../main/numbers/dependencies.ts'
import { settingsOf, wiring } from './kit.ts'

const some = (...of: string[]) => fc.constantFrom('', ...of)
/** Settings as Twilio may show them: an application or a trunk, never both. */
const anySettings: fc.Arbitrary<NumberSettings> = fc
  .record({
    friendlyName: fc.constantFrom('Main line', 'Bot'),
    voiceUrl: some('https://relay.example/api/twilio/twiml#ct=1500', 'https://ai.example/in'),
    voiceFallbackUrl: some('https://ai.example/fallback'),
    voiceMethod: fc.constantFrom('GET', 'POST'),
    statusCallback: some('https://ai.example/status'),
    takeover: fc.constantFrom({}, { voiceApplicationSid: 'AP1' }, { trunkSid: 'TK1' }),
    smsUrl: some('https://ai.example/sms'),
    smsFallbackUrl: some('https://ai.example/sms-fallback'),
    addressSid: some('AD1', 'AD2'),
    emergency: fc.constantFrom({ emergencyStatus: 'Inactive' }, { emergencyStatus: 'Active', emergencyAddressSid: 'AD1' }),
  })
  .map(({ takeover, emergency, ...rest }) => settingsOf({ ...rest, ...takeover, ...emergency }))

describe('restoring', () => {
  test('writes what differs, and nothing when nothing does', () => {
    const now = settingsOf({ voiceUrl: 'https://ai.example/in', friendlyName: 'Bot' })
    expect(restoration(settingsOf(), now)).toEqual({ friendlyName: 'Main line', voiceUrl: wiring.voiceUrl })
    expect(restoration(now, now)).toEqual({})
  })

  test('an application or a trunk that came is taken away', () => {
    expect(restoration(settingsOf(), settingsOf({ voiceApplicationSid: 'AP1' }))).toEqual({ voiceApplicationSid: '' })
    expect(restoration(settingsOf(), settingsOf({ trunkSid: 'TK1' }))).toEqual({ trunkSid: '' })
  })

  test('an application is never put beside a voice URL (R5), but is put back where there is none', () => {
    expect(restoration(settingsOf({ voiceApplicationSid: 'AP1' }), settingsOf())).toEqual({})
    const bare = { voiceUrl: '', voiceFallbackUrl: '' }
    expect(restoration(settingsOf({ ...bare, voiceApplicationSid: 'AP1' }), settingsOf(bare))).toEqual({ voiceApplicationSid: 'AP1' })
  })

  test('a fallback goes with its primary (21405), an emergency status with its address (22222)', () => {
    expect(restoration(settingsOf(), settingsOf({ voiceFallbackUrl: '' }))).toEqual({
      voiceUrl: wiring.voiceUrl,
      voiceFallbackUrl: wiring.voiceFallbackUrl,
    })
    const kept = settingsOf({ emergencyStatus: 'Active', emergencyAddressSid: 'AD1' })
    expect(restoration(kept, settingsOf({ emergencyStatus: 'Inactive', emergencyAddressSid: 'AD1' }))).toEqual({
      emergencyStatus: 'Active',
      emergencyAddressSid: 'AD1',
    })
  })

  test('what Twilio cannot unset is left alone', () => {
    expect(restoration(settingsOf({ voiceMethod: '', voiceReceiveMode: '' }), settingsOf({ voiceReceiveMode: 'fax' }))).toEqual({})
  })

  test('written, everything is as it was kept, but for an application beside URLs; done again it writes nothing', () => {
    fc.assert(
      fc.property(anySettings, anySettings, (kept, now) => {
        const after = { ...now, ...restoration(kept, now) }
        const isBesideUrl = kept.voiceApplicationSid !== '' && kept.voiceUrl !== ''
        const left = driftOf(kept, after).map(({ key }) => key)
        expect(left.filter((key) => !(isBesideUrl && key === 'voiceApplicationSid'))).toEqual([])
        expect(restoration(kept, after)).toEqual({})
      }),
    )
  })

  test('only what the person saw is restored', () => {
    fc.assert(
      fc.property(anySettings, anySettings, anySettings, (kept, seen, now) => {
        const shown = driftOf(kept, seen).map(({ key, is }) => ({ key, is }))
        const drift = driftOf(kept, now)
        expect(isAsSeen(drift, shown.toReversed())).toBe(settingKeys.every((key) => seen[key] === now[key]))
      }),
    )
  })
})

describe('connecting', () => {
  test('a number that asks us is left alone; one that does not is pointed here and freed', () => {
    expect(connection(wiring, settingsOf({ voiceReceiveMode: 'voice' }))).toEqual({})
    const away = settingsOf({
      voiceUrl: 'https://ai.example/in',
      voiceMethod: 'GET',
      voiceApplicationSid: 'AP1',
      voiceReceiveMode: 'voice',
    })
    expect(connection(wiring, away)).toEqual({ ...wiring, voiceMethod: 'POST', voiceApplicationSid: '' })
  })

  test('afterwards it asks us, whatever it did before, and nothing but where it asks was written', () => {
    fc.assert(
      fc.property(anySettings, (now) => {
        const writes = connection(wiring, now)
        const after = { ...now, ...writes }
        expect(Object.keys(writes).filter((key) => !wiredKeys.some((one) => one === key))).toEqual([])
        expect(connection(wiring, after)).toEqual({})
        expect(routedTo(after, wiring)).toBe('')
      }),
    )
  })

  test('where calls go is told by what Twilio obeys first', () => {
    expect(routedTo(settingsOf(), wiring)).toBe('')
    expect(routedTo(settingsOf({ voiceUrl: `${wiring.voiceUrl.split('#')[0] ?? ''}#rc=9` }), wiring)).toBe('')
    expect(routedTo(settingsOf({ voiceApplicationSid: 'AP1' }), wiring)).toBe('AP1')
    expect(routedTo(settingsOf({ trunkSid: 'TK1' }), wiring)).toBe('TK1')
    expect(routedTo(settingsOf({ voiceUrl: 'https://api.vapi.ai/twilio/inbound_call' }), wiring)).toBe(
      'https://api.vapi.ai/twilio/inbound_call',
    )
    expect(routedTo(settingsOf({ voiceUrl: '' }), wiring)).toBe('Twilio')
  })
})

test('after a write only the written keys are ours anew: what somebody else changed stays drift', () => {
  fc.assert(
    fc.property(anySettings, anySettings, fc.subarray([...settingKeys]), (kept, now, written) => {
      const after = keptAfter(kept, now, written)
      for (const key of settingKeys) expect(after[key]).toBe(written.includes(key) ? now[key] : kept[key])
    }),
  )
  expect(keptAfter(undefined, settingsOf(), [])).toEqual(settingsOf())
})
