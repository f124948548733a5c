import { useCallback } from 'react'
import type { CallItem } from '../../../contract/history.ts'
import { formatDuration } from '../../ui/time.ts'
import { useCallDesk } from '../desk.tsx'
import { outcomeWords } from '../outcome.tsx'

/** Seconds as they are said in a sentence: `12 s`, `1:05`. */
export const spokenSeconds = (seconds: number) => (seconds < 60 ? `${seconds} s` : formatDuration(seconds))

/** What became of a call, in one sentence: "Rang 12 s, caller hung up". */
export function useOutcomeSentence(): (call: CallItem) => string {
  const { t, common, names, userId } = useCallDesk()
  return useCallback(
    (call) => {
      const { outcome, reason } = outcomeWords(call, common)
      const ring = call.ringSeconds === null || call.ringSeconds === 0 ? undefined : spokenSeconds(call.ringSeconds)
      if (call.outcome === 'abandoned') return ring ? t('history.sentence.abandoned', { ring }) : t('history.sentence.abandonedNoRing')
      if (call.outcome === 'answered') {
        const talk = spokenSeconds(call.talkSeconds ?? 0)
        const who = call.userId && call.userId !== userId && call.direction === 'incoming' ? names[call.userId] : undefined
        if (call.talkSeconds === null) return outcome
        return who ? t('history.sentence.answered', { who, talk }) : t('history.sentence.answeredSome', { talk })
      }
      const rang = ring && call.direction === 'incoming' && call.outcome !== 'ongoing' ? t('history.sentence.rang', { ring }) : ''
      return [outcome, reason, rang].filter(Boolean).join(' · ')
    },
    [t, common, names, userId],
  )
}
