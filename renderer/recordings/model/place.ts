export const segments = ['recordings', 'voicemail', 'trash', 'audit'] as const
export type Segment = (typeof segments)[number]

/** Where in the screen one is: a segment, and the recording that is open in it. */
export interface Place {
  segment: Segment
  sid: string | null
}

/** Reads `/recordings/voicemail/RE…`; without a segment it is the list of recordings. */
export function placeOf(address: string): Place {
  const parts = address.replace(/^\//, '').replace(/\?.*/, '').split('/').slice(1)
  const segment = segments.find((one) => one === parts[0]) ?? 'recordings'
  const sid = parts.find((part) => /^RE[0-9a-f]{32}$/.test(part)) ?? null
  return { segment, sid }
}

/** What `goTo('recordings', …)` takes. */
export const addressAt = ({ segment, sid }: Place) => [segment === 'recordings' ? null : segment, sid].filter(Boolean).join('/')
