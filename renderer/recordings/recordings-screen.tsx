import { Tabs } from 'radix-ui'
import { useCallback, useEffect, useState, type ComponentType, type KeyboardEvent } from 'react'
import { goTo, useAddress } from '../shell/route.ts'
import { useApp, useLater, useNumbering } from '../state/use.ts'
import { createVoicemailStore } from '../state/voicemail.ts'
import { cx } from '../ui/class-names.ts'
import { Toasts } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'
import { AuditList } from './audit-list.tsx'
import { RecordingsList, TrashList, VoicemailList, type ListProps } from './lists.tsx'
import { addressAt, placeOf, segments, type Place, type Segment } from './model/place.ts'
import { RecordingDetail } from './recording-detail.tsx'

const lists: Record<Segment, ComponentType<ListProps>> = {
  recordings: RecordingsList,
  voicemail: VoicemailList,
  trash: TrashList,
  audit: AuditList,
}

/** Every recording, voicemail and what became of them. */
export function RecordingsScreen() {
  const t = useRecordingWords()
  return (
    <Toasts label={t('recordings.notifications')} undoLabel={t('recordings.undo')}>
      <Content />
    </Toasts>
  )
}

function Content() {
  const loadPlans = useNumbering((state) => state.load)
  useEffect(() => void loadPlans(), [loadPlans])
  return <Lists {...placeOf(useAddress())} />
}

/** Digits after `/` were meant for a search, never for the telephone. */
const keepDigits = (event: KeyboardEvent) =>
  event.target === event.currentTarget && /^[\d*#+]$/.test(event.key) && event.nativeEvent.stopPropagation()

const show = (place: Place) => void goTo('recordings', addressAt(place))

function Lists({ segment, sid }: Place) {
  const t = useRecordingWords()
  const [played, setPlayed] = useState({ sid: '', times: 0 })
  const onOpen = useCallback(
    (next: string | null) => {
      setPlayed((was) => ({ sid: '', times: was.times }))
      show({ segment, sid: next })
    },
    [segment],
  )
  const onPlay = useCallback(
    (next: string) => {
      setPlayed(({ times }) => ({ sid: next, times: times + 1 }))
      show({ segment, sid: next })
    },
    [segment],
  )
  const List = lists[segment]
  return (
    <Tabs.Root value={segment} onValueChange={(next) => show({ segment: next as Segment, sid: null })} className="flex h-full min-h-0">
      <div className={cx('flex min-h-0 min-w-0 flex-1 flex-col', sid && 'wide:max-w-100 wide:shrink-0 max-wide:flex-none')}>
        <h1 className={cx('shrink-0 px-5 pt-4 pb-2 text-title font-semibold tracking-tight', sid && 'max-wide:sr-only')}>
          {t('recordings.title')}
        </h1>
        <div className={cx('flex min-h-0 flex-1 flex-col', sid && 'max-wide:hidden')}>
          <SegmentTabs />
          <Tabs.Content
            value={segment}
            tabIndex={-1}
            {...(segment === 'recordings' ? {} : { 'data-screen-search': '' })} // `/` stays here: there is nothing to type into
            onKeyDown={keepDigits}
            className="flex min-h-0 flex-1 flex-col pt-2 outline-none"
          >
            <List open={sid} onOpen={onOpen} onPlay={onPlay} />
          </Tabs.Content>
        </div>
      </div>
      {sid && <RecordingDetail key={sid} sid={sid} played={played.sid === sid ? played.times : null} onClose={() => onOpen(null)} />}
    </Tabs.Root>
  )
}

function SegmentTabs() {
  const t = useRecordingWords()
  const store = useApp().state.later(createVoicemailStore)
  const unread = useLater(createVoicemailStore, (state) => state.unread) ?? 0
  useEffect(() => {
    if (store.getState().items === null) void store.getState().load()
  }, [store])
  return (
    <Tabs.List aria-label={t('recordings.tabs.label')} className="flex shrink-0 gap-1 overflow-x-auto border-b border-line px-3">
      {segments.map((segment) => {
        const count = segment === 'voicemail' ? unread : 0
        return (
          <Tabs.Trigger
            key={segment}
            value={segment}
            aria-description={count > 0 ? t('recordings.unread', { count }) : undefined}
            className="flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-2 font-medium text-ink-2 -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {t(`recordings.tabs.${segment}`)}
            {count > 0 && (
              <span
                aria-hidden="true"
                className="min-w-5 rounded-full bg-accent-fill px-1.5 text-center text-[11px] leading-5 text-white tabular-nums"
              >
                {count > 99 ? '99+' : count}
              </span>
            )}
          </Tabs.Trigger>
        )
      })}
    </Tabs.List>
  )
}
