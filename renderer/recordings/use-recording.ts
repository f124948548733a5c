import { useCallback, useEffect, useRef, useState } from 'react'
import type { BridgeValue } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'
import type { CallNote } from '../../contract/history.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import { createRecordingVerbs, type RecordingVerbs } from '../state/recording-verbs.ts'
import { useApp, useStatus } from '../state/use.ts'

export type Sound = BridgeValue<'recordings.open'>
export interface OpenRecording {
  /** Null until it has come. */
  item: RecordingItem | null
  /** Null until it can be played. */
  sound: Sound | null
  notes: readonly CallNote[]
  failure: Failure | null
  /** Reads again what is known of it. */
  refresh: () => void
  /** Asks for an address of its sound again: an address lives ten minutes. */
  reopen: () => void
  setNotes: (notes: readonly CallNote[]) => void
}

/** Twilio's media come seconds after its word of them. */
const NOT_READY_MS = 4000
/** What is over by itself: nobody needs to ask again. */
const PASSING: ReadonlySet<string> = new Set(['recording-not-ready', 'rate-limited'])
const nobody: readonly CallNote[] = []

/** What opening and reading share: nothing is shown of a recording that is not looked at any more. */
interface Reading {
  sid: string
  verbs: RecordingVerbs
  isWanted: () => boolean
  show: (change: Partial<Pick<OpenRecording, 'item' | 'sound' | 'notes' | 'failure'>>) => void
}

type Opening = ReturnType<RecordingVerbs['open']>

async function open({ sid, verbs, isWanted, show }: Reading, opening: Opening = verbs.open(sid)): Promise<void> {
  const answer = await opening
  if (!isWanted()) return
  show(answer.ok ? { sound: answer.value, item: answer.value.recording, failure: null } : { failure: answer.failure })
}

/** `opening`: was asked for already, since most can be played: sound is not to wait for the state. */
async function read(reading: Reading, hasSound: boolean, opening?: Opening): Promise<void> {
  const { sid, verbs, isWanted, show } = reading
  const answer = await verbs.get(sid)
  if (!isWanted()) return
  if (!answer.ok) return show({ failure: answer.failure, ...(answer.failure.code === 'not-found' ? { item: null, sound: null } : {}) })
  const item = answer.value
  show({ item, ...(item.state === 'ready' ? {} : { sound: null, failure: null }) })
  const opened = item.state === 'ready' && !hasSound ? open(reading, opening) : undefined // sound first
  const known = await verbs.notes(item)
  if (known && isWanted()) show({ notes: known })
  await opened
}

/** One recording: its state, its sound as soon as it can be played, its notes; all of it followed while it is shown. */
export function useRecording(sid: string): OpenRecording {
  const verbs = useApp().state.later(createRecordingVerbs)
  const [view, setView] = useState<Pick<OpenRecording, 'item' | 'sound' | 'notes' | 'failure'>>({
    item: null,
    sound: null,
    notes: nobody,
    failure: null,
  })
  const isShown = useRef(true)
  const show = useCallback((change: Partial<typeof view>) => setView((was) => ({ ...was, ...change })), [])
  const hasSound = view.sound !== null
  const refresh = useCallback(
    () => void read({ sid, verbs, show, isWanted: () => isShown.current }, hasSound),
    [sid, verbs, show, hasSound],
  )
  const reopen = useCallback(() => void open({ sid, verbs, show, isWanted: () => isShown.current }), [sid, verbs, show])
  useEffect(() => {
    isShown.current = true
    void read({ sid, verbs, show, isWanted: () => isShown.current }, false, verbs.open(sid))
    return () => void (isShown.current = false)
  }, [sid, verbs, show])
  useFollowing(view, verbs, { refresh, show })
  useRetry(view.failure, hasSound ? null : refresh)
  return { ...view, refresh, reopen, setNotes: (notes) => show({ notes }) }
}

/** Reads again when something of it changed; takes waveform and silences when it is whole here, while its sound plays on. */
function useFollowing(
  { item, sound }: Pick<OpenRecording, 'item' | 'sound'>,
  verbs: RecordingVerbs,
  now: Pick<Reading, 'show'> & { refresh: () => void },
) {
  const { refresh, show } = now
  const sid = item?.sid
  const callId = item?.callId
  useEffect(() => {
    if (sid === undefined || callId === undefined) return undefined
    const cached = async (isCached: boolean) => {
      if (!isCached || !sound || sound.peaks) return refresh()
      const answer = await verbs.open(sid)
      if (answer.ok) show({ item: answer.value.recording, sound: { ...answer.value, url: sound.url } })
    }
    return verbs.follow({ sid, callId }, refresh, (isCached) => void cached(isCached))
  }, [sid, callId, sound, verbs, refresh, show])
}

/** What will be there soon, or when the relay is back, is asked for again by itself. */
function useRetry(failure: Failure | null, again: (() => void) | null): void {
  const relay = useStatus((state) => state.status?.relay)
  useEffect(() => {
    if (!failure || !PASSING.has(failure.code) || !again) return undefined
    const timer = setTimeout(again, NOT_READY_MS)
    return () => clearTimeout(timer)
  }, [failure, again])
  const isLater = failure?.retry === 'later'
  const before = useRef(relay)
  useEffect(() => {
    const isBack = relay === 'online' && before.current !== 'online'
    before.current = relay
    if (isBack && isLater) again?.()
  }, [relay, isLater, again])
}
