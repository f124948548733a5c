import { ChevronDown } from 'lucide-react'
import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from '../../ui/class-names.ts'

interface ChipProps {
  /** What it narrows. */
  name: string
  /** What stands on it: its name, and what is chosen. */
  text: string
  isActive: boolean
  onOpen?: () => void
  children: ReactNode
}

/** One kind of filter: what is chosen stands on it, the choices open below. */
export function Chip({ name, text, isActive, onOpen, children }: ChipProps) {
  return (
    <Popover.Root onOpenChange={(isOpen) => isOpen && onOpen?.()}>
      <Popover.Trigger
        className={cx(
          'flex h-8 max-w-60 shrink-0 items-center gap-1 rounded-full border px-3 transition-colors duration-150',
          isActive ? 'border-accent bg-accent-wash font-medium text-accent' : 'border-line-strong text-ink-2 hover:bg-hover hover:text-ink',
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
          className="z-40 max-h-100 w-64 overflow-y-auto rounded-panel border border-line-strong bg-raised p-2 shadow-raised"
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
