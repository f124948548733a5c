import { useCallback, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react'
import type { RecordingItem } from '../../contract/recording.ts'
import { hasCall } from '../model/phone.ts'
import { createListeningStore } from '../state/listening.ts'
import { createRecordingVerbs } from '../state/recording-verbs.ts'
import { useApp, usePhone } from '../state/use.ts'
import { keepPosition } from './keep-position.ts'
import { Playback, type PlaybackView } from './playback.ts'
import type { Sound } from './use-recording.ts'

/** An address lives ten minutes: what fails on one as old as this has only expired. */
const EXPIRED_MS = 9 * 60_000
/** Nearer to its end than this, or to its beginning, listening begins anew. */
const EDGE_SECONDS = 1

export interface Listening {
  playback: Playback
  view: PlaybackView
  isInCall: boolean
  /** Of a call that is there nothing but its ringing. */
  isRinging: boolean
  /** It will begin where somebody stopped before. */
  isResumed: boolean
  toggle: () => void
}

const startOf = ({ positionSeconds }: RecordingItem, duration: number | null) =>
  positionSeconds > EDGE_SECONDS && (duration === null || positionSeconds < duration - EDGE_SECONDS) ? positionSeconds : 0

/** Plays a recording that is open: one at a time in the page, and none while somebody talks. */
export function usePlayback(item: RecordingItem, sound: Sound, autoPlay: boolean): Listening {
  const verbs = useApp().state.later(createRecordingVerbs)
  const listening = useApp().state.later(createListeningStore)
  const playerId = useId()
  const isInCall = usePhone(hasCall)
  const isRinging = usePhone(({ call, incoming }) => incoming !== null && !hasCall({ call, incoming: null }))
  const { sid, isVoicemail } = item
  const [playback] = useState(
    () =>
      new Playback(new Audio(), () => new AudioContext(), {
        heard: () => isVoicemail && void verbs.mark(sid, 'heard'),
        ended: () => verbs.keepPosition(sid, 0),
      }),
  )
  const [start] = useState(() => startOf(item, sound.durationSeconds))
  const view = useSyncExternalStore(playback.subscribe, playback.view)
  const play = useCallback(() => {
    listening.getState().play(playerId)
    playback.play()
  }, [listening, playerId, playback])
  useSound(playback, sid, sound, start)
  useEffect(() => {
    if (autoPlay) play()
  }, [autoPlay, play])
  useSilenceOthers(playback, playerId, isInCall)
  const toggle = () => (view.isPlaying || view.isWaiting ? playback.pause() : isInCall ? undefined : play())
  usePlayingTold(sid, view.isPlaying)
  const isResumed = start > 0 && Math.abs(view.at - start) < 0.1
  return { playback, view, isInCall, isRinging, isResumed, toggle }
}

/** Gives the playback its address, and keeps where listening stopped. */
function useSound(playback: Playback, sid: string, sound: Sound, start: number): void {
  const verbs = useApp().state.later(createRecordingVerbs)
  const { url, durationSeconds } = sound
  useEffect(() => {
    const { at, duration } = playback.view()
    playback.load(url, duration === null ? start : at, durationSeconds)
  }, [playback, url, durationSeconds, start])
  useEffect(() => {
    const stop = keepPosition(playback, start, (at) => verbs.keepPosition(sid, at))
    return () => {
      stop()
      playback.close()
    }
  }, [playback, start, verbs, sid])
}

/** Lists show which recording plays. */
function usePlayingTold(sid: string, isPlaying: boolean): void {
  const listening = useApp().state.later(createListeningStore)
  useEffect(() => {
    if (!isPlaying) return undefined
    listening.getState().began(sid)
    return () => listening.getState().stopped(sid)
  }, [listening, sid, isPlaying])
}

/** Takes another address when the one that failed was old, as after a long pause. */
export function useFreshAddress({ view }: Listening, url: string, reopen: () => void): void {
  const taken = useRef({ url, at: 0 })
  useEffect(() => {
    taken.current = { url, at: Date.now() }
  }, [url])
  const hasFailed = view.trouble === 'unplayable'
  useEffect(() => {
    if (hasFailed && Date.now() - taken.current.at > EXPIRED_MS) reopen()
  }, [hasFailed, reopen])
}

/** Pauses when another player plays, or a call rings or goes on. */
function useSilenceOthers(playback: Playback, playerId: string, isInCall: boolean): void {
  const listening = useApp().state.later(createListeningStore)
  useEffect(
    () => listening.subscribe((now, before) => now.playerId !== before.playerId && now.playerId !== playerId && playback.pause()),
    [playback, listening, playerId],
  )
  useEffect(() => {
    if (isInCall) playback.pause()
  }, [playback, isInCall])
}
