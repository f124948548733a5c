import { useId, useState, type SubmitEvent } from 'react'
import { NAME_LIMIT } from '../../contract/number-name.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createNumbersStore } from '../state/numbers.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import type { AskProps } from './dialogs.tsx'
import { placeholders, renamings, unknownParts } from './model/template.ts'
import { useDialogWork } from './use-dialog-work.ts'

const PREVIEWED = 6

/** New names by a template; each is seen before it is given. A single number's template begins as its name. */
export function RenameDialog({ numbers, onClose }: AskProps) {
  const t = useNumberWords()
  const { state } = useApp()
  const form = useId()
  const [template, setTemplate] = useState(numbers.length === 1 ? (numbers[0]?.name ?? '') : '')
  const { isBusy, failure, run } = useDialogWork(numbers.length, onClose)
  const names = renamings(template, numbers)
  const wrong = names.filter((one) => one.problem !== null)
  const unknown = unknownParts(template)
  const isUsable = wrong.length === 0 && unknown.length === 0
  const update = state.later(createNumbersStore).getState().update
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isUsable) return
    const changes = names.map(({ phoneNumber, is }) => ({ phoneNumber, patch: { name: is } }))
    const back = names.map(({ phoneNumber, was }) => ({ phoneNumber, patch: { name: was } }))
    void run(
      () => update(changes),
      t('numbers.done.renamed', { count: names.length, name: names[0]?.is ?? '' }),
      () => void update(back),
    )
  }
  const error =
    unknown.length > 0
      ? t('numbers.renaming.unknown', { parts: unknown.map((one) => `{${one}}`).join(', ') })
      : template !== '' && wrong.length > 0
        ? t('numbers.renaming.problems', { count: wrong.length })
        : undefined
  return (
    <Dialog
      title={t('numbers.renaming.title')}
      text={t('numbers.renaming.text')}
      onClose={onClose}
      footer={
        <Button look="primary" isLarge type="submit" form={form} disabled={isBusy || !isUsable} icon={isBusy && <Spinner />}>
          {isBusy ? t('numbers.renaming.saving') : t('numbers.renaming.save')}
        </Button>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        {failure && <FailureNotice failure={failure} />}
        <TextField
          label={numbers.length === 1 ? t('numbers.renaming.name') : t('numbers.renaming.template')}
          placeholder={numbers.length === 1 ? undefined : t('numbers.renaming.hint')}
          maxLength={2 * NAME_LIMIT}
          value={template}
          error={error}
          onChange={(event) => setTemplate(event.target.value)}
        />
        {numbers.length > 1 && (
          <div className="flex flex-wrap gap-1">
            {placeholders.map((one) => (
              <Button
                key={one}
                aria-label={t('numbers.renaming.insert', { what: `{${one}}` })}
                title={t(`numbers.renaming.placeholders.${one}`)}
                onClick={() => setTemplate(`${template}{${one}}`)}
              >
                {`{${one}}`}
              </Button>
            ))}
          </div>
        )}
      </form>
      {template !== '' && numbers.length > 1 && <Preview names={names} />}
    </Dialog>
  )
}

function Preview({ names }: { names: ReturnType<typeof renamings> }) {
  const t = useNumberWords()
  const { format } = useDesk()
  // Those that cannot be used come first: they are what one must see.
  const shown = names.toSorted((a, b) => Number(b.problem !== null) - Number(a.problem !== null)).slice(0, PREVIEWED)
  return (
    <section aria-label={t('numbers.renaming.preview')}>
      <h3 className="pb-1 text-small font-medium text-ink-2">{t('numbers.renaming.preview')}</h3>
      <ul className="flex flex-col">
        {shown.map(({ phoneNumber, is, problem }) => (
          <li key={phoneNumber} className="flex gap-3 border-b border-line py-1.5 last:border-b-0">
            <span className="w-36 shrink-0 text-ink-2 tabular-nums">{format(phoneNumber)}</span>
            {problem ? (
              <span className="min-w-0 text-alarm">{t(`numbers.renaming.${problem}`)}</span>
            ) : (
              <span className="min-w-0 truncate font-medium">{is}</span>
            )}
          </li>
        ))}
      </ul>
      {names.length > PREVIEWED && <p className="pt-1 text-ink-2">{t('numbers.andMore', { count: names.length - PREVIEWED })}</p>}
    </section>
  )
}
