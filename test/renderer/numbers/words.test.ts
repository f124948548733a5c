import { expect, test } from 'vitest'
import { fixNames, healthNames, numberStates } from '../../../contract/number-desktop.ts'
import { numberTypes, settingKeys } from '../../../contract/number.ts'
import { enNumbers } from '../../../words/en-numbers.ts'

const { numbers } = enNumbers

test('every state, type, setting, check and fix has its word', () => {
  expect(Object.keys(numbers.states).toSorted()).toEqual(numberStates.toSorted())
  expect(Object.keys(numbers.types).toSorted()).toEqual(numberTypes.toSorted())
  expect(Object.keys(numbers.settingNames).toSorted()).toEqual(settingKeys.toSorted())
  expect(Object.keys(numbers.checks).toSorted()).toEqual(healthNames.toSorted())
  expect(Object.keys(numbers.fixes)).toEqual(expect.arrayContaining([...fixNames]))
})

test('no word shouts, and each that counts has both forms', () => {
  expect(JSON.stringify(enNumbers)).not.toMatch(/!/)
  const forms = [...JSON.stringify(enNumbers).matchAll(/"(\w+)_(one|other)":/g)].map((match) => match[1])
  for (const form of forms) expect(forms.filter((one) => one === form).length % 2, form).toBe(0)
})
