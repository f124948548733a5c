// Apart from e164.ts, so that who only asks for the shape does not load every country's plan.

export const E164_PATTERN = '^\\+[1-9][0-9]{4,14}$'
const E164 = new RegExp(E164_PATTERN)

/** Whether `text` has the shape of an E.164 number; whether it is in a plan is not asked. */
export const isE164 = (text: unknown): text is string => typeof text === 'string' && E164.test(text)
