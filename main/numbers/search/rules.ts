import type { NumberType } from '../../../contract/number.ts'
import type { TwilioAccount } from '../../twilio/port.ts'
import type { Answers } from './answers.ts'

/** What Twilio wants to see before it gives numbers of a country and type. */
export type Rule = Awaited<ReturnType<TwilioAccount['regulation']>>

export interface RulesOptions {
  answers: Answers
  accounts: { current: () => Promise<Pick<TwilioAccount, 'regulation'>> }
}

const questionOf = (country: string, type: NumberType) => `regulation:${country}:${type}`

/** Rules by country and type (facts/twilio.md §A.11), asked at most once a day and kept. */
export const createRules = ({ answers, accounts }: RulesOptions) => ({
  /** Of today. @throws FailureError */
  ofKind: (country: string, type: NumberType): Promise<Rule> =>
    answers.get<Rule>(questionOf(country, type), async () => (await accounts.current()).regulation(country, type)),
  /** What was last heard; undefined when never. Asks nobody. */
  known: async (country: string, type: NumberType): Promise<Rule | undefined> =>
    (await answers.known(questionOf(country, type)))?.answer as Rule | undefined,
})
export type Rules = ReturnType<typeof createRules>
