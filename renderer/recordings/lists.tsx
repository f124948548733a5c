import { CircleDot, Trash2, Voicemail } from 'lucide-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { RecordingItem } from '../../contract/recording.ts'
import { createRecordingsStore, createTrashStore } from '../state/recordings.ts'
import { useApp, useLater } from '../state/use.ts'
import { createVoicemailStore, createVoicemailTrashStore } from '../state/voicemail.ts'
import { Check } from '../ui/check.tsx'
import { useNow } from '../ui/time.ts'
import { useRecordingWords } from '../words/index.ts'
import { ListFrame } from './list-frame.tsx'
import { ListTools, useTools } from './list-tools.tsx'
import { growing, mergeNewest } from './model/merge.ts'
import { RecordingRow } from './recording-row.tsx'
import { RowList } from './row-list.tsx'

export interface ListProps {
  open: string | null
  onOpen: (sid: string | null) => void
  onPlay: (sid: string) => void
}

const sidOf = ({ sid }: RecordingItem) => sid

function Rows({
  label,
  items,
  open,
  onOpen,
  onPlay,
  onMore,
}: ListProps & { label: string; items: readonly RecordingItem[]; onMore: () => void }) {
  const now = useNow(60_000)
  const openItem = useCallback((item: RecordingItem) => onOpen(item.sid), [onOpen])
  const playItem = useCallback((item: RecordingItem) => onPlay(item.sid), [onPlay])
  return (
    <RowList label={label} items={items} keyOf={sidOf} open={open} onOpen={openItem} onLeave={() => onOpen(null)} onMore={onMore}>
      {(item, isCurrent) => (
        <RecordingRow item={item} now={now} isOpen={item.sid === open} isCurrent={isCurrent} onOpen={openItem} onPlay={playItem} />
      )}
    </RowList>
  )
}

/** Recordings of calls. */
export function RecordingsList(props: ListProps) {
  const t = useRecordingWords()
  const store = useApp().state.later(createRecordingsStore)
  const list = useLater(createRecordingsStore, (state) => state)
  const tools = useTools((query) => list.load(query))
  const onMore = useCallback(() => void store.getState().more(), [store])
  useEffect(() => void store.getState().load({ text: '', filter: {} }), [store])
  const empty = tools.isNarrowed
    ? {
        title: t('recordings.empty.found'),
        text: t('recordings.empty.foundText'),
        act: { label: t('recordings.empty.clear'), onClick: tools.clear },
      }
    : { title: t('recordings.empty.recordings'), text: t('recordings.empty.recordingsText') }
  return (
    <>
      <ListTools {...tools} />
      <ListFrame list={list} icon={CircleDot} empty={empty} onRetry={() => void list.load()}>
        <Rows {...props} label={t('recordings.list.recordings')} items={list.items ?? []} onMore={onMore} />
      </ListFrame>
    </>
  )
}

/** What callers left. */
export function VoicemailList(props: ListProps) {
  const t = useRecordingWords()
  const store = useApp().state.later(createVoicemailStore)
  const list = useLater(createVoicemailStore, (state) => state)
  const onMore = useCallback(() => void store.getState().more(), [store])
  useEffect(() => void store.getState().load(), [store])
  const empty = list.unreadOnly
    ? { title: t('recordings.empty.unread'), text: t('recordings.empty.unreadText') }
    : { title: t('recordings.empty.voicemail'), text: t('recordings.empty.voicemailText') }
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 px-3 pb-1">
        <Check label={t('recordings.unreadOnly')} checked={list.unreadOnly} onChange={() => void list.load(!list.unreadOnly)} />
        {list.unread !== null && list.unread > 0 && (
          <p className="text-small text-ink-2">{t('recordings.unread', { count: list.unread })}</p>
        )}
      </div>
      <ListFrame list={list} icon={Voicemail} empty={empty} onRetry={() => void list.load()}>
        <Rows {...props} label={t('recordings.list.voicemail')} items={list.items ?? []} onMore={onMore} />
      </ListFrame>
    </>
  )
}

/** Recordings and voicemails that were deleted and can be taken back. */
export function TrashList(props: ListProps) {
  const t = useRecordingWords()
  const { later } = useApp().state
  const [ours, theirs] = [later(createTrashStore), later(createVoicemailTrashStore)]
  const recordings = useLater(createTrashStore, (state) => state)
  const voicemails = useLater(createVoicemailTrashStore, (state) => state)
  const [loadAll] = useState(() => () => {
    void ours.getState().load()
    void theirs.getState().load()
  })
  useEffect(loadAll, [loadAll])
  const items = useMemo(() => mergeNewest(recordings, voicemails), [recordings, voicemails])
  const onMore = useCallback(() => {
    const next = growing(ours.getState(), theirs.getState())
    if (next) void (next === 'a' ? ours : theirs).getState().more()
  }, [ours, theirs])
  const list = {
    items,
    failure: recordings.failure ?? voicemails.failure,
    isLoadingMore: recordings.isLoadingMore || voicemails.isLoadingMore,
  }
  const empty = { title: t('recordings.empty.trash'), text: t('recordings.empty.trashText') }
  return (
    <ListFrame list={list} icon={Trash2} empty={empty} onRetry={loadAll}>
      <Rows {...props} label={t('recordings.list.trash')} items={items ?? []} onMore={onMore} />
    </ListFrame>
  )
}
