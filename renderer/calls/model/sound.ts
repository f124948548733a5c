import type { QualitySeries } from '../../../contract/timeline.ts'

export type Series = QualitySeries
type Sample = Series['samples'][number]

/** What a series amounts to: MOS 1…5, jitter ms, loss in percent; null where nothing was measured. */
export interface SoundSummary {
  mosMean: number | null
  mosWorst: number | null
  jitterMost: number | null
  lossMost: number | null
}

const column = (samples: readonly Sample[], index: 1 | 2 | 3) => samples.flatMap((sample) => sample[index] ?? [])
const most = (values: readonly number[]) => (values.length > 0 ? Math.max(...values) : null)

export function summaryOf(samples: readonly Sample[]): SoundSummary {
  const mos = column(samples, 1)
  const loss = most(column(samples, 3))
  return {
    mosMean: mos.length > 0 ? mos.reduce((sum, one) => sum + one, 0) / mos.length : null,
    mosWorst: mos.length > 0 ? Math.min(...mos) : null,
    jitterMost: most(column(samples, 2)),
    lossMost: loss === null ? null : loss * 100,
  }
}

/** Columns as a chart wants them: seconds, MOS, jitter, loss in percent; each moment once, rising. */
export function chartData(samples: readonly Sample[]): [number[], (number | null)[], (number | null)[], (number | null)[]] {
  const sorted = [...new Map(samples.map((sample) => [sample[0], sample])).values()].toSorted((a, b) => a[0] - b[0])
  return [
    sorted.map(([at]) => at),
    sorted.map(([, mos]) => mos),
    sorted.map(([, , jitter]) => jitter),
    sorted.map(([, , , loss]) => (loss === null ? null : loss * 100)),
  ]
}
