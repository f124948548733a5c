import { useId, useState, type SubmitEvent } from 'react'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { DependencyList, useDependencies } from './dependencies.tsx'
import { useDesk } from './desk.tsx'
import type { AskProps } from './dialogs.tsx'
import { MessageField } from './message-field.tsx'
import { useDialogWork } from './use-dialog-work.ts'
import { formatDay } from './when.ts'

const DEFAULT_DAYS = 7
const DAY_MS = 86_400_000

/** Parks numbers: what depends on them first, then for how long and with which message. */
export function HoldDialog({ numbers, onClose }: AskProps) {
  const t = useNumberWords()
  const { format, verbs, report } = useDesk()
  const form = useId()
  const phoneNumbers = numbers.map((one) => one.phoneNumber)
  const known = useDependencies(phoneNumbers)
  const [days, setDays] = useState(String(DEFAULT_DAYS))
  const [message, setMessage] = useState('')
  const [openedAt] = useState(() => Date.now())
  const { isBusy, failure, run } = useDialogWork(numbers.length, onClose)
  const count = Number(days)
  const isValid = /^\d{1,3}$/.test(days) && count >= 1 && count <= 365
  const said = { count: numbers.length, number: format(phoneNumbers[0] ?? '') }
  const undo = async () => report(await verbs.unhold(phoneNumbers), phoneNumbers.length, t('numbers.done.unheld', said))
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isValid) return
    void run(
      () => verbs.hold(phoneNumbers, count, message.trim() || null),
      t('numbers.done.held', said),
      () => void undo(),
    )
  }
  return (
    <Dialog
      title={t('numbers.holding.title')}
      text={t('numbers.holding.text')}
      onClose={onClose}
      footer={
        <Button look="primary" isLarge type="submit" form={form} disabled={isBusy || !isValid} icon={isBusy && <Spinner />}>
          {isBusy ? t('numbers.holding.saving') : t('numbers.holding.save')}
        </Button>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        {failure && <FailureNotice failure={failure} />}
        <DependencyList {...known} />
        <div className="flex items-end gap-3">
          <span className="w-24">
            <TextField
              label={t('numbers.holding.days')}
              inputMode="numeric"
              value={days}
              error={isValid ? undefined : t('numbers.holding.daysWrong')}
              onChange={(event) => setDays(event.target.value.trim())}
            />
          </span>
          {isValid && (
            <p className="flex h-10 items-center text-ink-2">
              {t('numbers.holding.until', { date: formatDay(new Date(openedAt + count * DAY_MS).toISOString()) })}
            </p>
          )}
        </div>
        <MessageField
          label={t('numbers.holding.message')}
          hint={t('numbers.holding.messageHint')}
          value={message}
          onChange={setMessage}
          limit={500}
        />
      </form>
    </Dialog>
  )
}
