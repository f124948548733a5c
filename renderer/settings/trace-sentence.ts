import type { AuditEntry, Money, SettingKey } from '../../contract/number.ts'
import { isE164 } from '../../contract/e164-shape.ts'
import { useNumbering, useSettings } from '../state/use.ts'
import { formatMoney } from '../ui/money.ts'
import { useNumberWords, type NumberT } from '../words/index.ts'
import { historySentence } from './trace-of-history.ts'

/** What a sentence needs to know of this user's world. */
export interface TraceWords {
  t: NumberT
  formatNumber: (e164: string) => string
  nameOf: (userId: string) => string
  now: number
}

type Values = AuditEntry['before']
const fields = ['name', 'isActive', 'ringMode', 'isRecorded', 'inactiveMessage', 'notes', 'tags', 'userIds', 'defaultFor', 'hold'] as const
type Field = (typeof fields)[number]
const isField = (key: string): key is Field => fields.some((field) => field === key)

const actions = [
  'number.updated',
  'number.assigned',
  'number.unheld',
  'number.bought',
  'number.releasing',
  'number.not-released',
  'number.released',
  'number.removed',
  'number.returned',
  'number.restored',
  'number.accepted',
  'number.configured',
  'number.requested',
  'purchase.approved',
  'purchase.refused',
  'purchase.cancelled',
  'purchase.failed',
  'account.set',
  'account.key-created',
  'account.forgotten',
] as const
const knownAction = (action: string) => actions.find((one) => one === action)

const isList = (value: unknown): value is unknown[] => Array.isArray(value)

const isUsers = (key: string) => key === 'userIds' || key === 'defaultFor'
const isEmpty = (value: unknown) => value === null || value === undefined || value === '' || (isList(value) && value.length === 0)

/** A value for reading: users by name, lists by commas, money and days as such, nothing as such. */
function valueOf(key: string, value: unknown, words: TraceWords): string {
  const { t, nameOf } = words
  if (isEmpty(value)) return isUsers(key) ? t('settings.trace.nobody') : t('settings.trace.nothing')
  if (isList(value)) return value.map((one) => (isUsers(key) ? nameOf(String(one)) : valueOf(key, one, words))).join(', ')
  if (typeof value === 'boolean') return t(value ? 'settings.trace.yes' : 'settings.trace.no')
  if (typeof value === 'object') return objectText(value as Values, words)
  const plain = typeof value === 'string' ? value : JSON.stringify(value) // else a number
  if (key === 'byUserId') return nameOf(plain)
  return key === 'at' || key === 'until' || key.endsWith('At') ? dayOf(plain) : plain
}

function objectText(value: Values, words: TraceWords): string {
  const money = moneyOf(value)
  if (money) return formatMoney(money)
  const told = Object.entries(value).filter(([key, one]) => key !== 'intentId' && !isEmpty(one))
  return told.map(([key, one]) => valueOf(key, one, words)).join(', ')
}

const dayOf = (at: string) =>
  Number.isNaN(Date.parse(at)) ? at : new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(Date.parse(at))

function moneyOf(value: unknown): Money | undefined {
  const { amount, currency } = (value ?? {}) as { amount?: unknown; currency?: unknown }
  return typeof amount === 'string' && typeof currency === 'string' ? { amount, currency } : undefined
}

/** What one changed field of a number is told as, or undefined when it has no sentence of its own. */
function changeOf(key: Field, { before, after }: AuditEntry, who: string, what: string, words: TraceWords): string | undefined {
  const { t } = words
  const told = { who, what, before: valueOf(key, before[key], words), after: valueOf(key, after[key], words) }
  if (key === 'name') return t('settings.trace.renamed', told)
  if (key === 'userIds') return t('settings.trace.assigned', told)
  if (key === 'isActive') return t(after[key] === true ? 'settings.trace.activated' : 'settings.trace.deactivated', told)
  if (key === 'isRecorded') return t(after[key] === true ? 'settings.trace.recorded' : 'settings.trace.unrecorded', told)
  return undefined
}

const changedKeys = ({ before, after }: AuditEntry) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => key !== 'undone' && JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  )

