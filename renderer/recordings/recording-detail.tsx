import { Phone as PhoneIcon, X } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import { isLive } from '../model/phone.ts'
import { useOurNumber, usePartyName } from '../phone/party.ts'
import { useCall } from '../phone/use-call.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { goTo } from '../shell/route.ts'
import { createRecordingVerbs, type RecordingVerbs } from '../state/recording-verbs.ts'
import { useApp, usePhone } from '../state/use.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { formatMoment } from '../ui/time.ts'
import { useRecordingWords } from '../words/index.ts'
import { RecordingPlayer } from './player.tsx'
import { startOf } from './recording-row.tsx'
import { useNames } from './use-names.ts'
import { VoicemailParts } from './voicemail-parts.tsx'

interface Known {
  item: RecordingItem | null
  failure: Failure | null
}

async function read(verbs: RecordingVerbs, sid: string, show: (known: Known) => void): Promise<void> {
  const answer = await verbs.get(sid)
  show(answer.ok ? { item: answer.value, failure: null } : { item: null, failure: answer.failure })
}

/** What is known of a recording, followed while it is shown. */
function useItem(sid: string): Known {
  const verbs = useApp().state.later(createRecordingVerbs)
  const [known, setKnown] = useState<Known>({ item: null, failure: null })
  const isShown = useRef(true)
  const show = useCallback((next: Known) => void (isShown.current && setKnown(next)), [])
  useEffect(() => {
    isShown.current = true
    void read(verbs, sid, show)
    return () => void (isShown.current = false)
  }, [verbs, sid, show])
  const callId = known.item?.callId
  useEffect(() => {
    if (callId === undefined) return undefined
    const again = () => void read(verbs, sid, show)
    return verbs.follow({ sid, callId }, again, again)
  }, [sid, callId, verbs, show])
  return known
}

interface DetailProps {
  sid: string
  /** The how manieth click on Play in a row opened it; null: it was opened to look at. */
  played: number | null
  onClose: () => void
}

/** One recording beside the list; over it in a narrow window. */
export function RecordingDetail({ sid, played, onClose }: DetailProps) {
  const t = useRecordingWords()
  const nameOf = usePartyName()
  const { item, failure } = useItem(sid)
  const isGone = failure?.code === 'not-found'
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col gap-4 overflow-y-auto border-l border-line px-5 pt-4 pb-6 max-wide:border-l-0">
      <header className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-title font-semibold tracking-tight tabular-nums">{item ? nameOf(item.party) : ' '}</h2>
          {item && <About item={item} />}
        </div>
        <IconButton label={t('recordings.detail.close')} onClick={onClose}>
          <X className="size-4" strokeWidth={1.75} />
        </IconButton>
      </header>
      {isGone && <Notice isWarning title={t('recordings.detail.gone')} text={t('recordings.detail.goneText')} />}
      {item && <Ways item={item} />}
      {!isGone && <RecordingPlayer key={played} sid={sid} autoPlay={played !== null} />}
      {item?.isVoicemail && <VoicemailParts item={item} />}
    </div>
  )
}

function About({ item }: { item: RecordingItem }) {
  const t = useRecordingWords()
  const ourNumber = useOurNumber()
  const names = useNames()
  const ours = item.ourNumber ? ourNumber(item.ourNumber) : undefined
  const parts = [
    t(`recordings.detail.${item.direction}`),
    ours && [ours.name, ours.number].filter(Boolean).join(' '),
    item.userId !== null && names[item.userId],
    formatMoment(startOf(item)),
  ]
  return <p className="text-ink-2 tabular-nums">{parts.filter(Boolean).join(' · ')}</p>
}

/** To the call, and back to who called. */
function Ways({ item }: { item: RecordingItem }) {
  const t = useRecordingWords()
  const ourNumber = useOurNumber()
  const { call, problem } = useCall()
  const isBusy = usePhone((view) => (view.call !== null && isLive(view.call.state)) || view.incoming !== null || view.power !== 'on')
  const { party } = item
  const verb = item.direction === 'incoming' ? 'callBack' : 'callAgain'
  const from = item.ourNumber ? ourNumber(item.ourNumber).number : undefined
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        {party.kind === 'number' && (
          <Button
            icon={<PhoneIcon className="size-4" strokeWidth={1.75} aria-hidden="true" />}
            disabled={isBusy}
            title={from && t(`recordings.detail.${verb}From`, { number: from })}
            onClick={() => call(party.number, item.ourNumber)}
          >
            {t(`recordings.detail.${verb}`)}
          </Button>
        )}
        <Button onClick={() => goTo('calls', item.callId)}>{t('recordings.detail.openCall')}</Button>
      </div>
      {party.kind === 'withheld' && <p className="text-ink-2">{t('recordings.detail.withheld')}</p>}
      {problem && <FailureNotice failure={problem} />}
    </>
  )
}
