import { useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createRecordingVerbs } from '../state/recording-verbs.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { formatMoment, formatTime, useNow } from '../ui/time.ts'
import { useRecordingWords } from '../words/index.ts'
import { useNames } from './use-names.ts'

/** What a voicemail says, who listened, and whether it still needs somebody. */
export function VoicemailParts({ item }: { item: RecordingItem }) {
  const t = useRecordingWords()
  const verbs = useApp().state.later(createRecordingVerbs)
  const [failure, setFailure] = useState<Failure | null>(null)
  const mark = async () => {
    const answer = await verbs.mark(item.sid, item.isRead ? 'unread' : 'read')
    setFailure(answer.ok ? null : answer.failure)
  }
  return (
    <>
      <Transcript item={item} />
      {failure && <FailureNotice failure={failure} />}
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 text-ink-2">
          <Listened item={item} />
        </p>
        {item.state === 'ready' && (
          <Button onClick={() => void mark()}>{item.isRead ? t('recordings.detail.markUnread') : t('recordings.detail.markRead')}</Button>
        )}
      </div>
    </>
  )
}

function Transcript({ item: { transcript, noTranscript } }: { item: RecordingItem }) {
  const t = useRecordingWords()
  if (transcript?.status === 'completed')
    return (
      <section aria-label={t('recordings.detail.transcript')}>
        <h3 className="text-small font-medium text-ink-2">{t('recordings.detail.transcript')}</h3>
        <p className="break-words whitespace-pre-wrap">{transcript.text}</p>
      </section>
    )
  if (noTranscript === null) return null
  return (
    <p className="text-ink-2">{t('recordings.detail.noTranscript', { why: t(`recordings.detail.noTranscriptWhy.${noTranscript}`) })}</p>
  )
}

/** "Listened: Ana, 10:42": the time of day today, the day with it before. */
function Listened({ item: { heardBy } }: { item: RecordingItem }) {
  const t = useRecordingWords()
  const names = useNames()
  const now = useNow(60_000)
  if (heardBy.length === 0) return t('recordings.detail.nobodyListened')
  const isToday = (at: number) => new Date(at).toDateString() === new Date(now).toDateString()
  const told = heardBy.map(({ userId, at: iso }) => {
    const at = Date.parse(iso)
    return t('recordings.detail.listenedOne', { name: names[userId] ?? userId, time: isToday(at) ? formatTime(at) : formatMoment(at) })
  })
  return t('recordings.detail.listened', { who: told.join('; ') })
}
