import type { CallRecord } from '../../contract/call.ts'
import { useCalls, usePhone, useStatus } from '../state/use.ts'
import { usePartyName } from '../phone/party.ts'
import type { Offer } from '../state/status.ts'
import { useNow } from '../ui/time.ts'
import { useWords } from '../words/index.ts'
import { problemOf, type Problem } from './availability-of.ts'

const GRACE_MS = 2000
/** What keeps a call from ringing here, and is ours to repair. The relay's troubles are no reason: it has just told us of the call. */
const HERE: ReadonlySet<Problem> = new Set(['off', 'turning-on', 'not-registered', 'microphone-denied', 'microphone-missing'])

/** A call to this user that does not ring here after two seconds: said, with why as far as we know (RULES R23). */
export function OfferNotice() {
  const t = useWords()
  const nameOf = usePartyName()
  const offer = useUnrung()
  const power = usePhone((view) => view.power)
  const registered = usePhone((view) => view.registered)
  const microphone = usePhone((view) => view.microphone)
  const status = useStatus((state) => state.status)
  if (!offer || power === 'elsewhere') return null // there it rings on this computer, or that window says why not
  const problem = problemOf({ power, registered, microphone }, status, offer.receivedAt)
  const elsewhere = offer.isForThisDevice ? t('call.note.not-brought') : t('call.note.other-devices')
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is phrasing of a form
    <p role="status" className="flex shrink-0 items-center gap-2 border-t border-line bg-warn-wash px-4 py-1.5">
      <span className="truncate font-medium tabular-nums">{nameOf(offer.party)}</span>
      <span className="truncate text-ink-2">{t('call.note.not-here')}</span>
      <span className="truncate text-ink-2">{problem && HERE.has(problem) ? t(`shell.problem.${problem}`) : elsewhere}</span>
    </p>
  )
}

/** The newest offer that is older than the grace, still rings, and whose invite never came. */
function useUnrung(): Offer | undefined {
  const offers = useStatus((state) => state.offers)
  const rungIds = useStatus((state) => state.rungIds)
  const calls = useCalls((state) => state.calls)
  const isOver = ({ callId }: Offer) => (calls ?? []).some((call) => call.callId === callId && !isRinging(call))
  const offer = offers.findLast((one) => !rungIds.includes(one.callId) && !isOver(one))
  const now = useNow(500, offer !== undefined)
  const ageMs = offer ? now - offer.receivedAt : 0
  return offer && ageMs > GRACE_MS && ageMs < offer.ringSeconds * 1000 ? offer : undefined
}

const isRinging = (call: CallRecord) =>
  call.outcome === 'ongoing' && !call.legs.some((leg) => leg.role === 'device' && leg.status === 'in-progress')
