import { useEffect, useRef } from 'react'
import type { CallView } from '../model/phone.ts'

/** Whether someone is typing what is not this call's number. */
function isTypingElsewhere(active: Element | null, direction: CallView['direction']): boolean {
  if (!(active instanceof HTMLElement)) return false
  if ('numberField' in active.dataset) return direction === 'incoming' && (active as HTMLInputElement).value !== ''
  return /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName) || active.isContentEditable || active.closest('[role="dialog"]') !== null
}

/** Takes the focus from the number field to a call that began, so that keys and digits are the call's; never from who types elsewhere. */
export function useCallFocus(direction: CallView['direction']) {
  const ref = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!isTypingElsewhere(document.activeElement, direction)) ref.current?.focus({ preventScroll: true })
  }, [direction])
  return ref
}
