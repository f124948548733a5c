import { Headphones, MonitorSmartphone } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp, usePhone } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useWords } from '../words/index.ts'

/** The first gesture of a visit (a browser makes no sound before one), or the way to have the phone in this window. */
export function TurnOn() {
  const t = useWords()
  const { phone } = useApp()
  const power = usePhone((view) => view.power)
  const isRefused = usePhone((view) => view.isTakeOverRefused)
  if (power === 'elsewhere')
    return (
      <Pane
        icon={<MonitorSmartphone {...icon} />}
        title={t('phone.elsewhereTitle')}
        text={isRefused ? t('phone.takeOverRefused') : t('phone.elsewhereText')}
      >
        <Button isLarge onClick={() => void phone.takeOver()}>
          {t('phone.takeOver')}
        </Button>
      </Pane>
    )
  const isTurningOn = power === 'turning-on'
  return (
    <Pane icon={<Headphones {...icon} />} title={t('phone.turnOnTitle')} text={t('phone.turnOnText')}>
      <Button look="primary" isLarge disabled={isTurningOn} onClick={() => void phone.turnOn()} icon={isTurningOn && <Spinner />}>
        {isTurningOn ? t('phone.turningOn') : t('phone.turnOn')}
      </Button>
    </Pane>
  )
}

const icon = { className: 'size-6', strokeWidth: 1.5, 'aria-hidden': true } as const

/** An empty pane: one sentence, one button. */
export function Pane({ icon: glyph, title, text, children }: { icon: ReactNode; title: string; text: string; children?: ReactNode }) {
  return (
    <div className="flex max-w-80 flex-col items-center gap-4 text-center">
      <span className="flex size-14 items-center justify-center rounded-full bg-accent-wash text-accent">{glyph}</span>
      <div>
        <h2 className="text-[16px] leading-6 font-semibold">{title}</h2>
        <p className="mt-1 text-ink-2">{text}</p>
      </div>
      {children}
    </div>
  )
}
