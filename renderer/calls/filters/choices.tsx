import { useState } from 'react'
import { Check } from '../../ui/check.tsx'
import { useCallDesk } from '../desk.tsx'

export interface Choice<V extends string> {
  value: V
  label: string
  /** Beside it, and found too. */
  detail?: string
  count?: number
}

/** So many are shown at once; what one types finds the others. */
const SHOWN = 50
const FIND_FROM = 10

interface ChoicesProps<V extends string> {
  choices: readonly Choice<V>[]
  chosen: readonly V[]
  onChange: (chosen: readonly V[]) => void
}

/** Any of these; with many, a field to find one. */
export function Choices<V extends string>({ choices, chosen, onChange }: ChoicesProps<V>) {
  const { t } = useCallDesk()
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const fitting = choices.filter(({ label, detail = '' }) => `${label} ${detail}`.toLowerCase().includes(wanted))
  const shown = fitting.slice(0, SHOWN)
  const toggle = (value: V) => onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value])
  if (choices.length === 0) return <p className="px-2 py-1 text-ink-2">{t('history.choices.none')}</p>
  return (
    <>
      {choices.length > FIND_FROM && (
        <input
          type="text"
          aria-label={t('history.choices.find')}
          placeholder={t('history.choices.find')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="mb-1 h-8 w-full rounded-control border border-line-strong bg-surface px-2.5"
        />
      )}
      {shown.map(({ value, label, detail, count }) => (
        <Check
          key={value}
          checked={chosen.includes(value)}
          onChange={() => toggle(value)}
          className="rounded-control px-2 hover:bg-hover"
          label={
            <span className="flex gap-2">
              <span className="min-w-0 truncate">{label}</span>
              {detail && <span className="truncate text-ink-2 tabular-nums">{detail}</span>}
              {count !== undefined && <span className="text-ink-2 tabular-nums">{count}</span>}
            </span>
          }
        />
      ))}
      {fitting.length > SHOWN && <p className="px-2 py-1 text-ink-2">{t('history.choices.more', { count: fitting.length - SHOWN })}</p>}
    </>
  )
}
