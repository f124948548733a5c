import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeTags } from '../../contract/tags.ts'

const tag = fc.constantFrom('vip', 'sales', 'spam', 'later', 'ünïcode', '2nd line')
const tags = fc.uniqueArray(tag)
const edit = fc.record({ base: tags, value: tags })
const touched = ({ base, value }: { base: string[]; value: string[] }) =>
  new Set([...base.filter((one) => !value.includes(one)), ...value.filter((one) => !base.includes(one))])

test.each([
  ['added', ['vip'], ['vip'], ['vip', 'sales'], ['sales', 'vip']],
  ['removed', ['sales', 'vip'], ['vip'], [], ['sales']],
  ['removed by somebody else before', [], ['vip'], [], []],
  ['added by two', ['vip'], [], ['vip'], ['vip']],
  ['kept though another removed it', [], ['vip'], ['vip'], []],
])('%s', (_what, current, base, value, result) => {
  expect(mergeTags(current, base, value)).toEqual(result)
})

test('edits of different tags commute, and the same edit twice is one', () => {
  fc.assert(
    fc.property(tags, edit, edit, (current, a, b) => {
      const once = mergeTags(current, a.base, a.value)
      expect(mergeTags(once, a.base, a.value)).toEqual(once)
      fc.pre([...touched(a)].every((one) => !touched(b).has(one)))
      expect(mergeTags(once, b.base, b.value)).toEqual(mergeTags(mergeTags(current, b.base, b.value), a.base, a.value))
    }),
  )
})

test('what an edit did not touch stays as it was; what it did is done', () => {
  fc.assert(
    fc.property(tags, edit, (current, { base, value }) => {
      const after = mergeTags(current, base, value)
      const changed = touched({ base, value })
      const untouched = (of: readonly string[]) => of.filter((one) => !changed.has(one)).toSorted()
      expect(untouched(after)).toEqual(untouched(current))
      for (const one of changed) expect(after.includes(one)).toBe((value as string[]).includes(one))
    }),
  )
})
