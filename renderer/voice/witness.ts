import type { RecordValue } from '../../contract/record.ts'
import type { Sample } from './end-facts.ts'
import { instant } from './facts.ts'

/** What one device tells of a call once it is over; null: nothing. */
export interface Testimony {
  trace: RecordValue<'trace'> | null
  quality: RecordValue<'quality'> | null
}

const MOST_ENTRIES = 300
const MOST_SAMPLES = 600
type Sampled = RecordValue<'quality'>['samples'][number]

const rounded = (value: number | null | undefined, digits: number) =>
  typeof value === 'number' && Number.isFinite(value) ? Number(value.toFixed(digits)) : null

/** Remembers what the SDK said and measured, bounded: of a long call every second sample goes, again and again. */
export class Witness {
  readonly #entries: RecordValue<'trace'>['entries'] = []
  #samples: Sampled[] = []
  /** The SDK samples once a second; every how many are kept. */
  #every = 1
  #count = 0
  #startedAt: number | undefined

  /** `detail`: a warning's name, an error's code; never a number or a name. */
  saw(name: string, detail: string | null = null): void {
    if (this.#entries.length < MOST_ENTRIES)
      this.#entries.push({ at: instant(Date.now()), name: name.slice(0, 40), detail: detail?.slice(0, 200) ?? null })
  }

  sampled({ mos, jitter, rtt, packetsLostFraction }: Sample): void {
    this.#startedAt ??= Date.now()
    if (this.#count++ % this.#every !== 0) return
    const seconds = (Date.now() - this.#startedAt) / 1000
    this.#samples.push([
      rounded(seconds, 1) ?? 0,
      rounded(mos, 2),
      rounded(jitter, 1),
      rounded(packetsLostFraction / 100, 4),
      rounded(rtt, 0),
    ])
    if (this.#samples.length <= MOST_SAMPLES - 1) return
    this.#samples = this.#samples.filter((_, index) => index % 2 === 0)
    this.#every *= 2
  }

  testimony(): Testimony {
    const [entries, samples] = [this.#entries, this.#samples]
    return { trace: entries.length > 0 ? { entries: [...entries] } : null, quality: samples.length > 0 ? { samples: [...samples] } : null }
  }
}
