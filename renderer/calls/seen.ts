import { useEffect, useMemo, useState } from 'react'
import { useCalls } from '../state/use.ts'
import { isMissed } from './outcome.tsx'

const KEY = 'linekeeper.callsSeenAt'
const readSeen = () => localStorage.getItem(KEY) ?? ''

/** Whether a call was missed since Calls was last looked at in this browser. `isLooking`: it is on the screen now. */
export function useHasNewMissed(isLooking: boolean): boolean {
  const calls = useCalls((state) => state.calls)
  const [seenAt, setSeenAt] = useState(readSeen)
  const newest = useMemo(() => calls?.find(isMissed)?.startedAt ?? '', [calls])
  if (isLooking && newest > seenAt) setSeenAt(newest)
  useEffect(() => localStorage.setItem(KEY, seenAt), [seenAt])
  return newest > seenAt && !isLooking
}
