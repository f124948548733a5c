import { plainDetails, type SettingKey } from '../../contract/number.ts'
import { MARKER } from '../../contract/number-name.ts'
import type { NumberRow } from '../../contract/relay.ts'

/** As much of a number as a listing is compared with. */
export interface NumberBrief {
  phoneNumber: string
  sid: string | null
  name: string
  isActive: boolean
  leftAt: string | null
}
/** A number as Twilio lists it; `name`: what somebody called it there, else the number itself. */
export type Listed = Pick<NumberBrief, 'phoneNumber' | 'name'> & { sid: string }

/** Whether a name at Twilio is a purchase's: a number that is being bought bears it until it gets its own (RULES R29). */
export const isMarker = (name: string) => name.startsWith(MARKER)
/** What a number is called that has this name at Twilio. */
export const nameOf = (friendlyName: string, phoneNumber: string): string =>
  friendlyName === '' || isMarker(friendlyName) ? phoneNumber : friendlyName

/**
 * How a listing leaves a number that it has; undefined: as it was. `news`: what changed at Twilio since it was last seen. Its name follows
 * Twilio's only when that changed; a manager's word on whether it is active stands; what had left is back, and active (`asBefore` knows better). Pure.
 */
export function afterListing(
  known: NumberBrief | undefined,
  { phoneNumber, sid, name }: Listed,
  news: readonly SettingKey[] = [],
): NumberBrief | undefined {
  if (!known) return { phoneNumber, sid, name: nameOf(name, phoneNumber), isActive: true, leftAt: null }
  const isRenamed = news.includes('friendlyName') && !isMarker(name)
  const after = { ...known, sid, name: isRenamed ? name : known.name }
  if (known.leftAt !== null) return { ...after, isActive: true, leftAt: null }
  return after.sid === known.sid && after.name === known.name ? undefined : after
}

/** The whole of a number, new or known, with what a listing says of it. Pure. */
export function rowAfter(known: NumberRow | undefined, { phoneNumber, sid, name, isActive, leftAt }: NumberBrief): NumberRow {
  return {
    phoneNumber,
    sid,
    name,
    isActive,
    userIds: known?.userIds ?? [],
    details: { ...(known?.details ?? plainDetails()), leftAt },
  }
}
