import { useRef } from 'react'
import { useWords } from '../words/index.ts'

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const
type Key = (typeof KEYS)[number]
const LONG_PRESS_MS = 500

interface KeysProps {
  label: string
  onKey: (key: string) => void
  /** Whether a long press of 0 gives +. */
  hasPlus?: boolean
}

/** Twelve keys with their letters, at least 56 px high. */
export function Keys({ label, onKey, hasPlus = false }: KeysProps) {
  return (
    <fieldset aria-label={label} className="grid min-w-0 grid-cols-3 gap-2">
      {KEYS.map((key) => (
        <DigitKey key={key} digit={key} onKey={onKey} hasPlus={hasPlus && key === '0'} />
      ))}
    </fieldset>
  )
}

function DigitKey({ digit, onKey, hasPlus }: { digit: Key; onKey: (key: string) => void; hasPlus: boolean }) {
  const t = useWords()
  const press = useRef<ReturnType<typeof setTimeout>>(undefined)
  const wasLong = useRef(false)
  const name = digit === '*' ? t('phone.star') : digit === '#' ? t('phone.pound') : digit
  const letters = digit === '*' || digit === '#' || digit === '1' || (digit === '0' && !hasPlus) ? '' : t(`phone.letters.${digit}`)
  const down = () => {
    wasLong.current = false
    if (hasPlus) press.current = setTimeout(() => ((wasLong.current = true), onKey('+')), LONG_PRESS_MS)
  }
  const up = () => clearTimeout(press.current)
  return (
    <button
      type="button"
      aria-label={name}
      onPointerDown={down}
      onPointerUp={up}
      onPointerLeave={up}
      onClick={() => (wasLong.current ? (wasLong.current = false) : onKey(digit))}
      className="flex h-14 flex-col items-center justify-center rounded-panel border border-line bg-surface shadow-rest transition-colors duration-150 select-none hover:bg-hover active:bg-pressed"
    >
      <span className="text-[19px] leading-6 font-medium tabular-nums">{digit === '*' ? '∗' : digit}</span>
      {/* Drawn, not written: the key is named by its digit alone. */}
      <span data-letters={letters} className="h-3 text-[10px] leading-3 tracking-widest text-ink-3 before:content-[attr(data-letters)]" />
    </button>
  )
}
