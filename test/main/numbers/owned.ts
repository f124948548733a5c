import type { OwnedNumber } from '../../../contract/number-desktop.ts'
import { phoneOf, sidOf } from './sync-kit.ts'

/** A row of *Numbers* with which nothing is special. */
export const ownedOf = (index: number, over: Partial<OwnedNumber> = {}): OwnedNumber => ({
  phoneNumber: phoneOf(index),
  sid: sidOf(index),
  name: `Number ${index}`,
  state: 'active',
  country: 'US',
  type: 'local',
  place: null,
  capabilities: { voice: true, sms: false, mms: false, fax: false },
  userIds: [],
  defaultFor: [],
  ringMode: 'simultaneous',
  isRecorded: false,
  inactiveMessage: null,
  notes: '',
  tags: [],
  hold: null,
  origin: null,
  since: '2026-01-01T00:00:00.000Z',
  lastUsedAt: null,
  calls30: 0,
  talkSeconds30: 0,
  perDay: [],
  monthly: null,
  health: 'good',
  troubles: [],
  ...over,
})
