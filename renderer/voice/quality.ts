import type { Quality, QualityCause } from '../model/phone.ts'

/** The SDK's warnings, worst first. */
const CAUSES: [warning: string, word: 'fair' | 'poor', cause: QualityCause][] = [
  ['ice-connectivity-lost', 'poor', 'reconnecting'],
  ['low-bytes-received', 'poor', 'no-sound-in'],
  ['low-bytes-sent', 'poor', 'no-sound-out'],
  ['high-packet-loss', 'poor', 'loss'],
  ['high-packets-lost-fraction', 'poor', 'loss'],
  ['high-rtt', 'fair', 'delay'],
  ['high-jitter', 'fair', 'jitter'],
  ['low-mos', 'fair', 'score'],
  ['constant-audio-input-level', 'fair', 'silent-microphone'],
  ['constant-audio-output-level', 'fair', 'silent-speaker'],
]

/** One word for the active warnings, and the worst one's cause. A muted microphone is silent on purpose. */
export function qualityOf(warnings: ReadonlySet<string>, isMuted: boolean): Quality {
  const worst = CAUSES.find(([warning]) => warnings.has(warning) && !(isMuted && warning === 'constant-audio-input-level'))
  return worst ? { word: worst[1], cause: worst[2] } : { word: 'good', cause: null }
}
