import type { Connection } from './open-database.ts'
import { createRelayNumberReader, createRelayNumberWriter, type RelayNumber } from './relay-number-table.ts'
import type { createRemoteRows, createReports, RemoteRow } from './remote-rows.ts'
import type { createStagedNumbers } from './staged-numbers.ts'

/** What a plan makes of one number's row. */
export interface RemoteWrite {
  phoneNumber: string
  sid: string | null
  /** Twilio's word as it is kept, `rawOf`; null: never seen from here. */
  raw: string | null
  missingSince: string | null
  goneAt: string | null
}

export interface RemotePlan {
  /** What was kept when the plan was made. */
  revision: number
  undoId: string
  /** When Twilio listed. */
  at: string
  writes: readonly RemoteWrite[]
  /** The listing whose staged numbers are written too, before the others; null: none. */
  staged: string | null
}

/** What a number was before a plan; `relay` only where the plan said that it left. */
interface Before {
  remote: RemoteRow | null
  relay: RelayNumber | null
}

/** What is needed to undo the last plan: the numbers as they were. */
function createUndo(db: Connection) {
  const state = db.prepare<[], { revision: number; undoId: string | null }>(
    'select revision, undo_id as undoId from number_sync where id = 1',
  )
  const setUndo = db.prepare<[string | null]>('update number_sync set undo_id = ? where id = 1')
  const clear = db.prepare<[]>('delete from number_undo')
  const keep = db.prepare<[string, string]>('insert into number_undo (phone_number, raw) values (?, ?)')
  const all = db.prepare<[], { phoneNumber: string; raw: string }>('select phone_number as phoneNumber, raw from number_undo')
  return {
    state: () => state.get(),
    begin(undoId: string | null): void {
      clear.run()
      setUndo.run(undoId)
    },
    keep: (phoneNumber: string, before: Before): void => void keep.run(phoneNumber, JSON.stringify(before)),
    all: () => all.all().map(({ phoneNumber, raw }) => ({ phoneNumber, before: JSON.parse(raw) as Before })),
  }
}

/** One number of a plan, and back. */
function createSteps(db: Connection, rows: ReturnType<typeof createRemoteRows>, reports: ReturnType<typeof createReports>) {
  const relay = createRelayNumberReader(db)
  const putRelay = createRelayNumberWriter(db)
  return {
    write({ phoneNumber, goneAt, missingSince, sid, raw }: RemoteWrite, at: string): Before {
      const [old, told] = [rows.get(phoneNumber), relay(phoneNumber) ?? null]
      const isAbsent = goneAt !== null || missingSince !== null
      const seen = { first_seen_at: old?.first_seen_at ?? at, seen_at: isAbsent && old ? old.seen_at : at }
      rows.put(phoneNumber, { sid, raw, ...seen, missing_since: missingSince, gone_at: goneAt })
      if (told && goneAt !== null && told.details.leftAt === null) reports.put({ phoneNumber, action: 'number.removed', hasLeft: true })
      // Twilio has what the relay holds for gone: it came back.
      if (told && !isAbsent && sid && told.details.leftAt !== null) reports.put({ phoneNumber, action: 'number.returned', sid })
      return { remote: old, relay: goneAt === null ? null : told }
    },
    restore(phoneNumber: string, { remote, relay: told }: Before): void {
      const gone = rows.get(phoneNumber)
      // An undo does not bring it back to Twilio: it is missing there until it is listed again.
      if (gone?.gone_at) rows.put(phoneNumber, { ...(remote ?? gone), missing_since: remote?.missing_since ?? gone.gone_at, gone_at: null })
      else if (remote) rows.put(phoneNumber, remote)
      else rows.remove(phoneNumber)
      if (!told) return
      putRelay(told) // as it was, with its owners; the relay's own word follows
      const { sid, isActive, userIds, details } = told
      const returnedSid = sid ?? remote?.sid
      const { defaultFor, hold } = details
      if (returnedSid && details.leftAt === null)
        reports.put({
          phoneNumber,
          action: 'number.returned',
          isUndo: true,
          sid: returnedSid,
          patch: { isActive, userIds, defaultFor },
          ...(hold ? { hold: { until: hold.until, message: hold.message } } : {}),
        })
    },
  }
}

/** Plans: what they do to the replica, and how it is undone. Callers bring the transaction. */
export function createPlans(
  db: Connection,
  rows: ReturnType<typeof createRemoteRows>,
  reports: ReturnType<typeof createReports>,
  staging: ReturnType<typeof createStagedNumbers>,
) {
  const undo = createUndo(db)
  const steps = createSteps(db, rows, reports)
  const synced = db.prepare<[string]>('update number_sync set synced_at = ? where id = 1')
  return {
    /**
     * `outdated`: something else was written since the plan was made; `unstaged`: its staged numbers are not here; nothing was done then. Nothing
     * to write leaves the last undo as it is.
     */
    apply({ revision, undoId, at, writes, staged }: RemotePlan): 'applied' | 'outdated' | 'unstaged' {
      if (undo.state()?.revision !== revision) return 'outdated'
      if (staged !== null && !staging.has(staged)) return 'unstaged'
      synced.run(at)
      if (writes.length === 0 && staged === null) return 'applied'
      undo.begin(undoId)
      if (staged !== null) staging.write(at)
      for (const one of writes) undo.keep(one.phoneNumber, steps.write(one, at))
      rows.moved()
      return 'applied'
    },
    /** The numbers that are as they were again; undefined when this is not the last plan that did something. */
    undo(undoId: string): string[] | undefined {
      if (undo.state()?.undoId !== undoId) return undefined
      const all = undo.all()
      for (const { phoneNumber, before } of all) steps.restore(phoneNumber, before)
      undo.begin(null)
      rows.moved()
      return all.map(({ phoneNumber }) => phoneNumber)
    },
  }
}
