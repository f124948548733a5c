import { FailureError } from './failure.ts'

/** UTF-16 units, as Twilio counts a FriendlyName: most emoji are two. */
export const NAME_LIMIT = 64
/** What our purchases in progress are called at Twilio (RULES R29): a name must never look like one. */
export const MARKER = 'lk:'

export type NameProblem = 'empty' | 'long' | 'control' | 'reserved'

/** What is wrong with a name of a number, blanks around it left aside; null: nothing. `control`: it has line breaks or other characters that nobody sees. Pure. */
export function nameProblem(name: string): NameProblem | null {
  const trimmed = name.trim()
  if (trimmed === '') return 'empty'
  if (trimmed.length > NAME_LIMIT) return 'long'
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(trimmed)) return 'control'
  return trimmed.startsWith(MARKER) ? 'reserved' : null
}

/** The name without the blanks around it. @throws FailureError `name-invalid` with `details.reason` */
export function requireName(name: string, details: { phoneNumber?: string | undefined } = {}): string {
  const reason = nameProblem(name)
  const { phoneNumber } = details
  if (reason !== null)
    throw new FailureError('name-invalid', `a number cannot be called so: ${reason}`, { reason, ...(phoneNumber ? { phoneNumber } : {}) })
  return name.trim()
}