function updateSentence(entry: AuditEntry, who: string, what: string, words: TraceWords): string {
  const { t } = words
  const keys = changedKeys(entry).filter(isField)
  const only = keys.length === 1 ? keys[0] : undefined
  const own = only && changeOf(only, entry, who, what, words)
  if (own) return own
  const names = keys.map((key) => t(`settings.trace.fields.${key}`))
  const last = names.at(-1)
  if (!last) return t('settings.trace.actions.number.updated', { who, what })
  const listed = names.length > 1 ? t('settings.trace.and', { before: names.slice(0, -1).join(', '), last }) : last
  return t('settings.trace.changed', { who, what, fields: listed })
}

const text = (values: Values, key: string) => (typeof values[key] === 'string' ? values[key] : undefined)

function heldSentence({ after }: AuditEntry, who: string, what: string, { t }: TraceWords): string {
  const hold = (after['hold'] ?? after) as Values
  const until = text(hold, 'until')
  if (!until || Number.isNaN(Date.parse(until))) return t('settings.trace.heldOpen', { who, what })
  return t('settings.trace.held', {
    who,
    what,
    until: dayOf(until),
  })
}

function boughtSentence({ after }: AuditEntry, who: string, what: string, { t }: TraceWords): string {
  const origin = (after['origin'] ?? after) as Values
  const monthly = moneyOf(origin['monthly'])
  return monthly ? t('settings.trace.boughtFor', { who, what, price: formatMoney(monthly) }) : t('settings.trace.bought', { who, what })
}

function transferSentence({ before, after }: AuditEntry, who: string, words: TraceWords): string {
  const numberOf = (values: Values) => {
    const number = text(values, 'transferNumber')
    return number ? words.formatNumber(number) : words.t('settings.trace.nothing')
  }
  return words.t('settings.trace.transfer', { who, before: numberOf(before), after: numberOf(after) })
}

/** A line of the trace as a person would say it: "Ada renamed +44 20 7946 0000 from Desk to Front desk". Pure. */
export function traceSentence(entry: AuditEntry, words: TraceWords): string {
  const { t, formatNumber } = words
  const who =
    entry.userId === 'relay' || entry.userId === 'operator'
      ? t(`settings.trace.${entry.userId}`)
      : entry.userName || words.nameOf(entry.userId)
  const what = isE164(entry.subject) ? formatNumber(entry.subject) : entry.subject
  const ofHistory = historySentence(entry, { t, who, what, nameOf: words.nameOf, dayOf })
  if (ofHistory) return ofHistory
  if (entry.action === 'number.updated' || entry.action === 'number.assigned') return updateSentence(entry, who, what, words)
  if (entry.action === 'number.held') return heldSentence(entry, who, what, words)
  if (entry.action === 'purchase.bought') return boughtSentence(entry, who, what, words)
  if (entry.action === 'account.transfer-number-set') return transferSentence(entry, who, words)
  if (entry.action === 'number.configured' && 'voiceUrl' in entry.after) return t('settings.trace.pointed', { who, what })
  if (entry.action === 'number.returned' && entry.after['undone'] === true) return t('settings.trace.undone', { who, what })
  const known = knownAction(entry.action)
  return known ? t(`settings.trace.actions.${known}`, { who, what }) : t('settings.trace.other', { who, what, action: entry.action })
}

/** A field of ours, or a setting of Twilio's by the name it has in *Numbers*. */
function fieldName(key: string, t: NumberT): string {
  if (isField(key)) return t(`settings.trace.fields.${key}`)
  return t(`numbers.settingNames.${key as SettingKey}`, { defaultValue: key })
}

/** What changed, a line each: for whoever wants the whole of it. Pure. */
export function traceDetails(entry: AuditEntry, words: TraceWords): string[] {
  const isSaid = historySentence(entry, { t: words.t, who: '', what: '', nameOf: words.nameOf, dayOf }) !== undefined
  if (isSaid) return []
  return changedKeys(entry).map((key) =>
    words.t('settings.trace.detail', {
      field: fieldName(key, words.t),
      before: valueOf(key, entry.before[key], words),
      after: valueOf(key, entry.after[key], words),
    }),
  )
}

/** `now`: ms since 1970. */
export function useTraceWords(now: number): TraceWords {
  const t = useNumberWords()
  const names = useSettings((state) => state.names)
  const country = useSettings((state) => state.country)
  const formatNumber = useNumbering((state) => state.formatNumber)
  return { t, now, formatNumber: (e164) => formatNumber(e164, country), nameOf: (userId) => names[userId] ?? userId }
}
