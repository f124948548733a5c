import { Play, Square } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { RecordValue } from '../../contract/record.ts'
import { spoken } from '../../words/spoken.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createGreetingsStore } from '../state/greetings.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { formatDuration } from '../ui/time.ts'
import { useSay } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'
import { GreetingDialog } from './greeting-dialog.tsx'
import { toBase64 } from './model/wav.ts'

type Greeting = RecordValue<'greeting'>
const icon = { className: 'size-4', strokeWidth: 1.75, 'aria-hidden': true } as const

/** What callers of a number hear before the beep, and the ways to change it. */
export function GreetingPart({ phoneNumber, canChange }: { phoneNumber: string; canChange: boolean }) {
  const t = useRecordingWords()
  const greeting = useLater(createGreetingsStore, (state) => state.rows?.[phoneNumber]?.greeting ?? null)
  const [isChanging, setChanging] = useState(false)
  const { failure, remove, isBusy } = useRemoving(phoneNumber)
  return (
    <div className="flex flex-col gap-2">
      <h4 className="text-small font-medium text-ink-2">{t('recordings.greeting.heading')}</h4>
      <Current phoneNumber={phoneNumber} greeting={greeting} />
      {failure && <FailureNotice failure={failure} />}
      {canChange && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setChanging(true)}>{t('recordings.greeting.change')}</Button>
          {greeting && (
            <Button look="quiet" disabled={isBusy} onClick={() => void remove(greeting)}>
              {t('recordings.greeting.remove')}
            </Button>
          )}
        </div>
      )}
      {isChanging && <GreetingDialog phoneNumber={phoneNumber} text={greeting?.text ?? ''} onClose={() => setChanging(false)} />}
    </div>
  )
}

function Current({ phoneNumber, greeting }: { phoneNumber: string; greeting: Greeting | null }) {
  const t = useRecordingWords()
  if (!greeting || greeting.kind === 'spoken')
    return (
      <div>
        <p className="font-medium">{greeting ? t('recordings.greeting.kind.spoken') : t('recordings.greeting.usual')}</p>
        <p className="break-words text-ink-2">{t('recordings.greeting.usualText', { text: greeting?.text ?? spoken.voicemailGreeting })}</p>
      </div>
    )
  const kind = t(`recordings.greeting.kind.${greeting.kind}`)
  const named = greeting.name ? t('recordings.greeting.named', { kind, name: greeting.name }) : kind
  const seconds = greeting.durationSeconds
  return (
    <div className="flex items-center gap-3">
      <p className="min-w-0 flex-1 font-medium break-words">
        {seconds === null ? named : t('recordings.greeting.length', { kind: named, time: formatDuration(Math.ceil(seconds)) })}
      </p>
      <Listen key={greeting.mediaId} phoneNumber={phoneNumber} />
    </div>
  )
}

function Listen({ phoneNumber }: { phoneNumber: string }) {
  const t = useRecordingWords()
  const store = useApp().state.later(createGreetingsStore)
  const playing = useRef<HTMLAudioElement | null>(null)
  const [isPlaying, setPlaying] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const stop = () => {
    playing.current?.pause()
    playing.current = null
    setPlaying(false)
  }
  useEffect(() => () => playing.current?.pause(), [])
  const play = async () => {
    const opened = await store.getState().open(phoneNumber)
    if ('failure' in opened) return setFailure(opened.failure)
    const audio = new Audio(opened.url)
    playing.current = audio
    setFailure(null)
    setPlaying(true)
    audio.addEventListener('ended', stop)
    return audio.play().catch(() => {
      stop()
      setFailure({ code: 'recording-damaged', retry: 'later' })
    })
  }
  if (failure) return <FailureNotice failure={failure} />
  return (
    <Button icon={isPlaying ? <Square {...icon} /> : <Play {...icon} />} onClick={() => (isPlaying ? stop() : void play())}>
      {isPlaying ? t('recordings.greeting.stop') : t('recordings.greeting.listen')}
    </Button>
  )
}

/** Takes a greeting away, with a way back: its sound is fetched first, since nobody else keeps it. */
function useRemoving(phoneNumber: string) {
  const t = useRecordingWords()
  const say = useSay()
  const store = useApp().state.later(createGreetingsStore)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isBusy, setBusy] = useState(false)
  const remove = async (greeting: Greeting) => {
    setBusy(true)
    const kept = await keep(greeting, () => store.getState().open(phoneNumber))
    const failed = 'failure' in kept ? kept.failure : await store.getState().set(phoneNumber, null)
    setBusy(false)
    setFailure(failed)
    if (failed || 'failure' in kept) return
    const undo = async () => setFailure(await store.getState().set(phoneNumber, kept))
    say(t('recordings.greeting.removed'), () => void undo())
  }
  return { failure, isBusy, remove }
}

/** A greeting so that it can be set again. */
async function keep({ kind, text, name }: Greeting, open: () => Promise<{ url: string } | { failure: Failure }>) {
  if (kind === 'spoken') return { kind, text: text ?? '' }
  const opened = await open()
  if ('failure' in opened) return opened
  const response = await fetch(opened.url).catch(() => undefined)
  if (!response?.ok) return { failure: { code: 'relay-unreachable', retry: 'later' } satisfies Failure }
  return { kind, name, wav: toBase64(new Uint8Array(await response.arrayBuffer())) }
}
