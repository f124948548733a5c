import { useEffect } from 'react'
import { hasCall, isLive } from '../model/phone.ts'
import { useApp } from '../state/use.ts'
import { goTo, screens } from './route.ts'

/** Whether keys belong to what has the focus. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** The number field takes no letters of its own: while it is empty keys go through, and those that answer a ring always do. */
function isFreeInField(target: EventTarget | null, key: string, isRinging: boolean): boolean {
  if (!(target instanceof HTMLInputElement) || !('numberField' in target.dataset)) return false
  return /^[adehmk]$/.test(key) && (target.value === '' || (isRinging && /^[ad]$/.test(key)))
}

/** Keys that work wherever nobody types; `onHelp` lists them. With Ctrl, Alt or ⌘ they belong to somebody else. */
export function useKeys(onHelp: () => void): void {
  const { phone, state } = useApp()
  useEffect(() => {
    let isAfterG = false
    const letters: Record<string, () => void> = {
      '?': onHelp,
      a: () => phone.answer(),
      d: () => phone.view().incoming && phone.decline(),
      e: () => phone.view().incoming && phone.declineEverywhere(),
      h: () => phone.hangUp(),
      m: () => phone.toggleMute(),
      k: () => document.querySelector<HTMLElement>('[data-call-keypad]')?.click(),
      '/': focusSearch,
    }
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
      if (isTyping(event.target) && !(hasCall(phone.view()) && isFreeInField(event.target, key, phone.view().incoming !== null))) return
      const was = isAfterG
      isAfterG = key === 'g'
      const place = was && screens.find((screen) => screen.startsWith(key))
      if (place) return goTo(place)
      if (/^[\d*#+]$/.test(key)) return digit(key)
      if (!letters[key]) return
      event.preventDefault()
      letters[key]()
    }
    const digit = (key: string) => {
      const { call } = phone.view()
      if (call && isLive(call.state)) return phone.sendDigits(key.replace('+', ''))
      state.dial.getState().append(key)
      goTo('phone')
      focusField()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [phone, state, onHelp])
}

/** The search of the screen that is shown, where it has one. */
function focusSearch(): void {
  const search = document.querySelector<HTMLElement>('[data-screen-search]')
  if (search) search.focus()
  else focusField()
}

function focusField(): void {
  goTo('phone')
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-number-field]')?.focus())
}
