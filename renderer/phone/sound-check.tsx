import { Bell, Volume2 } from 'lucide-react'
import { useCallback, useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { LevelBar } from '../ui/level-bar.tsx'
import { useWords } from '../words/index.ts'

const HEARD = 0.05

/** The last step of first-run: one is heard, and hears. */
export function SoundCheckPanel({ onDone }: { onDone: () => void }) {
  const t = useWords()
  const { soundCheck } = useApp()
  const [isHeard, setHeard] = useState(false)
  const [isPlaying, setPlaying] = useState(false)
  const [problem, setProblem] = useState<Failure | null>(null)
  const listen = useCallback(
    (show: (level: number) => void) => {
      const listening = soundCheck.listen((level) => {
        show(level)
        if (level > HEARD) setHeard(true)
      })
      void listening.then((answer) => 'failure' in answer && setProblem(answer.failure))
      return () => void listening.then((answer) => 'stop' in answer && answer.stop())
    },
    [soundCheck],
  )
  const play = async () => {
    setPlaying(true)
    await soundCheck.play().catch(() => undefined)
    setPlaying(false)
  }
  return (
    <section
      aria-labelledby="sound-check"
      className="flex w-full max-w-96 animate-rise flex-col gap-4 rounded-panel border border-line bg-surface p-5 shadow-rest"
    >
      <h2 id="sound-check" className="text-[16px] leading-6 font-semibold">
        {t('phone.check.title')}
      </h2>
      {problem ? (
        <FailureNotice failure={problem} />
      ) : (
        <div className="flex flex-col gap-2">
          <p className="text-ink-2">{isHeard ? t('phone.check.heard') : t('phone.check.speak')}</p>
          <LevelBar label={t('call.levelYou')} subscribe={listen} />
        </div>
      )}
      <Button onClick={() => void play()} disabled={isPlaying} icon={<Volume2 className="size-4" strokeWidth={1.75} aria-hidden="true" />}>
        {isPlaying ? t('phone.check.playing') : t('phone.check.play')}
      </Button>
      <AskForNotifications />
      <Button look="primary" isLarge onClick={onDone}>
        {t('phone.check.done')}
      </Button>
    </section>
  )
}

/** Asked for in words first: the browser's own question comes only after a yes. */
function AskForNotifications() {
  const t = useWords()
  const [state, setState] = useState(() => ('Notification' in globalThis ? Notification.permission : 'denied'))
  if (state !== 'default') return null
  return (
    <Button
      onClick={() => void Notification.requestPermission().then(setState)}
      icon={<Bell className="size-4" strokeWidth={1.75} aria-hidden="true" />}
      className="h-auto min-h-8 py-1.5 text-left"
    >
      {t('phone.check.notify')}
    </Button>
  )
}
