import type { ReactNode } from 'react'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createSyncStore } from '../state/number-sync.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import type { SettingKey } from '../../contract/number.ts'

/** Names shown per column; the rest is counted. */
const SHOWN = 100

interface Line {
  phoneNumber: string
  name: string
  /** Which settings differ. */
  more?: string
}

/** What a sync would do, before it does it: shown whenever something would be removed. */
export function SyncPreview() {
  const t = useNumberWords()
  const store = useApp().state.later(createSyncStore)
  const plan = useLater(createSyncStore, (one) => one.plan)
  const isApplying = useLater(createSyncStore, (one) => one.phase === 'applying')
  const isNewPlan = useLater(createSyncStore, (one) => one.isNewPlan)
  const failure = useLater(createSyncStore, (one) => one.failure)
  const settingName = useSettingName()
  if (!plan) return null
  const { dismiss, apply } = store.getState()
  const added = plan.added.map((one) => ({ ...one, more: one.isBack ? t('numbers.preview.isBack') : '' }))
  const changed = plan.changed.map((one) => ({ ...one, more: one.keys.map(settingName).join(', ') }))
  return (
    <Dialog
      isWide
      isReading
      title={t('numbers.preview.title')}
      text={t('numbers.preview.text', { count: plan.listed })}
      onClose={dismiss}
      footer={
        <>
          <Button isLarge disabled={isApplying} onClick={dismiss}>
            {t('numbers.preview.notNow')}
          </Button>
          <Button look="primary" isLarge disabled={isApplying} icon={isApplying && <Spinner />} onClick={() => void apply()}>
            {isApplying ? t('numbers.preview.applying') : t('numbers.preview.apply')}
          </Button>
        </>
      }
    >
      {failure && <FailureNotice failure={failure} />}
      {isNewPlan && <Notice isWarning title={t('numbers.preview.newPlan')} />}
      <div className="grid gap-5 wide:grid-cols-3">
        <Column title={t('numbers.preview.added')} text={t('numbers.preview.addedText')} lines={added} />
        <Column title={t('numbers.preview.removed')} text={t('numbers.preview.removedText')} lines={plan.removed} isLoss />
        <Column title={t('numbers.preview.changed')} text={t('numbers.preview.changedText')} lines={changed} />
      </div>
      {plan.missing.length > 0 && (
        <Column title={t('numbers.preview.missing')} text={t('numbers.preview.missingText')} lines={plan.missing} />
      )}
      <p className="text-ink-2">{t('numbers.preview.unchanged', { count: plan.unchanged })}</p>
    </Dialog>
  )
}

/** A key of a number's settings as a person calls it; a key of a later version stays as it is. */
export function useSettingName(): (key: string) => string {
  const t = useNumberWords()
  return (key) => t(`numbers.settingNames.${key as SettingKey}`, { defaultValue: key })
}

function Column({ title, text, lines, isLoss }: { title: string; text: string; lines: readonly Line[]; isLoss?: boolean }): ReactNode {
  const t = useNumberWords()
  const { format } = useDesk()
  return (
    <section aria-label={title} className="flex min-w-0 flex-col">
      <h3 className="flex items-baseline gap-2 font-semibold">
        <span className={isLoss && lines.length > 0 ? 'text-alarm' : undefined}>{title}</span>
        <span className="font-normal text-ink-2 tabular-nums">{lines.length}</span>
      </h3>
      <p className="pb-1 text-small text-ink-2">{text}</p>
      {lines.length === 0 && <p className="text-ink-3">{t('numbers.preview.none')}</p>}
      <ul className="flex max-h-60 flex-col overflow-y-auto">
        {lines.slice(0, SHOWN).map(({ phoneNumber, name, more }) => (
          <li key={phoneNumber} className="border-t border-line py-1.5">
            <p className="font-medium tabular-nums">{format(phoneNumber)}</p>
            {name !== phoneNumber && <p className="truncate text-ink-2">{name}</p>}
            {more && <p className="text-small break-words text-ink-2">{more}</p>}
          </li>
        ))}
      </ul>
      {lines.length > SHOWN && <p className="pt-1 text-ink-2">{t('numbers.andMore', { count: lines.length - SHOWN })}</p>}
    </section>
  )
}
