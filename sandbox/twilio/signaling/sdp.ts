// The few rules by which a browser's SDP and werift's get along; facts of Chromium 156 and werift 0.25.2.

const PCMU = '0'

const lines = (sdp: string): string[] => sdp.split(/\r\n|\n/)

/** The payload type of telephone-event at 8 kHz (RFC 4733), if the SDP has one. */
export function telephoneEventType(sdp: string): number | undefined {
  const found = /^a=rtpmap:(\d+) telephone-event\/8000/m.exec(sdp)
  return found ? Number(found[1]) : undefined
}

/** Whether the SDP offers what we speak: audio in PCMU. */
export const offersPcmu = (sdp: string): boolean => /^m=audio \d+ \S+(?: \d+)* 0(?: |\r?$)/m.test(sdp)

/**
 * Leaves only PCMU and telephone-event/8000 in an offer: werift picks telephone-event by name and would take the 48 kHz one, with which
 * Chromium sends each digit six times as long.
 */
export function filterOffer(sdp: string): string {
  const event = telephoneEventType(sdp)
  const kept = new Set(event === undefined ? [PCMU] : [PCMU, String(event)])
  const isKept = (line: string) => kept.has(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+)/.exec(line)?.[1] ?? PCMU)
  return lines(sdp)
    .filter(isKept)
    .map((line) => {
      const media = /^(m=audio \d+ \S+)((?: \d+)+)$/.exec(line)
      return media ? `${media[1]} ${[...kept].join(' ')}` : line
    })
    .join('\r\n')
}

/** Identifies the browser's PeerConnection: its session id and certificate stay through restarts; another one has others. */
export function connectionOf(sdp: string): string {
  const session = /^o=\S+ (\d+) /m.exec(sdp)?.[1]
  const fingerprint = /^a=fingerprint:(.+?)\r?$/m.exec(sdp)?.[1]
  return `${session} ${fingerprint}`
}

/** Our earlier offer as the answer to the browser's ICE restart: same transport, and the browser stays the DTLS client it became. */
export const asAnswer = (offer: string): string => offer.replaceAll('a=setup:actpass', 'a=setup:passive')
