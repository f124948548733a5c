import { usePhone } from '../state/use.ts'
import { useCallDesk } from './desk.tsx'

/** Why nobody can be called from here, while that is so, and where that is changed. */
export function CallsOff() {
  const { t } = useCallDesk()
  const isOff = usePhone((view) => view.power !== 'on')
  if (!isOff) return null
  return (
    <p className="text-ink-2">
      {t('history.off')}{' '}
      <a href="#/phone" className="font-medium text-accent underline-offset-2 hover:underline">
        {t('history.turnOn')}
      </a>
    </p>
  )
}
