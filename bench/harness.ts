import os from 'node:os'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What one round of one side measured. `samples` in `unit`; a round's value is `value`, or the median of its samples. */
export interface Round {
  samples: number[]
  value?: number
}

/** One side of a comparison: made once, measured in rounds, closed at the end. */
export interface Side {
  round(): Promise<Round>
  close(): Promise<void>
}

export interface Comparison {
  name: string
  what: string
  unit: string
  isLowerBetter: boolean
  /** Our value over the peer's: where it must be at least (or at most, when lower is better), and where we want it. */
  floor: number
  aim: number
  ours(): Promise<Side>
  /** Null: there is no peer, and floor and aim are limits of our own p95, in the unit. */
  peer: (() => Promise<Side>) | null
}

export interface Summary {
  n: number
  median: number
  p95: number
  min: number
  max: number
}

export interface Report {
  name: string
  what: string
  unit: string
  rounds: number
  ours: Summary
  peer: Summary | null
  /** Of the rounds: one per round, ours over the peer's; without a peer, the round's values. */
  ratios: number[]
  result: number
  /** (max - min) / median of the ratios. */
  spread: number
  verdict: 'aim' | 'floor' | 'below floor' | 'unstable'
}

/** Rounds whose results differ by more than this prove nothing. */
const UNSTABLE = 0.15

/** The value below which this share of the samples lies; nearest rank. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5)

const summaryOf = (samples: number[]): Summary => ({
  n: samples.length,
  median: median(samples),
  p95: quantile(samples, 0.95),
  min: Math.min(...samples),
  max: Math.max(...samples),
})

/** What the rounds prove: the median of their ratios, unless they disagree. */
export function judge(
  ratios: readonly number[],
  { isLowerBetter, floor, aim }: Pick<Comparison, 'isLowerBetter' | 'floor' | 'aim'>,
): Pick<Report, 'result' | 'spread' | 'verdict'> {
  const result = median(ratios)
  const spread = (Math.max(...ratios) - Math.min(...ratios)) / result
  const reaches = (limit: number) => (isLowerBetter ? result <= limit : result >= limit)
  if (spread > UNSTABLE) return { result, spread, verdict: 'unstable' }
  return { result, spread, verdict: reaches(aim) ? 'aim' : reaches(floor) ? 'floor' : 'below floor' }
}

/** Runs both sides alternately: one round discarded, then `rounds` that count. Which goes first changes each time. */
export async function compare(comparison: Comparison, rounds: number, say: (text: string) => void): Promise<Report> {
  const sides = [await comparison.ours(), comparison.peer ? await comparison.peer() : null] as const
  const samples: [number[], number[]] = [[], []]
  const ratios: number[] = []
  try {
    for (let round = 0; round <= rounds; round++) {
      const values = [Number.NaN, 1]
      for (const at of round % 2 ? ([1, 0] as const) : ([0, 1] as const)) {
        const measured = await sides[at]?.round()
        if (!measured) continue
        values[at] = measured.value ?? (comparison.peer ? median(measured.samples) : quantile(measured.samples, 0.95))
        if (round > 0) samples[at].push(...measured.samples)
      }
      const ratio = values[0]! / values[1]!
      if (round > 0) ratios.push(ratio)
      say(
        `${comparison.name}: round ${round || 'discarded'}: ${(comparison.peer ? values : values.slice(0, 1)).map(short).join(' / ')} ${comparison.unit}`,
      )
    }
  } finally {
    for (const side of sides) await side?.close()
  }
  const { name, what, unit } = comparison
  const peer = comparison.peer ? summaryOf(samples[1]) : null
  return { name, what, unit, rounds, ours: summaryOf(samples[0]), peer, ratios, ...judge(ratios, comparison) }
}

const short = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3))

const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8', cwd: import.meta.dirname }).trim()
const say = (text: string) => void process.stderr.write(`${text}\n`)

/** Machine and versions: a number without them says nothing. */
export function conditions() {
  return {
    at: new Date().toISOString(),
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? '+changes' : ''),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    load: os.loadavg().map((load) => Math.round(load * 10) / 10),
    node: process.version,
    v8: process.versions.v8,
  }
}

/** The table a person reads. */
export function tableOf(report: Report, comparison: Pick<Comparison, 'floor' | 'aim' | 'isLowerBetter' | 'peer'>): string {
  const row = (name: string, { n, median: middle, p95, min, max }: Summary) =>
    `  ${name.padEnd(6)}${[middle, p95, min, max].map((value) => short(value).padStart(10)).join('')}${String(n).padStart(9)}`
  const sign = comparison.isLowerBetter ? '≤' : '≥'
  const unit = comparison.peer ? '×' : ` ${report.unit}`
  return [
    `${report.name}: ${report.what} [${report.unit}]`,
    `  ${''.padEnd(6)}${['median', 'p95', 'min', 'max'].map((head) => head.padStart(10)).join('')}${'N'.padStart(9)}`,
    row('ours', report.ours),
    ...(report.peer ? [row('peer', report.peer)] : []),
    `  result ${short(report.result)}${unit} (floor ${sign} ${comparison.floor}${unit}, aim ${sign} ${comparison.aim}${unit}), spread ${(report.spread * 100).toFixed(0)} %, ${report.rounds} rounds: ${report.verdict}`,
  ].join('\n')
}

/** How much: `--quick` is a smoke run, whose verdict means nothing. */
export interface Effort {
  isQuick: boolean
  rounds: number
}

/** Runs the comparisons of one benchmark, prints their tables, writes out/bench/NAME.json. */
export async function bench(name: string, comparisons: (effort: Effort) => Comparison[]): Promise<void> {
  const isQuick = process.argv.includes('--quick')
  const effort = { isQuick, rounds: isQuick ? 1 : 5 }
  const reports: Report[] = []
  for (const comparison of comparisons(effort)) {
    const report = await compare(comparison, effort.rounds, say)
    reports.push(report)
    process.stdout.write(`${tableOf(report, comparison)}\n`)
  }
  const folder = path.resolve(import.meta.dirname, '../out/bench')
  mkdirSync(folder, { recursive: true })
  const found = conditions()
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify({ name, isQuick, conditions: found, reports }, null, 2)}\n`)
  process.stdout.write(
    `  on ${found.cores} × ${found.cpu}, ${found.platform}, Node ${found.node}, commit ${found.commit}, load ${found.load.join(' ')}\n`,
  )
}
