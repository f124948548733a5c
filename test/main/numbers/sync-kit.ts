import fc from 'fast-check'
import { plainDetails, type NumberDetails, type RemoteNumber } from '../../../contract/number.ts'
import { diffOf, questionsOf, type SyncDiff } from '../../../main/numbers/sync-plan.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase } from '../../../main/store/open-database.ts'
import { createReader } from '../../../main/store/reader.ts'
import { createReplica } from '../../../main/store/replica.ts'
import { settingsOf } from './kit.ts'

export const AT = '2026-11-21T10:00:00.000Z'
export const LATER = '2026-11-21T11:00:00.000Z'
export const sidOf = (index: number, generation = 0) => `PN${String(generation).padStart(16, '0')}${String(index).padStart(16, '0')}`
export const phoneOf = (index: number) => `+1415555${String(index).padStart(4, '0')}`

/** A number as Twilio lists it. */
export const remoteOf = (
  index: number,
  over: Partial<RemoteNumber> = {},
  settings: Partial<RemoteNumber['settings']> = {},
): RemoteNumber => ({
  sid: sidOf(index),
  phoneNumber: phoneOf(index),
  capabilities: { voice: true, sms: true, mms: false, fax: false },
  type: 'local',
  addressRequirements: 'none',
  emergencyAddressStatus: 'unregistered',
  createdAt: '2026-01-01T00:00:00.000Z',
  ...over,
  settings: settingsOf({ friendlyName: `Number ${index}`, ...settings }),
})

/** A number as the relay tells of it. */
export const toldOf = (
  index: number,
  over: Partial<NumberDetails> = {},
  rest: { sid?: string | null; userIds?: string[]; isActive?: boolean } = {},
) => ({
  phoneNumber: phoneOf(index),
  numberName: `Line ${index}`,
  isActive: true,
  userIds: ['ada'],
  sid: sidOf(index),
  ...rest,
  details: { ...plainDetails(), ...over },
})

const INDEXES = 12
/** Twilio's list at some moment. */
export const listings = fc
  .uniqueArray(fc.tuple(fc.nat(INDEXES - 1), fc.nat(1), fc.constantFrom('', 'https://a.example', 'https://b.example')), {
    selector: ([index]) => index,
  })
  .map((rows) => rows.map(([index, generation, voiceUrl]) => remoteOf(index, { sid: sidOf(index, generation) }, { voiceUrl })))
/** What the relay has told. */
export const directories = fc
  .uniqueArray(fc.tuple(fc.nat(INDEXES - 1), fc.boolean(), fc.nat(1)), { selector: ([index]) => index })
  .map((rows) =>
    rows.map(([index, hasLeft, generation]) =>
      toldOf(index, { leftAt: hasLeft ? AT : null }, { sid: sidOf(index, generation), userIds: hasLeft ? [] : ['ada'] }),
    ),
  )
/** Twilio has exactly these numbers. */
export const withExactly = (listing: readonly RemoteNumber[]) => (sid: string) => !listing.some((number) => number.sid === sid)

/** A replica in memory, written and read at once. */
export function openReplica() {
  const db = openDatabase(':memory:')
  migrate(db, appMigrations)
  const replica = createReplica(db)
  replica.snapshotFinish('e1', 0)
  const reader = createReader(db)
  let seq = 0
  return {
    replica,
    reader,
    tell: (...numbers: ReturnType<typeof toldOf>[]) =>
      replica.apply(
        'e1',
        'ada',
        numbers.map((payload) => ({ seq: ++seq, at: AT, name: 'number.changed', payload })),
      ),
    /** Twilio's list, and which SIDs it answers 404 to when asked. Nothing is written. */
    plan(
      listing: readonly RemoteNumber[],
      isGone: (sid: string) => boolean | undefined = () => true,
      at = AT,
    ): SyncDiff & { revision: number } {
      const { numbers, state } = reader.localNumbers()
      const answers = new Map<string, 'here' | 'gone'>()
      for (const sid of questionsOf(listing, numbers, 500)) {
        const gone = isGone(sid)
        if (gone !== undefined) answers.set(sid, gone ? 'gone' : 'here')
      }
      return { ...diffOf(listing, numbers, answers, at), revision: state.revision }
    },
    apply: ({ revision, writes }: { revision: number; writes: SyncDiff['writes'] }, undoId = 'u1', at = AT) =>
      replica.applyPlan({ revision, undoId, at, writes, staged: null }) === 'applied',
    /** What is kept of the numbers that are the account's, as Twilio said it. */
    local: () =>
      reader
        .numbers(10_000)
        .numbers.filter(({ remote }) => remote?.goneAt === null)
        .map(({ remote }) => remote?.number),
    dump: () =>
      ['remote_numbers', 'numbers', 'number_users', 'number_defaults'].map((table) =>
        db.prepare(`select * from ${table} order by 1, 2`).all(),
      ),
    close: () => void db.close(),
  }
}
export type OpenReplica = ReturnType<typeof openReplica>
