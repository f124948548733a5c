import type { BackupView } from '../../contract/history.ts'
import { createBackupStore } from '../state/keeping.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { formatMoment } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'

/** That the history was found broken, from what it was rebuilt, and what is older than it was; until somebody has read it. */
export function Recovered({ recovered: { at, from, asideName } }: { recovered: NonNullable<BackupView['recovered']> }) {
  const t = useNumberWords()
  const store = useApp().state.later(createBackupStore)
  const busy = useLater(createBackupStore, (state) => state.busy)
  const when = formatMoment(Date.parse(at))
  const what = from
    ? t('settings.backup.recovered.from', { when, from: formatMoment(Date.parse(from)) })
    : t('settings.backup.recovered.relay', { when })
  return (
    <Notice
      isWarning
      title={t('settings.backup.recovered.title')}
      text={`${what} ${t('settings.backup.recovered.aside', { name: asideName })}`}
    >
      <Button disabled={busy !== null} onClick={() => void store.getState().dismiss()}>
        {t('settings.backup.recovered.dismiss')}
      </Button>
    </Notice>
  )
}
