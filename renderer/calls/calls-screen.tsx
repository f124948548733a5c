import { useEffect, useState, type KeyboardEvent } from 'react'
import { createHistoryStore } from '../state/history.ts'
import { createBackupStore } from '../state/keeping.ts'
import { useApp, useLater } from '../state/use.ts'
import { cx } from '../ui/class-names.ts'
import { useNow } from '../ui/time.ts'
import { Toasts } from '../ui/toasts.tsx'
import { useCallWords } from '../words/index.ts'
import { AllCalls } from './all-calls.tsx'
import { CallDeskProvider } from './desk.tsx'
import { CallDetail } from './detail/call-detail.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { CallsHeader } from './header.tsx'
import { MissedInbox } from './missed-inbox.tsx'
import { toFilter } from './model/query.ts'
import { useCallPlace, useQuery } from './use-place.ts'

/** What happened, found again: every call that one may see, and the missed ones that need somebody. */
export function CallsScreen() {
  const t = useCallWords()
  return (
    <Toasts label={t('history.notifications')} undoLabel={t('history.undo')}>
      <CallDeskProvider>
        <Content />
      </CallDeskProvider>
    </Toasts>
  )
}

/** The row of the call that was open, which gets the focus back. */
const focusRow = (callId: string) =>
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-call="${callId}"] a`)?.focus({ preventScroll: true }))

function Content() {
  const { place, hrefOfCall, goToCall } = useCallPlace()
  const [query, setQuery] = useQuery(place)
  const [isExporting, setExporting] = useState(false)
  const { callId, tab } = place
  useAsking(query)
  const close = () => {
    goToCall(null)
    if (callId) focusRow(callId)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !callId || isExporting) return
    event.preventDefault()
    close()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape, wherever the focus is in the screen
    <div className="flex h-full flex-col" onKeyDown={onKeyDown}>
      <CallsHeader place={place} isBehind={callId !== null} onExport={() => setExporting(true)} />
      <CatchingUp />
      <div className="flex min-h-0 flex-1">
        <div className={cx('relative flex min-h-0 min-w-0 flex-col', callId ? 'max-wide:hidden wide:w-95 wide:shrink-0' : 'flex-1')}>
          {tab === 'missed' ? (
            <MissedInbox open={callId} hrefOfCall={hrefOfCall} />
          ) : (
            <AllCalls query={query} setQuery={setQuery} open={callId} hrefOfCall={hrefOfCall} />
          )}
        </div>
        {callId && <CallDetail key={callId} callId={callId} onClose={close} />}
      </div>
      {isExporting && <ExportDialog query={query} onClose={() => setExporting(false)} />}
    </div>
  )
}

/** After a backup was restored the list is older than the world, until the relay has told the rest. */
function CatchingUp() {
  const t = useCallWords()
  const isCatchingUp = useLater(createBackupStore, (state) => state.isCatchingUp)
  if (!isCatchingUp) return null
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is phrasing of a form
    <p role="status" className="px-5 pb-2 text-ink-2">
      {t('history.catchingUp')}
    </p>
  )
}

/** Asks for what the list is narrowed to, at every change and at midnight. */
function useAsking(query: Parameters<typeof toFilter>[0]) {
  const store = useApp().state.later(createHistoryStore)
  const day = new Date(useNow(60_000)).setHours(0, 0, 0, 0)
  useEffect(() => void store.getState().ask({ text: query.text.trim(), filter: toFilter(query, day) }), [store, query, day])
}
