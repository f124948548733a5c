import { useCallback } from 'react'
import type { CallItem } from '../../contract/history.ts'
import { isLive } from '../model/phone.ts'
import { numberOf } from '../phone/recent.ts'
import { useCall } from '../phone/use-call.ts'
import { usePhone } from '../state/use.ts'

/** Calls a party again, from the number that the call was with. Withheld ones cannot be called (RULES R8). */
export function useCallAgain() {
  const isBusy = usePhone((view) => (view.call !== null && isLive(view.call.state)) || view.incoming !== null || view.power !== 'on')
  const { call: place, problem } = useCall()
  const callAgain = useCallback(
    ({ party, ourNumber }: Pick<CallItem, 'party' | 'ourNumber'>) => {
      const number = numberOf(party)
      if (number) place(number, ourNumber)
    },
    [place],
  )
  return { callAgain, isBusy, problem }
}
