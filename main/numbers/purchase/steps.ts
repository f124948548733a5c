import type { Failure } from '../../../contract/failure.ts'
import type { PurchaseReply } from '../../../contract/number-relay.ts'
import type { Money, Purchase } from '../../../contract/number.ts'
import type { PurchaseRow } from '../../store/purchase-table.ts'

/** What a run knows beside its row; a crash forgets it, and everything it says is found out again. */
export interface Memory {
  isLeased: boolean
  isChecked: boolean
  /** Another desktop is at it, at most until then. */
  joinedUntil: string | null
  /** What the relay says of it meanwhile. */
  other: Purchase | null
  /** How often the lease was found to be another's just before buying: that must not go on for ever. */
  outruns: number
  /** The relay refused the owners or the name: record the number without them. */
  isPlain: boolean
  /** Begun before this start: nobody waits, so what cannot be reached now is waited for. */
  isResumed: boolean
}
export interface Run {
  row: PurchaseRow
  memory: Memory
}

/** What has to be done next; each is harmless when it is done twice, but `buy`, which is never done twice. */
export type PurchaseEffect =
  | { type: 'choose' }
  | { type: 'lease' }
  | { type: 'join'; until: string }
  | { type: 'check' }
  | { type: 'announce' }
  | { type: 'buy' }
  | { type: 'look'; nth: number; since: string }
  | { type: 'configure' }
  | { type: 'record' }
  | { type: 'report' }

/** What came of it. `refused`: certainly not carried out. `unanswered`: nobody was reached; try again. `lost`: only of `buy`. */
export type PurchaseEvent =
  | { type: 'chosen'; phoneNumber: string; place: string | null }
  | { type: 'leased'; reply: PurchaseReply }
  | { type: 'joined' }
  | { type: 'checked'; monthly: Money | null; owned: { sid: string; isMarked: boolean } | null }
  | { type: 'announced' }
  /** The relay says that the intent is another's, or over. */
  | { type: 'outrun' }
  | { type: 'bought'; sid: string }
  | { type: 'lost' }
  | { type: 'found'; sid: string; isMarked: boolean }
  | { type: 'absent' }
  /** `isPlain`: it bears the number itself for a name, wished for or not. */
  | { type: 'configured'; isPlain?: boolean }
  | { type: 'recorded' }
  /** Another intent bought the same number, and was first: ours was an update at Twilio, and cost nothing. */
  | { type: 'beaten'; failure: Failure }
  | { type: 'reported' }
  | { type: 'refused'; failure: Failure }
  | { type: 'unanswered'; failure: Failure }

export interface MachineLimits {
  /** How often the number is looked for after a lost answer (RULES R29: at 0, 5, 30, 120 s). */
  looks: number
  /** Numbers of an area code that are tried. */
  choices: number
  /** Age after which a purchase that spent nothing yet is not taken up again, ms. */
  resumeMs: number
}
export const machineLimits: MachineLimits = { looks: 4, choices: 5, resumeMs: 3_600_000 }

export const freshMemory = (isResumed = false): Memory => ({
  isLeased: false,
  isChecked: false,
  joinedUntil: null,
  other: null,
  outruns: 0,
  isPlain: false,
  isResumed,
})

/**
 * The id the relay knows the current number under. A number it saw given up stays with its id, so the next is an intent of its own there:
 * every desktop that works on the same intent comes by the same ids in the same order, and meets the others.
 */
export const leaseIdOf = ({ purchase, burned }: Pick<PurchaseRow, 'purchase' | 'burned'>): string =>
  burned === 0 ? purchase.intentId : `${purchase.intentId.slice(0, 60)}-${burned + 1}`

/** The FriendlyName by which a purchase whose answer was lost is recognised (RULES R29); 64 characters at most. */
export const markerOf = (intentId: string): string => `lk:${intentId}`.slice(0, 64)

/** How a number of an area code begins: what is shown while none is chosen. */
export const prefixOf = (areaCode: string): string => `+1${areaCode}`
