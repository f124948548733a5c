import { ChevronDown } from 'lucide-react'
import { Popover } from 'radix-ui'
import { Check } from '../ui/check.tsx'
import { cx } from '../ui/class-names.ts'
import { useNumberWords } from '../words/index.ts'
import type { Facet, FilterKind } from './model/filter.ts'

interface ChipProps {
  kind: FilterKind
  facets: readonly Facet[]
  chosen: readonly string[]
  label: (value: string) => string
  onChange: (chosen: readonly string[]) => void
}

/** One kind of filter: what is chosen stands on the chip, the choices with their counts open below. */
export function FilterChip({ kind, facets, chosen, label, onChange }: ChipProps) {
  const t = useNumberWords()
  const name = t(`numbers.chips.${kind}`)
  const text = chosen.length === 0 ? name : t('numbers.chipChosen', { kind: name, values: chosen.map(label).join(', ') })
  const toggle = (key: string) => onChange(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key])
  return (
    <Popover.Root>
      <Popover.Trigger
        className={cx(
          'flex h-8 max-w-60 shrink-0 items-center gap-1 rounded-full border px-3 transition-colors duration-150',
          chosen.length > 0
            ? 'border-accent bg-accent-wash font-medium text-accent'
            : 'border-line-strong text-ink-2 hover:bg-hover hover:text-ink',
        )}
      >
        <span className="truncate">{text}</span>
        <ChevronDown className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={name}
          className="z-40 max-h-80 w-60 overflow-y-auto rounded-panel border border-line-strong bg-raised p-2 shadow-raised"
        >
          {facets.map(({ key, count }) => (
            <Check
              key={key}
              checked={chosen.includes(key)}
              onChange={() => toggle(key)}
              className="rounded-control px-2 hover:bg-hover"
              label={
                <span className="flex gap-2">
                  <span className="min-w-0 truncate">{label(key)}</span>
                  <span className="text-ink-2 tabular-nums">{count}</span>
                </span>
              }
            />
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
