export type Tab = 'all' | 'missed'

/** Where one is in Calls, and how the list is narrowed. */
export interface Place {
  tab: Tab
  /** The call that is open. */
  callId: string | null
  /** The part of the address after `?`. */
  search: string
}

const ID = /^[A-Za-z0-9_-]{1,64}$/

/** Of the address: `/calls/<call>?…` or `/calls/missed/<call>`. Pure. */
export function placeOf(address: string): Place {
  const [path = '', search = ''] = address.split(/\?(.*)/s)
  const [, , first = '', second = ''] = path.split('/')
  const tab = first === 'missed' ? 'missed' : 'all'
  const callId = tab === 'missed' ? second : first
  return { tab, callId: ID.test(callId) ? callId : null, search }
}

/** The address of a place. Pure. */
export function addressOf({ tab, callId, search }: Place): string {
  const path = ['/calls', ...(tab === 'missed' ? ['missed'] : []), ...(callId ? [callId] : [])].join('/')
  return search ? `${path}?${search}` : path
}
