import type { NumberSettings, SettingKey } from '../../../contract/number.ts'

/** Names of the settings that came, in their order; what is set stands before what is not. Pure. */
export function settingNames(settings: NumberSettings): SettingKey[] {
  const all = Object.keys(settings) as SettingKey[]
  return [...all.filter((key) => settings[key] !== ''), ...all.filter((key) => settings[key] === '')]
}
