import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useState } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { RingMode } from '../../contract/number.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createNumbersStore } from '../state/numbers.ts'
import { useApp } from '../state/use.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import type { AskProps } from './dialogs.tsx'
import { useDialogWork } from './use-dialog-work.ts'

/** Owners that all of them have, in the order of the first; one number's owners are its own. */
const commonOwners = (numbers: readonly OwnedNumber[]) =>
  numbers[0]?.userIds.filter((id) => numbers.every((one) => one.userIds.includes(id))) ?? []

/** Who answers the numbers, in which order, all at once or one after the other. */
export function AssignDialog({ numbers, onClose }: AskProps) {
  const t = useNumberWords()
  const { format, verbs } = useDesk()
  const { state } = useApp()
  const [userIds, setUserIds] = useState<readonly string[]>(() => commonOwners(numbers))
  const [ringMode, setRingMode] = useState<RingMode>(numbers[0]?.ringMode ?? 'simultaneous')
  const { isBusy, failure, run } = useDialogWork(numbers.length, onClose)
  const said = { count: numbers.length, number: format(numbers[0]?.phoneNumber ?? '') }
  const undo = () => {
    const back = numbers.map((one) => ({ phoneNumber: one.phoneNumber, patch: { userIds: one.userIds, ringMode: one.ringMode } }))
    void state.later(createNumbersStore).getState().update(back)
  }
  const save = () =>
    run(
      () =>
        verbs.assign(
          numbers.map((one) => one.phoneNumber),
          userIds,
          ringMode,
        ),
      t('numbers.done.assigned', said),
      undo,
    )
  return (
    <Dialog
      title={t('numbers.assigning.title')}
      text={t('numbers.assigning.text', said)}
      onClose={onClose}
      footer={
        <Button look="primary" isLarge disabled={isBusy} icon={isBusy && <Spinner />} onClick={() => void save()}>
          {isBusy ? t('numbers.assigning.saving') : t('numbers.assigning.save')}
        </Button>
      }
    >
      {failure && <FailureNotice failure={failure} />}
      <OwnerOrder userIds={userIds} onChange={setUserIds} />
      <People userIds={userIds} onChange={setUserIds} />
      {userIds.length > 1 && (
        <fieldset className="flex flex-col">
          <legend className="pb-1 text-small font-medium text-ink-2">{t('numbers.assigning.how')}</legend>
          {(['simultaneous', 'sequential'] as const).map((mode) => (
            <Check
              key={mode}
              type="radio"
              name="ring-mode"
              checked={ringMode === mode}
              onChange={() => setRingMode(mode)}
              label={t(`numbers.assigning.${mode}`)}
            />
          ))}
        </fieldset>
      )}
    </Dialog>
  )
}

interface OwnersProps {
  userIds: readonly string[]
  onChange: (userIds: readonly string[]) => void
}

function moved(userIds: readonly string[], from: number, to: number): string[] {
  const next = userIds.toSpliced(from, 1)
  return next.toSpliced(to, 0, ...userIds.slice(from, from + 1))
}

function OwnerOrder({ userIds, onChange }: OwnersProps) {
  const t = useNumberWords()
  const { names } = useDesk()
  return (
    <section aria-label={t('numbers.assigning.owners')}>
      <h3 className="pb-1 text-small font-medium text-ink-2">{t('numbers.assigning.owners')}</h3>
      {userIds.length === 0 && <p className="text-ink-2">{t('numbers.assigning.none')}</p>}
      <ol className="flex flex-col">
        {userIds.map((id, index) => {
          const name = names[id] ?? id
          return (
            <li key={id} className="flex min-h-9 items-center gap-2 border-b border-line last:border-b-0">
              <span className="w-5 text-right text-ink-2 tabular-nums">{index + 1}</span>
              <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
              <IconButton
                label={t('numbers.assigning.up', { name })}
                disabled={index === 0}
                onClick={() => onChange(moved(userIds, index, index - 1))}
              >
                <ArrowUp className="size-4" strokeWidth={1.75} />
              </IconButton>
              <IconButton
                label={t('numbers.assigning.down', { name })}
                disabled={index === userIds.length - 1}
                onClick={() => onChange(moved(userIds, index, index + 1))}
              >
                <ArrowDown className="size-4" strokeWidth={1.75} />
              </IconButton>
              <IconButton label={t('numbers.assigning.remove', { name })} onClick={() => onChange(userIds.filter((one) => one !== id))}>
                <X className="size-4" strokeWidth={1.75} />
              </IconButton>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

/** More people than this are searched, not scanned. */
const FEW = 8

function People({ userIds, onChange }: OwnersProps) {
  const t = useNumberWords()
  const { names } = useDesk()
  const [text, setText] = useState('')
  const people = Object.entries(names).toSorted((a, b) => a[1].localeCompare(b[1]))
  const shown = people.filter(([, name]) => name.toLowerCase().includes(text.trim().toLowerCase()))
  const toggle = (id: string) => onChange(userIds.includes(id) ? userIds.filter((one) => one !== id) : [...userIds, id])
  return (
    <fieldset className="flex min-h-0 flex-col gap-1">
      <legend className="pb-1 text-small font-medium text-ink-2">{t('numbers.assigning.people')}</legend>
      {people.length > FEW && (
        <TextField label={t('numbers.assigning.find')} type="search" value={text} onChange={(event) => setText(event.target.value)} />
      )}
      <div className="flex max-h-52 flex-col overflow-y-auto">
        {shown.map(([id, name]) => (
          <Check key={id} checked={userIds.includes(id)} onChange={() => toggle(id)} label={name} />
        ))}
      </div>
    </fieldset>
  )
}
