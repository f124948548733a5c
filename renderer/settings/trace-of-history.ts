import type { AuditEntry } from '../../contract/number.ts'
import type { NumberT } from '../words/index.ts'

interface Words {
  t: NumberT
  /** Who did it. */
  who: string
  /** The subject in words. */
  what: string
  nameOf: (userId: string) => string
  dayOf: (at: string) => string
}
type Values = AuditEntry['before']

const plain = [
  'recording.trashed',
  'recording.restored',
  'recording.held',
  'recording.unheld',
  'recording.deleted',
  'number.greeting',
  'device.revoked',
] as const
type Plain = (typeof plain)[number]
const plainOf = (action: string): Plain | undefined => plain.find((one) => one === action)

const text = (values: Values, key: string) => (typeof values[key] === 'string' ? values[key] : undefined)
const count = (values: Values, key: string) => (typeof values[key] === 'number' ? values[key] : undefined)

function retention({ action, after }: AuditEntry, { t, who, what }: Words): string {
  const days = count(after, 'days')
  const kept = days === undefined ? t('settings.trace.keptForGood', { who, what }) : t('settings.trace.kept', { who, what, count: days })
  return action === 'number.retention' ? kept : t('settings.trace.retentionApplied', { what, count: count(after, 'count') ?? 0 })
}

function backfill({ after }: AuditEntry, { t, who, dayOf }: Words): string {
  const from = text(after, 'from')
  if (after['state'] === 'running' && from) return t('settings.trace.historyFrom', { who, from: dayOf(from) })
  return t(after['state'] === 'stopped' ? 'settings.trace.historyStopped' : 'settings.trace.history', { who })
}

function note({ after }: AuditEntry, { t, who, nameOf }: Words): string {
  const author = text(after, 'authorId')
  const name = author ? nameOf(author) : t('settings.trace.somebody')
  return t(after['isRemoved'] === true ? 'settings.trace.noteRemoved' : 'settings.trace.noteChanged', { who, name })
}

function user({ subject, after }: AuditEntry, { t, who, nameOf }: Words): string {
  const name = nameOf(subject)
  if (after['role'] === 'manager' || after['role'] === 'staff') return t(`settings.trace.roles.${after['role']}`, { who, name })
  return t(after['isActive'] === false ? 'settings.trace.userOff' : 'settings.trace.userOn', { who, name })
}

/** What was done with recordings, notes, greetings, history, people and devices, as one would say it; undefined for another action. Pure. */
export function historySentence(entry: AuditEntry, words: Words): string | undefined {
  const { action } = entry
  if (action === 'number.retention' || action === 'number.retention.applied') return retention(entry, words)
  if (action === 'history.backfill') return backfill(entry, words)
  if (action === 'note.changed') return note(entry, words)
  if (action === 'user.changed') return user(entry, words)
  const known = plainOf(action)
  return known && words.t(`settings.trace.actions.${known}`, { who: words.who, what: words.what })
}

/** A line, and how many that say the same follow on it. */
export interface TraceLine {
  entry: AuditEntry
  count: number
}

/** Recordings that one sweep deleted are one line. Pure. */
export function linesOf(entries: readonly AuditEntry[]): TraceLine[] {
  const lines: TraceLine[] = []
  for (const entry of entries) {
    const last = lines.at(-1)
    if (last && entry.action === 'recording.deleted' && last.entry.action === entry.action) last.count += 1
    else lines.push({ entry, count: 1 })
  }
  return lines
}
