import { useEffect } from 'react'
import { useOurNumber, usePartyName } from '../phone/party.ts'
import { usePhone } from '../state/use.ts'
import { useWords } from '../words/index.ts'

/** Says in the window's title that a call rings, and in a notification when the window is hidden. The SDK plays the ring. */
export function useAttention(): void {
  const t = useWords()
  const nameOf = usePartyName()
  const ourNumber = useOurNumber()
  const incoming = usePhone((view) => view.incoming)
  const title = incoming ? t('call.incoming.announceTitle', { who: nameOf(incoming.party) }) : ''
  const body = incoming?.ourNumber ? t('call.incoming.announceBody', { number: ourNumber(incoming.ourNumber).number }) : ''
  const callId = incoming?.callId
  useEffect(() => {
    document.title = title || t('shell.name')
  }, [title, t])
  useEffect(() => {
    if (!callId || !document.hidden || !('Notification' in globalThis) || Notification.permission !== 'granted') return undefined
    const notification = new Notification(title, { body, tag: callId, requireInteraction: true })
    notification.addEventListener('click', () => {
      window.focus()
      notification.close()
    })
    return () => notification.close()
  }, [callId, title, body])
}
