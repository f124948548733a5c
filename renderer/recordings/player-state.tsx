import { CircleDashed, CircleOff, Gavel, LoaderCircle, Trash2, type LucideIcon } from 'lucide-react'
import { useEffect } from 'react'
import type { RecordingItem } from '../../contract/recording.ts'
import { useOurNumber } from '../phone/party.ts'
import { createGreetingsStore } from '../state/greetings.ts'
import { useApp, useLater } from '../state/use.ts'
import { formatMoment } from '../ui/time.ts'
import { useRecordingWords, type RecordingT } from '../words/index.ts'
import { absentWhy } from './state-words.ts'
import { useNames } from './use-names.ts'

type Told = { icon: LucideIcon; title: string; text: string }

/** Nobody put it into the trash: its number's retention did, as it is now. */
function useRule({ ourNumber, trash }: RecordingItem): string {
  const t = useRecordingWords()
  const nameOf = useOurNumber()
  const store = useApp().state.later(createGreetingsStore)
  const days = useLater(createGreetingsStore, (state) => (ourNumber === null ? null : (state.rows?.[ourNumber]?.retentionDays ?? null)))
  const isByRule = trash?.byUserId === null
  useEffect(() => {
    if (isByRule && !store.getState().rows) void store.getState().load()
  }, [isByRule, store])
  const ours = ourNumber === null ? null : nameOf(ourNumber)
  const number = ours ? ours.name || ours.number : ''
  return days === null ? t('recordings.player.inTrashByRule', { number }) : t('recordings.player.inTrashByDays', { number, count: days })
}

function told(item: RecordingItem, names: Readonly<Record<string, string>>, rule: string, t: RecordingT): Told {
  const { state, errorCode, trash } = item
  const key = (name: 'processing' | 'recording' | 'failed' | 'deleted', icon: LucideIcon): Told => ({
    icon,
    title: t(`recordings.player.${name}`),
    text: t(`recordings.player.${name}Text`),
  })
  if (state === 'absent')
    return {
      icon: CircleOff,
      title: t('recordings.player.absent', { why: absentWhy(errorCode, t) }),
      text: t('recordings.player.absentText'),
    }
  if (state === 'trashed') {
    const by = trash?.byUserId ? names[trash.byUserId] : undefined
    const bare = trash && trash.byUserId === null ? rule : t('recordings.player.inTrash')
    return {
      icon: Trash2,
      title: by ? t('recordings.player.inTrashBy', { name: by }) : bare,
      text: trash ? t('recordings.player.inTrashText', { date: formatMoment(Date.parse(trash.until)) }) : '',
    }
  }
  if (state === 'recording') return key('recording', CircleDashed)
  if (state === 'failed') return key('failed', CircleOff)
  return state === 'deleted' ? key('deleted', CircleOff) : key('processing', LoaderCircle)
}

/** Why there is nothing to play, and what happens next. */
export function StateNote({ item }: { item: RecordingItem }) {
  const t = useRecordingWords()
  const names = useNames()
  const { icon: Icon, title, text } = told(item, names, useRule(item), t)
  return (
    <div className="flex gap-2.5 rounded-panel bg-canvas px-3 py-2.5">
      <Icon className="mt-0.5 size-4 shrink-0 text-ink-2" strokeWidth={1.75} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {text && <p className="text-ink-2">{text}</p>}
      </div>
    </div>
  )
}

/** That nobody may delete it, since when, by whom and why. */
export function HoldNote({ hold }: { hold: NonNullable<RecordingItem['hold']> }) {
  const t = useRecordingWords()
  const names = useNames()
  const said = { name: names[hold.byUserId] ?? hold.byUserId, date: formatMoment(Date.parse(hold.at)), note: hold.note }
  return (
    <div className="flex gap-2.5 rounded-panel bg-warn-wash px-3 py-2">
      <Gavel className="mt-0.5 size-4 shrink-0 text-warn" strokeWidth={1.75} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{t('recordings.player.holdOn')}</p>
        <p className="break-words text-ink-2">
          {hold.note ? t('recordings.player.holdBy', said) : t('recordings.player.holdByBare', said)}
        </p>
      </div>
    </div>
  )
}
