import type { NumberType } from '../../../contract/number.ts'
import type { BundleState, TwilioAccount } from '../../twilio/port.ts'
import type { Answers } from './answers.ts'

/** What Twilio wants to see before it gives numbers of a country and type. */
export type Rule = Awaited<ReturnType<TwilioAccount['regulation']>>

export interface RulesOptions {
  answers: Answers
  accounts: { current: () => Promise<Pick<TwilioAccount, 'regulation' | 'bundle'>> }
}

const questionOf = (country: string, type: NumberType) => `regulation:${country}:${type}`

const bundleQuestion = (sid: string) => `bundle:${sid}`

/** Rules by country and type, and bundles by SID (facts/twilio.md §A.11), asked at most once a day and kept. */
export const createRules = ({ answers, accounts }: RulesOptions) => ({
  /** Of today. @throws FailureError */
  ofKind: (country: string, type: NumberType): Promise<Rule> =>
    answers.get<Rule>(questionOf(country, type), async () => (await accounts.current()).regulation(country, type)),
  /** What was last heard; undefined when never. Asks nobody. */
  known: async (country: string, type: NumberType): Promise<Rule | undefined> =>
    (await answers.known(questionOf(country, type)))?.answer as Rule | undefined,
  /** How a bundle stands, of today. @throws FailureError */
  ofBundle: (sid: string): Promise<BundleState> =>
    answers.get<BundleState>(bundleQuestion(sid), async () => (await accounts.current()).bundle(sid)),
  /** … as Twilio says now: somebody who looks may just have handed it in again. @throws FailureError */
  bundleNow: (sid: string): Promise<BundleState> =>
    answers.fresh<BundleState>(bundleQuestion(sid), async () => (await accounts.current()).bundle(sid)),
  /** … as was last heard; undefined when never. Asks nobody. */
  knownBundle: async (sid: string): Promise<BundleState | undefined> =>
    (await answers.known(bundleQuestion(sid)))?.answer as BundleState | undefined,
})
export type Rules = ReturnType<typeof createRules>
