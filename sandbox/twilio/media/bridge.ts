import type { LegAudio } from '../ports.ts'

/** Lets two legs hear each other, payload by payload, instead of what they heard; the returned function parts them. */
export function bridge(a: LegAudio, b: LegAudio): () => void {
  a.stop()
  b.stop()
  const ends = [a.onVoice((frame) => b.push(frame)), b.onVoice((frame) => a.push(frame))]
  return () => {
    for (const end of ends.splice(0)) end()
  }
}
