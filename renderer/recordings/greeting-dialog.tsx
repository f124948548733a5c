import { useEffect, useId, useMemo, useState, type SubmitEvent } from 'react'
import type { Failure } from '../../contract/failure.ts'
import { MessageField } from '../numbers/message-field.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createGreetingsStore, type NewGreeting } from '../state/greetings.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useSay } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'
import { GreetingRecorder } from './greeting-recorder.tsx'
import { toGreeting, type SoundProblem } from './greeting-sound.ts'
import { toBase64 } from './model/wav.ts'

const ways = ['spoken', 'uploaded', 'recorded'] as const
type Way = (typeof ways)[number]
interface Draft {
  wav: Uint8Array<ArrayBuffer>
  name: string | null
}
const wayWords = { spoken: 'spoken', uploaded: 'upload', recorded: 'record' } as const

/** What was chosen or recorded, ready to be listened to. */
function useDraft() {
  const [draft, setDraft] = useState<Draft | null>(null)
  const [problem, setProblem] = useState<SoundProblem | null>(null)
  const take = async (source: Blob | undefined, name: string | null) => {
    setDraft(null)
    if (!source) return setProblem('tooShort')
    const sound = await toGreeting(source, name !== null)
    if ('problem' in sound) return setProblem(sound.problem)
    setProblem(null)
    return setDraft({ wav: sound.wav, name })
  }
  const forget = () => {
    setDraft(null)
    setProblem(null)
  }
  return { draft, problem, take, forget }
}

interface GreetingDialogProps {
  phoneNumber: string
  /** What is spoken now, to change it. */
  text: string
  onClose: () => void
}

/** What callers of a number hear: words that are spoken, a file, or what one says now. Nothing changes until it is saved. */
export function GreetingDialog({ phoneNumber, text: before, onClose }: GreetingDialogProps) {
  const t = useRecordingWords()
  const say = useSay()
  const store = useApp().state.later(createGreetingsStore)
  const form = useId()
  const [way, setWay] = useState<Way>('spoken')
  const [text, setText] = useState(before)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const sound = useDraft()
  const spoken: NewGreeting = text.trim() === '' ? null : { kind: 'spoken', text: text.trim() }
  const greeting = (): NewGreeting =>
    way === 'spoken' ? spoken : sound.draft && { kind: way, name: sound.draft.name?.slice(0, 120) ?? null, wav: toBase64(sound.draft.wav) }
  const isReady = way === 'spoken' ? spoken !== null : sound.draft !== null
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!isReady || isBusy) return
    setBusy(true)
    const failed = await store.getState().set(phoneNumber, greeting())
    setBusy(false)
    setFailure(failed)
    if (failed) return
    say(t('recordings.greeting.saved'))
    onClose()
  }
  return (
    <Dialog
      title={t('recordings.greeting.change')}
      text={t('recordings.greeting.choose')}
      onClose={onClose}
      footer={
        <Button look="primary" isLarge type="submit" form={form} disabled={!isReady || isBusy} icon={isBusy && <Spinner />}>
          {isBusy ? t('recordings.greeting.saving') : t('recordings.greeting.save')}
        </Button>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        {failure && <FailureNotice failure={failure} />}
        <fieldset className="flex flex-col">
          <legend className="sr-only">{t('recordings.greeting.choose')}</legend>
          {ways.map((one) => (
            <Check
              key={one}
              type="radio"
              name={`${form}-way`}
              label={t(`recordings.greeting.${wayWords[one]}`)}
              checked={way === one}
              onChange={() => {
                setWay(one)
                sound.forget()
              }}
            />
          ))}
        </fieldset>
        {way === 'spoken' && (
          <MessageField
            label={t('recordings.greeting.spokenText')}
            hint={t('recordings.greeting.spokenHint')}
            value={text}
            limit={1000}
            onChange={setText}
          />
        )}
        {way === 'uploaded' && <FileField onFile={(file) => void sound.take(file, file.name)} />}
        {way === 'recorded' && (
          <GreetingRecorder
            hasSound={sound.draft !== null}
            onBegin={sound.forget}
            onRecorded={(recorded) => void sound.take(recorded, null)}
          />
        )}
        {sound.problem && <Notice isWarning title={t(`recordings.greeting.${sound.problem}`)} />}
        {sound.draft && <Review wav={sound.draft.wav} />}
      </form>
    </Dialog>
  )
}

function FileField({ onFile }: { onFile: (file: File) => void }) {
  const t = useRecordingWords()
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-small font-medium text-ink-2">
        {t('recordings.greeting.uploadField')}
      </label>
      <input
        id={id}
        type="file"
        accept=".wav,audio/wav,audio/x-wav"
        onChange={({ target }) => target.files?.[0] && onFile(target.files[0])}
        className="w-full rounded-control border border-line-strong bg-surface p-1.5 text-ink file:mr-3 file:h-7 file:rounded-control file:border-0 file:bg-pressed file:px-3 file:font-medium file:text-ink"
      />
      <p className="text-small text-ink-2">{t('recordings.greeting.limit')}</p>
    </div>
  )
}

/** To hear it as callers will, before it is saved. */
function Review({ wav }: { wav: Uint8Array<ArrayBuffer> }) {
  const t = useRecordingWords()
  const url = useMemo(() => URL.createObjectURL(new Blob([wav], { type: 'audio/wav' })), [wav])
  useEffect(() => () => URL.revokeObjectURL(url), [url])
  return (
    <div className="flex flex-col gap-1">
      <p className="text-small font-medium text-ink-2">{t('recordings.greeting.review')}</p>
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- one's own voice, just recorded */}
      <audio controls src={url} aria-label={t('recordings.greeting.yourGreeting')} className="h-10 w-full" />
    </div>
  )
}
