import { createElement } from 'react'
import { PhoneIncoming, PhoneMissed, PhoneOff, PhoneOutgoing, Voicemail, type LucideIcon } from 'lucide-react'
import type { CallRecord } from '../../contract/call.ts'
import { isTerminal } from '../../contract/outcome.ts'
import type { Words } from '../words/index.ts'

type Told = Pick<CallRecord, 'outcome' | 'reason' | 'direction'>

const isCalm = ({ outcome }: Told) => outcome === 'answered' || outcome === 'ongoing'
const needsALook = ({ outcome, reason }: Told) => (outcome === 'missed' && reason !== 'declined') || outcome === 'voicemail'

function glyphOf(call: Told): LucideIcon {
  if (call.outcome === 'voicemail') return Voicemail
  if (call.direction === 'incoming') return isCalm(call) ? PhoneIncoming : PhoneMissed
  return isCalm(call) ? PhoneOutgoing : PhoneOff
}

/** Direction and outcome at a glance; the words stand beside it or in the row's name. */
export function OutcomeGlyph({ call }: { call: Told }) {
  const colour = needsALook(call) ? 'text-alarm' : isCalm(call) ? 'text-ink-3' : 'text-ink-2'
  return createElement(glyphOf(call), { className: `size-4 shrink-0 ${colour}`, strokeWidth: 1.75, 'aria-hidden': true })
}

const isOurSide = ({ direction }: Told, role: string) => role === (direction === 'incoming' ? 'party' : 'device')

/** Where a call stands that is not over: a person talks, it rings, or nobody is left to answer but voicemail. */
function stageOf(call: CallRecord): 'talking' | 'ringing' | 'voicemail' | 'now' {
  const human = call.legs.filter((leg) => !isOurSide(call, leg.role))
  if (human.some((leg) => leg.status === 'in-progress' || leg.status === 'completed')) return 'talking'
  if (human.some((leg) => leg.status === null || !isTerminal(leg.status))) return 'ringing'
  return human.length > 0 && call.direction === 'incoming' ? 'voicemail' : 'now'
}

/** What became of a call, and why (RULES R6): an own choice to decline is not called missed. */
export function outcomeWords(call: CallRecord, t: Words): { outcome: string; reason: string } {
  const { outcome, reason } = call
  if (outcome === 'ongoing') return { outcome: t(`calls.stage.${stageOf(call)}`), reason: '' }
  if (outcome === 'missed' && reason === 'declined') return { outcome: t('calls.outcome.declined'), reason: '' }
  return { outcome: t(`calls.outcome.${outcome}`), reason: reason && outcome !== 'answered' ? t(`calls.reason.${reason}`) : '' }
}

export const isMissed = needsALook
