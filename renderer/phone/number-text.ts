import { dialable } from '../../contract/dialable.ts'

const isDialable = (char: string | undefined) => char !== undefined && /[\d+*#]/.test(char)

/** How many dialable characters stand before `position`. */
export const dialableBefore = (text: string, position: number) => dialable(text.slice(0, position)).length

/** Where the caret stands so that `count` dialable characters are before it: just behind the last of them. */
export function caretAfter(text: string, count: number): number {
  if (count <= 0) return 0
  let seen = 0
  for (let at = 0; at < text.length; at++) if (isDialable(text[at]) && ++seen === count) return at + 1
  return text.length
}

/**
 * What an edit of the formatted text means for the digits. Deleting only a bracket or a space deletes the digit beside it:
 * otherwise the key would seem dead, since the formatting puts the bracket back.
 */
export function editedDigits(
  before: { text: string; digits: string },
  after: { text: string; digits: string; caret: number },
): { digits: string; caret: number } {
  const caret = dialableBefore(after.text, after.caret)
  const isOnlyFormatting = after.digits === before.digits && after.text.length < before.text.length
  if (!isOnlyFormatting || caret === 0) return { digits: after.digits, caret }
  return { digits: before.digits.slice(0, caret - 1) + before.digits.slice(caret), caret: caret - 1 }
}
