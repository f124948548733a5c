import { Popover } from 'radix-ui'
import type { RefObject } from 'react'
import type { CallView } from '../model/phone.ts'
import { useApp } from '../state/use.ts'
import { useWords } from '../words/index.ts'
import { Keys } from './keys.tsx'

interface CallKeypadProps {
  call: CallView
  anchor: RefObject<HTMLButtonElement | null>
  onClose: () => void
}

/** Digits for the other end, above the button that opened it; what was sent stays in sight. */
export default function CallKeypad({ call, anchor, onClose }: CallKeypadProps) {
  const t = useWords()
  const { phone } = useApp()
  const isOnAnchor = (target: EventTarget | null) => target instanceof Node && anchor.current?.contains(target)
  return (
    <Popover.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal>
        <Popover.Content
          side="top"
          sideOffset={10}
          collisionPadding={12}
          aria-label={t('call.keypad')}
          onInteractOutside={(event) => isOnAnchor(event.target) && event.preventDefault()}
          onCloseAutoFocus={() => anchor.current?.focus()}
          className="z-30 w-64 animate-rise rounded-panel border border-line-strong bg-raised p-3 shadow-raised"
        >
          <output aria-label={t('call.digitsSent')} className="mb-2 block h-6 truncate text-center text-[16px] tabular-nums">
            {call.digits}
          </output>
          <Keys label={t('call.callKeypad')} onKey={(digit) => phone.sendDigits(digit)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
