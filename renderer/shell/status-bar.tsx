import { FlaskConical, PhoneOutgoing } from 'lucide-react'
import { callFromOf } from '../state/settings.ts'
import { useNumbering, useSession, useSettings, useStatus } from '../state/use.ts'
import { useWords } from '../words/index.ts'
import { Availability } from './availability.tsx'
import { CallStateStatus } from './call-state.tsx'

/** The line that tells the truth: availability, the number that others see, the call's state. */
export function StatusBar() {
  const t = useWords()
  const isSandbox = useSession((state) => state.session?.workspace?.isSandbox ?? false)
  const outbox = useStatus((state) => state.status?.outbox ?? 0)
  const country = useSettings((state) => state.country)
  const from = useSettings(callFromOf)
  const formatNumber = useNumbering((state) => state.formatNumber)
  return (
    <footer
      aria-label={t('shell.statusBar')}
      className="flex h-8 shrink-0 items-center gap-4 border-t border-line bg-canvas px-4 text-small"
    >
      <Availability />
      <span className="flex-1" />
      {outbox > 0 && <span className="truncate text-ink-2 max-wide:hidden">{t('shell.evidence.outbox', { count: outbox })}</span>}
      {from && (
        <span
          className="flex shrink-0 items-center gap-1.5 text-ink-2 tabular-nums max-wide:hidden"
          title={t('shell.callFromNow', { number: from })}
        >
          <PhoneOutgoing className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
          {formatNumber(from, country)}
        </span>
      )}
      {isSandbox && (
        <span
          className="flex shrink-0 items-center gap-1 rounded-full bg-accent-wash px-2 py-0.5 font-medium text-accent"
          title={t('shell.sandboxHint')}
        >
          <FlaskConical className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
          {t('shell.sandbox')}
        </span>
      )}
      <CallStateStatus />
    </footer>
  )
}
