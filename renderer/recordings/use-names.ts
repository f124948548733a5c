import { useMemo } from 'react'
import { useSession, useSettings } from '../state/use.ts'

/** Users' names, one's own included. */
export function useNames(): Readonly<Record<string, string>> {
  const names = useSettings((state) => state.names)
  const user = useSession((state) => state.session?.user ?? null)
  return useMemo(() => (user ? { [user.userId]: user.name, ...names } : names), [names, user])
}

export const useIsManager = () => useSession(({ session }) => session?.user?.role === 'manager')
