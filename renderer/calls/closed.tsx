import type { CallItem } from '../../contract/history.ts'
import { formatMoment } from '../ui/time.ts'
import { useCallDesk } from './desk.tsx'

/** Who dealt with it, how and when. */
export function Closed({ call: { missed } }: { call: CallItem }) {
  const { t, names } = useCallDesk()
  if (!missed?.how) return null
  const name = (missed.byUserId && names[missed.byUserId]) ?? t('history.missed.somebody')
  const when = missed.at ? formatMoment(Date.parse(missed.at)) : ''
  const sentence = t(`history.missed.how.${missed.how}`, { name, when })
  return <span className="text-small text-ink-2">{sentence.slice(0, 1).toUpperCase() + sentence.slice(1)}</span>
}
