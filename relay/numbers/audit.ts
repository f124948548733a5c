import type { AuditEntry } from '../../contract/number.ts'
import type { Database } from '../database/open.ts'
import type { Clock, Directory } from '../ports.ts'

/** Who did something. Names are looked up as it is written: the trace keeps them as they were. */
export interface Actor {
  userId: string
}
/** Whoever may run the relay's commands. No user has this id: theirs are longer. */
export const OPERATOR: Actor = { userId: 'operator' }
/** The relay by itself, by what it saw at Twilio. */
export const RELAY: Actor = { userId: 'relay' }

export type AuditInput = Pick<AuditEntry, 'action' | 'subject' | 'before' | 'after'>

export interface AuditQuery {
  /** Older than this entry. */
  before?: number | undefined
  /** Of this number, account or intent alone. */
  subject?: string | undefined
  limit: number
}

interface AuditRow {
  audit_id: number
  at: string
  user_id: string
  user_name: string
  action: string
  subject: string
  before: string
  after: string
}

const entryOf = (row: AuditRow): AuditEntry => ({
  auditId: row.audit_id,
  at: row.at,
  userId: row.user_id,
  userName: row.user_name,
  action: row.action,
  subject: row.subject,
  before: JSON.parse(row.before) as Record<string, unknown>,
  after: JSON.parse(row.after) as Record<string, unknown>,
})

export interface AuditDeps {
  db: Database
  directory: Pick<Directory, 'user'>
  clock: Clock
}

/** The trace of what managers and the operator did (RULES R18). It only grows. */
export function createAudit({ db, directory, clock }: AuditDeps) {
  const insert = db.prepare('INSERT INTO audit (at, user_id, user_name, action, subject, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const newest = db.prepare<[number, number], AuditRow>('SELECT * FROM audit WHERE audit_id < ? ORDER BY audit_id DESC LIMIT ?')
  const ofSubject = db.prepare<[string, number, number], AuditRow>(
    'SELECT * FROM audit WHERE subject = ? AND audit_id < ? ORDER BY audit_id DESC LIMIT ?',
  )
  return {
    /** Adds one line; inside the transaction of what it tells of, so that neither is without the other. Never give it a secret. */
    appendAudit({ action, subject, before, after }: AuditInput, { userId }: Actor): void {
      const name = directory.user(userId)?.name ?? userId
      insert.run(clock.now().toISOString(), userId, name, action, subject, JSON.stringify(before), JSON.stringify(after))
    },
    /** Newest first; `next` is the `before` of the next page, null at the end. */
    page({ before = Number.MAX_SAFE_INTEGER, subject, limit }: AuditQuery): { entries: AuditEntry[]; next: number | null } {
      const rows = subject === undefined ? newest.all(before, limit + 1) : ofSubject.all(subject, before, limit + 1)
      const entries = rows.slice(0, limit).map(entryOf)
      return { entries, next: rows.length > limit ? (entries.at(-1)?.auditId ?? null) : null }
    },
  }
}
export type Audit = ReturnType<typeof createAudit>
