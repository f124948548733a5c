import { useEffect, useId, useState, type SubmitEvent } from 'react'
import type { BackupView } from '../../contract/history.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createBackupStore } from '../state/keeping.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { formatMoment } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { Recovered } from './recovered.tsx'
import { Section } from './section.tsx'

type Copy = BackupView['backups'][number]
const moment = (at: string) => formatMoment(Date.parse(at))

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
/** `12 MB`, by the locale. */
function sizeText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(bytes) / 3))
  const format = new Intl.NumberFormat(undefined, { style: 'unit', unit: sizes[step] ?? 'byte', maximumFractionDigits: step > 1 ? 1 : 0 })
  return format.format(bytes / 1000 ** step)
}

/** Copies of the history on this computer: which there are, making one, putting one back. */
export function BackupSection() {
  const t = useNumberWords()
  const store = useApp().state.later(createBackupStore)
  const backup = useLater(createBackupStore, (state) => state.backup)
  const busy = useLater(createBackupStore, (state) => state.busy)
  const failure = useLater(createBackupStore, (state) => state.failure ?? state.backup?.failure ?? null)
  const isCatchingUp = useLater(createBackupStore, (state) => state.isCatchingUp)
  const [restored, setRestored] = useState<Copy | null>(null)
  const [done, setDone] = useState<Copy | null>(null)
  useEffect(() => void store.getState().load(), [store])
  const isWorking = busy !== null || backup?.isRunning === true
  return (
    <Section id="settings-backup" title={t('settings.backup.title')} text={t('settings.backup.text')}>
      {failure && !restored && (
        <FailureNotice failure={failure}>
          {!backup && <Button onClick={() => void store.getState().load()}>{t('settings.backup.retry')}</Button>}
        </FailureNotice>
      )}
      {!backup && !failure && <p className="animate-late text-ink-2">{t('settings.backup.loading')}</p>}
      {backup && (
        <>
          {backup.recovered && <Recovered recovered={backup.recovered} />}
          {backup.backups.length === 0 && <p className="text-ink-2">{t('settings.backup.none')}</p>}
          {backup.backups.length > 0 && <Copies copies={backup.backups} isWorking={isWorking} onRestore={setRestored} />}
          <CheckLine backup={backup} />
          {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is phrasing of a form */}
          <p role="status" className="font-medium empty:hidden">
            {done && t(isCatchingUp ? 'settings.backup.restoredSoon' : 'settings.backup.restored', { at: moment(done.at) })}
          </p>
          <div className="flex items-center gap-3">
            <Button disabled={isWorking} icon={busy === 'make' && <Spinner />} onClick={() => void store.getState().make()}>
              {busy === 'make' ? t('settings.backup.making') : t('settings.backup.make')}
            </Button>
            {backup.isRunning && busy === null && <p className="text-ink-2">{t('settings.backup.working')}</p>}
          </div>
        </>
      )}
      {restored && <RestoreDialog copy={restored} onClose={() => setRestored(null)} onDone={setDone} />}
    </Section>
  )
}

interface CopiesProps {
  copies: readonly Copy[]
  isWorking: boolean
  onRestore: (copy: Copy) => void
}

function Copies({ copies, isWorking, onRestore }: CopiesProps) {
  const t = useNumberWords()
  return (
    <ul aria-label={t('settings.backup.list')} className="flex max-w-140 flex-col">
      {copies.map((copy) => (
        <li key={copy.backupId} className="flex min-h-11 flex-wrap items-center gap-x-4 border-b border-line py-1">
          <span className="min-w-40 flex-1 font-medium">{moment(copy.at)}</span>
          <span className="text-ink-2 tabular-nums">{t('settings.backup.calls', { count: copy.calls })}</span>
          <span className="w-18 text-right text-ink-2 tabular-nums">{sizeText(copy.bytes)}</span>
          <Button
            disabled={isWorking}
            aria-label={t('settings.backup.restoreThis', { at: moment(copy.at) })}
            onClick={() => onRestore(copy)}
          >
            {t('settings.backup.restore')}
          </Button>
        </li>
      ))}
    </ul>
  )
}

function CheckLine({ backup: { check, checkedAt } }: { backup: BackupView }) {
  const t = useNumberWords()
  const at = checkedAt ? moment(checkedAt) : ''
  return <p className="text-ink-2">{`${t('settings.backup.check')}: ${t(`settings.backup.checks.${check}`, { at })}`}</p>
}

/** Says what restoring means; a word is typed, since it cannot be taken back. */
function RestoreDialog({ copy, onClose, onDone }: { copy: Copy; onClose: () => void; onDone: (copy: Copy) => void }) {
  const t = useNumberWords()
  const store = useApp().state.later(createBackupStore)
  const busy = useLater(createBackupStore, (state) => state.busy)
  const failure = useLater(createBackupStore, (state) => state.failure)
  const [typed, setTyped] = useState('')
  const form = useId()
  const isConfirmed = typed.trim().toLowerCase() === t('settings.backup.restoring.word')
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!isConfirmed || !(await store.getState().restore(copy.backupId))) return
    onDone(copy)
    onClose()
  }
  return (
    <Dialog
      title={t('settings.backup.restoring.title', { at: moment(copy.at) })}
      text={t('settings.backup.restoring.text')}
      onClose={onClose}
      footer={
        <>
          <Button isLarge onClick={onClose}>
            {t('settings.backup.restoring.cancel')}
          </Button>
          <Button look="end" isLarge type="submit" form={form} disabled={!isConfirmed || busy !== null} icon={busy && <Spinner />}>
            {busy === 'restore' ? t('settings.backup.restoring.acting') : t('settings.backup.restoring.act')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)} className="flex flex-col gap-3 pb-2">
        {failure && <FailureNotice failure={failure} />}
        <ul className="flex list-disc flex-col gap-1 pl-5 text-ink-2">
          {(['newer', 'local', 'unsent', 'calls'] as const).map((one) => (
            <li key={one}>{t(`settings.backup.restoring.${one}`)}</li>
          ))}
        </ul>
        <TextField
          label={t('settings.backup.restoring.type')}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
