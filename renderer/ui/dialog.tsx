import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import { useWords } from '../words/index.ts'
import { IconButton } from './button.tsx'
import { cx } from './class-names.ts'
import { keepFocus } from './focus.ts'

interface DialogProps {
  title: string
  /** One sentence under the title. */
  text?: string
  onClose: () => void
  children: ReactNode
  /** Buttons; they stay in sight while the content scrolls. */
  footer?: ReactNode
  isWide?: boolean
  /** Nothing in it takes the focus: it is scrolled by key itself. */
  isReading?: boolean
}

/** What one came to type, where there is a field; else the cross, which does no harm. */
function focusField(event: Event): void {
  const dialog = event.currentTarget
  const field =
    dialog instanceof HTMLElement &&
    dialog.querySelector<HTMLElement>('input:not([type="checkbox"], [type="radio"]):not(:disabled), textarea:not(:disabled)')
  if (!field) return
  event.preventDefault()
  field.focus()
}

/** A dialog over the page, as long as it is rendered. Named by its title; Escape and the cross close it. */
export function Dialog({ title, text, onClose, children, footer, isWide = false, isReading = false }: DialogProps) {
  const t = useWords()
  const [giveBack] = useState(() => keepFocus())
  return (
    <Radix.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/30" />
        <Radix.Content
          onOpenAutoFocus={focusField}
          onCloseAutoFocus={(event) => {
            event.preventDefault() // it has no trigger: Radix would leave the focus nowhere
            giveBack()
          }}
          onInteractOutside={(event) => event.preventDefault()} // a stray click, or the second of the double one that opened it, loses nothing
          {...(text ? {} : { 'aria-describedby': undefined })}
          className={cx(
            'fixed inset-x-2 top-1/2 z-50 mx-auto flex max-h-[calc(100%-2rem)] -translate-y-1/2 flex-col rounded-panel border border-line-strong bg-raised shadow-raised',
            isWide ? 'max-w-200' : 'max-w-115',
          )}
        >
          <div className="flex items-start justify-between gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0">
              <Radix.Title className="text-[16px] leading-6 font-semibold">{title}</Radix.Title>
              {text && <Radix.Description className="text-ink-2">{text}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton label={t('shell.close')}>
                <X className="size-4" strokeWidth={1.75} />
              </IconButton>
            </Radix.Close>
          </div>
          <div
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled text must be reachable by key
            tabIndex={isReading ? 0 : undefined}
            className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-5 py-2 -outline-offset-2"
          >
            {children}
          </div>
          {footer && <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
