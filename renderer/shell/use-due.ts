import { useEffect, useState } from 'react'
import { useApp, useSession, useStatus } from '../state/use.ts'

/**
 * Numbers whose hold is over: how many, and whether one of them is news. It is until somebody says later or looks at Numbers; a page that
 * starts asks again, since nothing happens to them by itself (RULES R31). `isLooking`: Numbers is on the screen now.
 */
export function useDue(isLooking: boolean): { count: number; isNew: boolean; later: () => void } {
  const { status } = useApp().state
  const isManager = useSession(({ session }) => session?.user?.role === 'manager')
  const { count, latest } = useStatus((state) => state.due)
  const [seen, setSeen] = useState('')
  useEffect(() => {
    if (isManager) void status.getState().loadDue()
  }, [status, isManager])
  const newest = latest ?? ''
  if (isLooking && newest > seen) setSeen(newest)
  return { count: isManager ? count : 0, isNew: isManager && count > 0 && newest > seen && !isLooking, later: () => setSeen(newest) }
}
