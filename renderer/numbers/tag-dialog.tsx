import { useId, useState, type SubmitEvent } from 'react'
import { inverse } from '../model/number-patch.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createNumbersStore } from '../state/numbers.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import type { AskProps } from './dialogs.tsx'
import { retagged, tagsIn, TAG_LENGTH, TAG_LIMIT } from './model/tags.ts'
import { useDialogWork } from './use-dialog-work.ts'

/** Adds tags to the numbers and takes tags from them; other tags stay as they are on each. */
export function TagDialog({ numbers, onClose }: AskProps) {
  const t = useNumberWords()
  const { state } = useApp()
  const { format } = useDesk()
  const form = useId()
  const present = [...new Set(numbers.flatMap((one) => one.tags))].toSorted((a, b) => a.localeCompare(b))
  const [text, setText] = useState('')
  const [dropped, setDropped] = useState<readonly string[]>([])
  const { isBusy, failure, run } = useDialogWork(numbers.length, onClose)
  const added = tagsIn(text)
  const changes = numbers.map((one) => ({ phoneNumber: one.phoneNumber, patch: { tags: retagged(one.tags, added, dropped) } }))
  const error = added.some((tag) => tag.length > TAG_LENGTH)
    ? t('numbers.tagging.long')
    : changes.some(({ patch }) => patch.tags.length > TAG_LIMIT)
      ? t('numbers.tagging.many')
      : undefined
  const update = state.later(createNumbersStore).getState().update
  const isIdle = added.length === 0 && dropped.length === 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (error || isIdle) return
    const back = numbers.map((one, index) => ({ phoneNumber: one.phoneNumber, patch: inverse(one, changes[index]?.patch ?? {}) }))
    const said = t('numbers.done.tagged', { count: numbers.length, number: format(numbers[0]?.phoneNumber ?? '') })
    void run(
      () => update(changes),
      said,
      () => void update(back),
    )
  }
  const toggle = (tag: string) => setDropped(dropped.includes(tag) ? dropped.filter((one) => one !== tag) : [...dropped, tag])
  return (
    <Dialog
      title={t('numbers.tagging.title')}
      onClose={onClose}
      footer={
        <Button look="primary" isLarge type="submit" form={form} disabled={isBusy || isIdle || !!error} icon={isBusy && <Spinner />}>
          {isBusy ? t('numbers.tagging.saving') : t('numbers.tagging.save')}
        </Button>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        {failure && <FailureNotice failure={failure} />}
        <TextField
          label={t('numbers.tagging.add')}
          placeholder={t('numbers.tagging.hint')}
          value={text}
          error={error}
          onChange={(event) => setText(event.target.value)}
        />
        <p className="text-small text-ink-2">{t('numbers.tagging.addText')}</p>
        {present.length > 0 && (
          <fieldset>
            <legend className="pb-1 text-small font-medium text-ink-2">{t('numbers.tagging.present')}</legend>
            {present.map((tag) => (
              <Check key={tag} checked={!dropped.includes(tag)} onChange={() => toggle(tag)} label={tag} />
            ))}
          </fieldset>
        )}
      </form>
    </Dialog>
  )
}
