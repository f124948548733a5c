import type { ReactNode } from 'react'
import { isLive, type CallView } from '../model/phone.ts'
import { CallControls } from '../phone/call-controls.tsx'
import { CallTimer } from '../phone/call-timer.tsx'
import { usePartyName } from '../phone/party.ts'
import { stateTone } from '../phone/state-tone.ts'
import { useWords } from '../words/index.ts'

/** The call in hand on every other screen: it is never hidden. */
export function CallDock({ call }: { call: CallView }) {
  const t = useWords()
  const nameOf = usePartyName()
  return (
    <section aria-label={t('call.dock')} className="flex shrink-0 animate-rise items-center gap-4 border-t border-line bg-raised px-4 py-2">
      <Way isOpen={isLive(call.state)}>
        <span className="block truncate font-semibold tabular-nums">{nameOf(call.party)}</span>
        <span className={`flex gap-2 text-small ${stateTone(call.state)}`}>
          <span>{t(`call.state.${call.state}`)}</span>
          <CallTimer call={call} />
          {call.note && <span className="truncate text-ink-2">{t(`call.note.${call.note}`)}</span>}
        </span>
      </Way>
      {isLive(call.state) && <CallControls call={call} isSmall />}
    </section>
  )
}

/** To the call's card, while there is a call: the second click on Hang up lands where its button was. */
function Way({ isOpen, children }: { isOpen: boolean; children: ReactNode }) {
  if (!isOpen) return <div className="min-w-0 flex-1">{children}</div>
  return (
    <a href="#/phone" className="min-w-0 flex-1 rounded-control">
      {children}
    </a>
  )
}
