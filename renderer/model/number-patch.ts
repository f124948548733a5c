import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { NumberPatch } from '../../contract/number.ts'

/** The number as it will be once the change is made; a held or missing one keeps its state. Pure. */
export function patched(number: OwnedNumber, { isActive, ...rest }: NumberPatch): OwnedNumber {
  const hasChoice = number.state === 'active' || number.state === 'inactive'
  const state = isActive === undefined || !hasChoice ? number.state : isActive ? 'active' : 'inactive'
  return { ...number, ...rest, state }
}

/** The change that undoes `patch` on this number. Pure. */
export function inverse(number: OwnedNumber, patch: NumberPatch): NumberPatch {
  const { isActive, ...rest } = patch
  const was = Object.fromEntries(Object.keys(rest).map((key) => [key, number[key as keyof typeof rest]])) as NumberPatch
  return isActive === undefined ? was : { ...was, isActive: number.state === 'active' }
}
