import { useState, type SubmitEvent } from 'react'
import type { Failure } from '../../contract/failure.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createGreetingsStore } from '../state/greetings.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Select } from '../ui/select.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useSay } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'

const USUAL_DAYS = [30, 90, 180, 365]
const MOST_DAYS = 3650
const isDays = (text: string) => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_DAYS

/** How long a number's recordings are kept, and what happens then (RULES R32). */
export function RetentionPart({ phoneNumber, canChange }: { phoneNumber: string; canChange: boolean }) {
  const t = useRecordingWords()
  const say = useSay()
  const store = useApp().state.later(createGreetingsStore)
  const days = useLater(createGreetingsStore, (state) => state.rows?.[phoneNumber]?.retentionDays ?? null)
  const [typed, setTyped] = useState<string | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const choose = async (next: number | null, isUndo = false) => {
    const before = days
    const failed = await store.getState().retain(phoneNumber, next)
    setFailure(failed)
    if (failed) return
    setTyped(null)
    const said = next === null ? t('recordings.greeting.retentionEnded') : t('recordings.greeting.retentionSaved', { count: next })
    if (!isUndo) say(said, () => void choose(before, true))
  }
  /** A shorter time may put a lot into the trash: how much is said first. */
  const want = async (next: number) => {
    const over = days === null || next < days ? await store.getState().over(phoneNumber, next) : 0
    if (over === 0) await choose(next)
    else setAsked({ days: next, over })
  }
  const choices = days === null || USUAL_DAYS.includes(days) ? USUAL_DAYS : [...USUAL_DAYS, days].toSorted((a, b) => a - b)
  return (
    <div className="flex flex-col gap-2">
      {failure && <FailureNotice failure={failure} />}
      <Select
        label={t('recordings.greeting.retention')}
        text={days === null ? t('recordings.greeting.retentionForever') : t('recordings.greeting.retentionText', { count: days })}
        disabled={!canChange}
        value={typed === null ? String(days ?? '') : 'other'}
        onChange={({ target: { value } }) => {
          if (value === 'other') setTyped('')
          else void (value === '' ? choose(null) : want(Number(value)))
        }}
      >
        <option value="">{t('recordings.greeting.retentionNone')}</option>
        {choices.map((count) => (
          <option key={count} value={String(count)}>
            {t('recordings.greeting.retentionDays', { count })}
          </option>
        ))}
        <option value="other">{t('recordings.greeting.retentionCustom')}</option>
      </Select>
      {typed !== null && <OtherDays typed={typed} onType={setTyped} onSave={(count) => void want(count)} />}
      {asked && <AskDialog asked={asked} onClose={() => setAsked(null)} onAct={() => (setAsked(null), void choose(asked.days))} />}
    </div>
  )
}

/** `over`: calls whose recordings go at the next sweep; null: not known. */
interface Asked {
  days: number
  over: number | null
}

function AskDialog({ asked: { days, over }, onClose, onAct }: { asked: Asked; onClose: () => void; onAct: () => void }) {
  const t = useRecordingWords()
  return (
    <Dialog
      title={t('recordings.greeting.retentionAsk', { count: days })}
      text={over === null ? t('recordings.greeting.retentionOverSome') : t('recordings.greeting.retentionOver', { count: over })}
      onClose={onClose}
      footer={
        <>
          <Button isLarge onClick={onClose}>
            {t('recordings.greeting.retentionCancel')}
          </Button>
          <Button look="end" isLarge onClick={onAct}>
            {t('recordings.greeting.retentionAct')}
          </Button>
        </>
      }
    >
      <p className="text-ink-2">{t('recordings.greeting.retentionBack')}</p>
    </Dialog>
  )
}

interface OtherDaysProps {
  typed: string
  onType: (typed: string) => void
  onSave: (days: number) => void
}

function OtherDays({ typed, onType, onSave }: OtherDaysProps) {
  const t = useRecordingWords()
  const isWrong = typed !== '' && !isDays(typed)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (isDays(typed)) onSave(Number(typed))
  }
  return (
    <form onSubmit={submit} noValidate className="flex items-end gap-2">
      <span className="w-40">
        <TextField
          label={t('recordings.greeting.retentionField')}
          inputMode="numeric"
          value={typed}
          error={isWrong ? t('recordings.greeting.retentionWrong') : undefined}
          onChange={(event) => onType(event.target.value.trim())}
        />
      </span>
      <Button type="submit" isLarge disabled={!isDays(typed)} className={isWrong ? 'mb-5' : ''}>
        {t('recordings.greeting.retentionSave')}
      </Button>
    </form>
  )
}
