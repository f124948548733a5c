import type { Clock } from '../../ports.ts'
import type { Store } from '../../store/store.ts'

export interface AnswersOptions {
  store: { reader: Pick<Store['reader'], 'answer'>; replica: Pick<Store['replica'], 'keepAnswer' | 'forgetAnswers'> }
  clock: Clock
}

/** An answer of Twilio's is good for a day. */
export const ANSWER_LIFE_MS = 24 * 60 * 60 * 1000

/**
 * What Twilio says about countries, prices and rules: kept for a day in the store, asked once at a time. Belongs to one account: `forget` when it is
 * another.
 */
export function createAnswers({ store, clock }: AnswersOptions) {
  const asking = new Map<string, Promise<unknown>>()
  let generation = 0

  async function askAndKeep<T>(question: string, born: number, of: () => Promise<T>): Promise<T> {
    const answer = await of()
    const answeredAt = clock.now().toISOString()
    if (born === generation) await store.replica.keepAnswer({ question, answeredAt, answer: JSON.stringify(answer) })
    return answer
  }
  function fresh<T>(question: string, of: () => Promise<T>): Promise<T> {
    const running = asking.get(question) as Promise<T> | undefined
    if (running) return running
    const begun = askAndKeep(question, generation, of).finally(() => {
      if (asking.get(question) === begun) asking.delete(question)
    })
    asking.set(question, begun)
    return begun
  }
  const known = async (question: string): Promise<{ answer: unknown; ageMs: number } | undefined> => {
    const kept = await store.reader.answer(question)
    return kept && { answer: JSON.parse(kept.answer) as unknown, ageMs: clock.now().getTime() - Date.parse(kept.answeredAt) }
  }
  return {
    /** Asks Twilio now; who asks the same meanwhile shares the answer. */
    fresh,
    /** What was last heard, however old; undefined when never. Asks nobody. */
    known,
    /** What was heard today, else what Twilio says now. @throws what `ask` throws */
    async get<T>(question: string, ask: () => Promise<T>): Promise<T> {
      const kept = await known(question)
      // A clock that was set back makes an answer come from ahead: a little does not matter.
      return kept && Math.abs(kept.ageMs) < ANSWER_LIFE_MS ? (kept.answer as T) : fresh(question, ask)
    },
    async forget(): Promise<void> {
      generation++
      asking.clear()
      await store.replica.forgetAnswers()
    },
  }
}
export type Answers = ReturnType<typeof createAnswers>
