import { useEffect } from 'react'
import { FailureNotice } from '../../shell/failure-notice.tsx'
import { createCallViewStore } from '../../state/call-view.ts'
import { useApp, useLater } from '../../state/use.ts'
import { Button } from '../../ui/button.tsx'
import { useCallDesk } from '../desk.tsx'
import { Facts } from './facts.tsx'
import { DetailHeader } from './header.tsx'
import { Notes } from './notes.tsx'
import { Recordings } from './recordings.tsx'
import { Tags } from './tags.tsx'
import { Timeline } from './timeline.tsx'

interface CallDetailProps {
  callId: string
  onClose: () => void
}

/** One call beside the list; in its place in a narrow window. */
export function CallDetail({ callId, onClose }: CallDetailProps) {
  const { t, nameOf } = useCallDesk()
  const store = useApp().state.later(createCallViewStore)
  const view = useLater(createCallViewStore, (state) => (state.callId === callId ? state.view : null))
  const failure = useLater(createCallViewStore, (state) => state.failure)
  useEffect(() => {
    void store.getState().open(callId)
    return () => void store.getState().open(null)
  }, [store, callId])
  const isGone = failure?.code === 'not-found'
  return (
    <section
      aria-label={view ? nameOf(view.party) : t('history.title')}
      className="relative flex min-h-0 min-w-0 flex-1 animate-rise flex-col gap-5 overflow-y-auto border-t border-line px-5 pb-6 wide:border-l"
    >
      {view && <DetailHeader call={view} onClose={onClose} />}
      {!view && failure && (
        <div className="flex flex-col items-start gap-3 pt-4">
          {isGone ? (
            <>
              <h2 className="text-title font-semibold">{t('history.detail.gone')}</h2>
              <p className="text-ink-2">{t('history.detail.goneText')}</p>
            </>
          ) : (
            <FailureNotice failure={failure}>
              <Button onClick={() => void store.getState().read()}>{t('history.retry')}</Button>
            </FailureNotice>
          )}
          <Button onClick={onClose}>{t('history.detail.back')}</Button>
        </div>
      )}
      {!view && !failure && <p className="animate-late pt-4 text-ink-2">{t('history.detail.loading')}</p>}
      {view && (
        <>
          <Recordings call={view} />
          <Notes call={view} />
          <Tags call={view} />
          <Timeline call={view} />
          <Facts call={view} />
        </>
      )}
    </section>
  )
}
