import type { RecordingItem } from '../../contract/recording.ts'
import { formatDay } from '../numbers/when.ts'
import type { RecordingT } from '../words/index.ts'

/** Why Twilio kept no recording: 16101 shorter than it keeps, 16102 silent (facts/twilio: Twilio's error dictionary). */
export function absentWhy(errorCode: number | null, t: RecordingT): string {
  if (errorCode === 16_101) return t('recordings.absent.too-short')
  if (errorCode === 16_102) return t('recordings.absent.silent')
  return errorCode === null ? t('recordings.absent.unknown') : t('recordings.absent.other', { code: errorCode })
}

/** A recording's state in a list, with its reason; '' where it can be played and there is nothing to say. */
export function stateWords({ state, errorCode, trash }: Pick<RecordingItem, 'state' | 'errorCode' | 'trash'>, t: RecordingT): string {
  if (state === 'ready') return ''
  if (state === 'trashed' && trash) return t('recordings.trashUntil', { date: formatDay(trash.until) })
  const word = t(`recordings.state.${state}`)
  if (state === 'absent') return `${word}: ${absentWhy(errorCode, t)}`
  return state === 'failed' && errorCode !== null ? `${word}: ${absentWhy(errorCode, t)}` : word
}
