import { ChevronDown } from 'lucide-react'
import { callFromOf } from '../state/settings.ts'
import { useApp, useNumbering, useSettings } from '../state/use.ts'
import { useWords } from '../words/index.ts'

/** Which of our numbers the other side sees. */
export function CallFrom() {
  const t = useWords()
  const { settings } = useApp().state
  const numbers = useSettings((state) => state.numbers)
  const country = useSettings((state) => state.country)
  const chosen = useSettings(callFromOf)
  const formatNumber = useNumbering((state) => state.formatNumber)
  const label = (name: string, number: string) => {
    const formatted = formatNumber(number, country)
    return name && name !== number ? t('phone.numberOption', { name, number: formatted }) : formatted
  }
  return (
    <label className="flex items-center gap-2 text-small text-ink-2">
      <span className="shrink-0">{t('phone.callFrom')}</span>
      <span className="relative min-w-0 flex-1">
        <select
          aria-label={t('phone.callFrom')}
          value={chosen ?? ''}
          disabled={!numbers?.length}
          onChange={(event) => void settings.getState().chooseCallFrom(event.target.value)}
          className="h-8 w-full appearance-none truncate rounded-control border border-line-strong bg-surface pr-8 pl-2.5 text-body text-ink tabular-nums hover:bg-hover disabled:text-ink-3"
        >
          {numbers?.map((one) => (
            <option key={one.phoneNumber} value={one.phoneNumber}>
              {label(one.name, one.phoneNumber)}
            </option>
          ))}
          {numbers?.length === 0 && <option value="">{t('phone.noNumbers')}</option>}
        </select>
        <ChevronDown className="pointer-events-none absolute top-2 right-2 size-4 text-ink-3" strokeWidth={1.75} aria-hidden="true" />
      </span>
    </label>
  )
}
