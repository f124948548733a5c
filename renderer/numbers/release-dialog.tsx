import { useId, useState, type SubmitEvent } from 'react'
import type { Dependencies, OwnedNumber, ReleaseSeen } from '../../contract/number-desktop.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { DependencyList, useDependencies } from './dependencies.tsx'
import { useDesk } from './desk.tsx'
import type { AskProps } from './dialogs.tsx'
import { isEarlyAt } from './model/due.ts'
import { useDialogWork } from './use-dialog-work.ts'
import { formatDay } from './when.ts'

const lastFour = (phoneNumber: string) => phoneNumber.slice(-4)

const idsOf = (users: Dependencies['owners']) => users.map((one) => one.userId)

/** What this dialog shows of a number: what has come since stops the release. */
function seenOf(rows: readonly Dependencies[] | null, phoneNumber: string): { seen?: ReleaseSeen } {
  const row = rows?.find((one) => one.phoneNumber === phoneNumber)
  if (!row) return {}
  const { calls30, routedTo, emergencyAddressSid } = row
  return { seen: { owners: idsOf(row.owners), defaultFor: idsOf(row.defaultFor), calls30, routedTo, emergencyAddressSid } }
}

/** Gives numbers back for good: what depends on them is asked again, and each one's last four digits are typed. */
export function ReleaseDialog({ numbers, onClose }: AskProps) {
  const t = useNumberWords()
  const { format, verbs } = useDesk()
  const form = useId()
  const phoneNumbers = numbers.map((one) => one.phoneNumber)
  const [round, setRound] = useState(0)
  const known = useDependencies(phoneNumbers, round)
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const [isEarlyFine, setEarlyFine] = useState(false)
  const [openedAt] = useState(() => Date.now())
  const { isBusy, failure, run } = useDialogWork(numbers.length, onClose)
  const early = numbers.filter((one) => isEarlyAt(one, openedAt))
  const notHeld = numbers.filter((one) => one.state !== 'held')
  const isTyped = phoneNumbers.every((one) => typed[one] === lastFour(one))
  // Nobody releases without having seen what depends on it.
  const isReady = isTyped && notHeld.length === 0 && known.rows !== null && (early.length === 0 || isEarlyFine)
  const said = { count: numbers.length, number: format(phoneNumbers[0] ?? '') }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isReady || isBusy) return
    const items = phoneNumbers.map((one) => ({ phoneNumber: one, lastFour: typed[one] ?? '', ...seenOf(known.rows, one) }))
    const release = async () => {
      const outcome = await verbs.release(items, early.length > 0)
      if (!outcome.ok || outcome.failed.length > 0) setRound((before) => before + 1) // what has changed is shown, then it was seen
      return outcome
    }
    void run(release, t('numbers.done.released', said))
  }
  return (
    <Dialog
      title={t('numbers.releasing.title')}
      text={t('numbers.releasing.text')}
      onClose={onClose}
      footer={
        <>
          <Button isLarge onClick={onClose}>
            {t('numbers.releasing.keep')}
          </Button>
          <Button look="end" isLarge type="submit" form={form} disabled={isBusy || !isReady} icon={isBusy && <Spinner />}>
            {isBusy ? t('numbers.releasing.saving') : t('numbers.releasing.save', said)}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        {failure && <FailureNotice failure={failure} />}
        {notHeld[0] && <Notice isWarning title={t('numbers.releasing.notHeld', { number: format(notHeld[0].phoneNumber) })} />}
        <DependencyList {...known} />
        {phoneNumbers.map((phoneNumber) => (
          <TypedField
            key={phoneNumber}
            phoneNumber={phoneNumber}
            value={typed[phoneNumber] ?? ''}
            onChange={(value) => setTyped({ ...typed, [phoneNumber]: value })}
          />
        ))}
        {early.length > 0 && <EarlyCheck early={early} isChecked={isEarlyFine} onChange={setEarlyFine} />}
      </form>
    </Dialog>
  )
}

function TypedField({ phoneNumber, value, onChange }: { phoneNumber: string; value: string; onChange: (value: string) => void }) {
  const t = useNumberWords()
  const { format } = useDesk()
  const isWrong = value.length >= 4 && value !== lastFour(phoneNumber)
  return (
    <TextField
      label={t('numbers.releasing.typed', { number: format(phoneNumber) })}
      inputMode="numeric"
      autoComplete="off"
      maxLength={4}
      value={value}
      error={isWrong ? t('numbers.releasing.typedWrong') : undefined}
      onChange={(event) => onChange(event.target.value.trim())}
    />
  )
}

function EarlyCheck({
  early,
  isChecked,
  onChange,
}: {
  early: readonly OwnedNumber[]
  isChecked: boolean
  onChange: (is: boolean) => void
}) {
  const t = useNumberWords()
  const { format } = useDesk()
  const first = early[0]
  const date = first?.hold ? formatDay(first.hold.until) : ''
  return (
    <div>
      <p className="text-ink-2">
        {t('numbers.releasing.earlyText', { count: early.length, number: format(first?.phoneNumber ?? ''), date })}
      </p>
      <Check checked={isChecked} onChange={(event) => onChange(event.target.checked)} label={t('numbers.releasing.early')} />
    </div>
  )
}
