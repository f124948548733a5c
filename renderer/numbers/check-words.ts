import type { HealthCheck } from '../../contract/number-desktop.ts'
import { formatMoney } from '../ui/money.ts'
import { useNumberWords, type NumberT } from '../words/index.ts'
import { useSettingName } from './sync-preview.tsx'
import { formatDay, useWhen } from './when.ts'

interface Told {
  t: NumberT
  when: (at: string | null) => { text: string }
  settingName: (key: string) => string
}
const text = (value: HealthCheck['evidence'][string] | undefined) => (value === null || value === undefined ? '' : String(value))
const DETOURS = ['application', 'trunk', 'fax', 'unset', 'host', 'path', 'overrides', 'method'] as const

const BUNDLES = ['gone', 'draft', 'rejected', 'review', 'expired', 'expires', 'status'] as const

type Tell = (check: HealthCheck, told: Told) => string
const told: Record<HealthCheck['name'], Tell> = {
  'points-here': ({ level, evidence }, { t }) => {
    if (level === 'good' || level === 'unknown') return t(`numbers.checks.points-here.${level}`)
    const detour = DETOURS.find((one) => one === evidence['differs']) ?? 'host'
    return t(`numbers.checks.points-here.${detour}`, { is: text(evidence['is']), expected: text(evidence['expected']) })
  },
  fallback: ({ level, evidence }, { t }) => {
    if (level === 'good' || level === 'unknown') return t(`numbers.checks.fallback.${level}`)
    if (!evidence['is']) return t('numbers.checks.fallback.unset')
    return t('numbers.checks.fallback.other', { is: text(evidence['is']), expected: text(evidence['expected']) })
  },
  owner: ({ level, evidence }, { t }) => {
    if (level !== 'good') return t('numbers.checks.owner.none')
    return evidence['owners'] === 0 ? t('numbers.checks.owner.idle') : t('numbers.checks.owner.good')
  },
  used: ({ level, evidence }, { t, when }) => {
    if (level === 'unknown') return t(typeof evidence['days'] === 'number' ? 'numbers.checks.used.new' : 'numbers.checks.used.unknown')
    const at = evidence['lastUsedAt']
    if (typeof at === 'string') return t('numbers.checks.used.good', { when: when(at).text })
    return t('numbers.checks.used.never')
  },
  'paid-unused': ({ level, evidence }, { t }) => {
    if (level === 'unknown')
      return t(typeof evidence['days'] === 'number' ? 'numbers.checks.used.new' : 'numbers.checks.paid-unused.unknown')
    if (level === 'good') return t('numbers.checks.paid-unused.good', { limit: text(evidence['limit']) })
    const { monthly, currency } = evidence
    if (typeof monthly !== 'string' || typeof currency !== 'string')
      return t('numbers.checks.paid-unused.unused', { days: text(evidence['days']) })
    return t('numbers.checks.paid-unused.paid', { price: formatMoney({ amount: monthly, currency }), days: text(evidence['days']) })
  },
  papers: ({ level, evidence }, { t }) => {
    const problem = BUNDLES.find((one) => one === evidence['problem'])
    const { validUntil, bundleStatus } = evidence
    const day = typeof validUntil === 'string' ? formatDay(validUntil) : ''
    if (problem) return t(`numbers.checks.papers.${problem}`, { day, status: text(bundleStatus) })
    if (level === 'unknown' && evidence['bundleSid']) return t('numbers.checks.papers.bundleUnknown')
    return t(`numbers.checks.papers.${level === 'warning' ? 'bad' : level}`)
  },
  'emergency-address': ({ level }, { t }) => t(`numbers.checks.emergency-address.${level === 'warning' ? 'none' : level}`),
  webhooks: ({ level, evidence }, { t, when }) => {
    const unheard = evidence['unheard7']
    if (typeof unheard === 'number' && unheard > 0) return t('numbers.checks.webhooks.unheard', { count: unheard })
    if (level === 'good' || level === 'unknown') return t(`numbers.checks.webhooks.${level}`)
    const at = evidence['fallbackAt']
    if (evidence['isDeaf'] === true || typeof at !== 'string') return t('numbers.checks.webhooks.deaf')
    return t('numbers.checks.webhooks.fallback', { when: when(at).text })
  },
  drift: ({ level, evidence }, { t, settingName }) => {
    if (level === 'good' || level === 'unknown') return t(`numbers.checks.drift.${level}`)
    const keys = text(evidence['keys']).split(', ').map(settingName).join(', ')
    return t('numbers.checks.drift.drifted', { count: Number(evidence['count'] ?? 0), keys })
  },
}

/** What a health check found, as a sentence made of its evidence. */
export function useCheckSentence(): (check: HealthCheck) => string {
  const t = useNumberWords()
  const when = useWhen()
  const settingName = useSettingName()
  return (check) => told[check.name](check, { t, when, settingName })
}
