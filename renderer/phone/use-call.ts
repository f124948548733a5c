import { useCallback, useState } from 'react'
import { isEmergency } from '../../contract/dialable.ts'
import { failure, type Failure, type FailureCode } from '../../contract/failure.ts'
import type { AppModel } from '../model/app.ts'
import { DRAW_AFTER_MS } from '../model/phone.ts'
import { callFromOf } from '../state/settings.ts'
import { useApp } from '../state/use.ts'

interface Wanted {
  text: string
  /** The number it was called from before. */
  from?: string | null
  isRecorded: boolean
  onPlaced?: () => void
}

export interface Calling {
  /** Calls what was typed, or a number of the history from the number it was with. `onPlaced`: the call began. Never another function. */
  call: (text: string, from?: string | null, onPlaced?: () => void) => void
  /** Why a call did not begin; what was typed stays then. */
  problem: Failure | null
  forget: () => void
}

const never = () => false

/**
 * Begins a call, in the click's own task unless the number needs plans that are not there yet. `isRecorded`: asked when it begins, where a
 * person can see the choice; always the same function.
 */
export function useCall(isRecorded: () => boolean = never): Calling {
  const app = useApp()
  const [problem, setProblem] = useState<Failure | null>(null)
  const call = useCallback<Calling['call']>(
    (text, from = null, onPlaced) => place(app, { text, from, isRecorded: isRecorded(), ...(onPlaced ? { onPlaced } : {}) }, setProblem),
    [app, isRecorded],
  )
  return { call, problem, forget: () => setProblem(null) }
}

function place(app: AppModel, wanted: Wanted, tell: (problem: Failure | null) => void): void {
  const { text, from, onPlaced } = wanted
  const settings = app.state.settings.getState()
  const obstacle = obstacleOf(app, text)
  if (obstacle) return tell(failure(obstacle))
  const { toE164, isComplete } = app.state.numbering.getState()
  const to = toE164(text, settings.country)
  if (!to && !isComplete) return void placeLater(app, wanted, tell)
  const owned = from && settings.numbers?.some((one) => one.phoneNumber === from) ? from : callFromOf(settings)
  tell(!to ? failure('number-invalid') : !owned ? failure('no-number') : null)
  if (!to || !owned) return undefined
  app.phone.connect(to, owned, wanted.isRecorded)
  if (onPlaced) setTimeout(onPlaced, DRAW_AFTER_MS)
  return undefined
}

/** What keeps every call to this number from beginning. Without its relay Twilio only hears that the application failed. */
function obstacleOf({ state }: AppModel, text: string): FailureCode | undefined {
  if (isEmergency(text)) return 'emergency-number'
  const relay = state.status.getState().status?.relay
  return relay === 'offline' ? 'relay-unreachable' : relay === 'refused' ? 'relay-refused' : undefined
}

/** Once the plans of numbers are there. */
async function placeLater(app: AppModel, wanted: Wanted, tell: (problem: Failure | null) => void): Promise<void> {
  const { numbering } = app.state
  await numbering.getState().load()
  if (numbering.getState().isComplete) place(app, wanted, tell)
}
