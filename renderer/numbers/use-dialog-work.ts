import { useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { BulkOutcome } from '../state/numbers.ts'
import { useDesk } from './desk.tsx'

/** A reason why nothing at all was done, or undefined: then what was typed is kept and the dialog stays. */
const wholeFailure = (outcome: BulkOutcome, all: number) =>
  outcome.ok ? (outcome.failed.length >= all ? outcome.failed[0]?.failure : undefined) : outcome.failure

/** A dialog's one act: busy while it goes on; closes when some of it was done, else says why not. */
export function useDialogWork(all: number, onClose: () => void) {
  const { report, setTrouble } = useDesk()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const run = async (work: () => Promise<BulkOutcome>, said: string, undo?: () => void) => {
    setBusy(true)
    setFailure(null)
    const outcome = await work()
    setBusy(false)
    const whole = wholeFailure(outcome, all)
    setTrouble(null)
    if (whole) return setFailure(whole)
    report(outcome, all, said, undo)
    return onClose()
  }
  return { isBusy, failure, run }
}
