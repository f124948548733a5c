import { PhoneCall } from 'lucide-react'
import type { PhoneView } from '../model/phone.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useApp, usePhone, useSession } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { useWords } from '../words/index.ts'
import { CallCard } from './call-card.tsx'
import { Dialer } from './dialer.tsx'
import { SoundCheckPanel } from './sound-check.tsx'
import { Pane, TurnOn } from './turn-on.tsx'

/** Dialer on the left; the call, or what is needed before one, on the right. On a narrow window the right slides over. */
export function PhoneScreen() {
  const t = useWords()
  const hasCall = usePhone((view) => view.call !== null)
  const isOff = usePhone((view) => view.power !== 'on')
  const hasProblem = usePhone((view) => problemOf(view) !== undefined)
  const isNew = useSession((state) => state.isNew)
  const isNeeded = hasCall || isOff || hasProblem || isNew
  return (
    <div className="flex h-full min-h-0 max-wide:flex-col max-wide:overflow-y-auto">
      <h1 className="sr-only">{t('phone.title')}</h1>
      <div className={cx('wide:w-85 wide:shrink-0 wide:overflow-y-auto wide:border-r wide:border-line', hasCall && 'max-wide:hidden')}>
        <Dialer />
      </div>
      <div
        className={cx(
          'flex justify-center p-6 max-wide:order-first wide:flex-1 wide:overflow-y-auto',
          hasCall && 'max-wide:flex-1',
          !isNeeded && 'max-wide:hidden',
          !hasCall && 'max-wide:border-b max-wide:border-line',
        )}
      >
        <div className="m-auto flex w-full flex-col items-center gap-4">
          <Detail />
        </div>
      </div>
    </div>
  )
}

/** What would spoil the next call. */
const problemOf = ({ microphone, problem, power }: PhoneView): string | undefined => {
  if (power !== 'on') return undefined
  return microphone === 'denied' ? 'microphone-denied' : microphone === 'missing' ? 'microphone-missing' : problem?.code
}

function Detail() {
  const t = useWords()
  const { state } = useApp()
  const call = usePhone((view) => view.call)
  const power = usePhone((view) => view.power)
  const isNew = useSession((session) => session.isNew)
  const hasProblem = usePhone((view) => problemOf(view) !== undefined)
  if (call) return <CallCard key={call.callId} call={call} />
  if (power !== 'on') return <TurnOn />
  return (
    <>
      <Problem />
      {isNew ? (
        <SoundCheckPanel onDone={() => state.session.getState().forgetNew()} />
      ) : (
        <Pane
          icon={<PhoneCall className="size-6" strokeWidth={1.5} aria-hidden="true" />}
          title={t('phone.idleTitle')}
          text={hasProblem ? t('phone.idleTextProblem') : t('phone.idleText')}
        />
      )}
    </>
  )
}

/** The problem, said before the call. */
function Problem() {
  const t = useWords()
  const { phone } = useApp()
  const code = usePhone(problemOf)
  if (!code) return null
  return (
    <div className="w-full max-w-96">
      <FailureNotice failure={{ code }}>
        {code.startsWith('microphone-') && <Button onClick={() => void phone.checkMicrophone()}>{t('phone.problem.retry')}</Button>}
      </FailureNotice>
    </div>
  )
}
