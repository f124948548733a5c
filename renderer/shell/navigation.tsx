import { AudioLines, CircleUserRound, Hash, History, Keyboard, Phone as PhoneIcon, Settings, type LucideIcon } from 'lucide-react'
import { useCalls, useSession } from '../state/use.ts'
import { cx } from '../ui/class-names.ts'
import { useWords, type Words } from '../words/index.ts'
import { screens, useScreen, type Screen } from './route.ts'

const icons: Record<Screen, LucideIcon> = { phone: PhoneIcon, calls: History, recordings: AudioLines, numbers: Hash, settings: Settings }

/** The rail; a bar at the bottom of a narrow window. `due`: numbers whose hold is over. */
export function Navigation({ due, onKeys, onAccount }: { due: number; onKeys: () => void; onAccount: () => void }) {
  const t = useWords()
  const here = useScreen()
  const missed = useCalls((state) => state.openMissed)
  const name = useSession((state) => state.session?.user?.name ?? '')
  return (
    <nav
      aria-label={t('shell.main')}
      className="flex shrink-0 items-stretch gap-1 bg-canvas wide:w-14 wide:flex-col wide:border-r wide:border-line wide:p-2 labels:w-38 max-wide:justify-around max-wide:border-t max-wide:border-line max-wide:px-2 max-wide:py-1"
    >
      {screens.map((screen) => (
        <NavigationLink key={screen} screen={screen} isHere={screen === here} badge={badgeOf(screen, missed, due, t)} />
      ))}
      <button
        type="button"
        onClick={onKeys}
        aria-label={t('shell.keys.open')}
        title={t('shell.keys.open')}
        className="mt-auto flex h-10 items-center justify-center gap-3 rounded-control text-ink-2 transition-colors duration-150 hover:bg-hover hover:text-ink labels:justify-start labels:px-3 max-wide:hidden"
      >
        <Keyboard className="size-5" strokeWidth={1.75} aria-hidden="true" />
        <span className="hidden labels:inline">{t('shell.keys.open')}</span>
      </button>
      <button
        type="button"
        onClick={onAccount}
        aria-label={t('shell.account.open')}
        title={name}
        className="flex h-10 min-w-0 items-center justify-center gap-3 rounded-control text-ink-2 transition-colors duration-150 hover:bg-hover hover:text-ink labels:justify-start labels:px-3 max-wide:h-12 max-wide:flex-1 max-wide:flex-col max-wide:gap-0.5 max-wide:text-[11px] max-wide:leading-4"
      >
        <CircleUserRound className="size-5 shrink-0" strokeWidth={1.75} aria-hidden="true" />
        <span className="truncate max-labels:hidden max-wide:inline">{t('shell.account.open')}</span>
      </button>
    </nav>
  )
}

interface Badge {
  name: 'missed' | 'due'
  count: number
  text: string
}

/** What waits in a screen. */
function badgeOf(screen: Screen, missed: number, due: number, t: Words): Badge | undefined {
  if (screen === 'calls' && missed > 0) return { name: 'missed', count: missed, text: t('shell.missed', { count: missed }) }
  if (screen === 'numbers' && due > 0) return { name: 'due', count: due, text: t('shell.due', { count: due }) }
  return undefined
}

interface LinkProps {
  screen: Screen
  isHere: boolean
  badge: Badge | undefined
}

function NavigationLink({ screen, isHere, badge }: LinkProps) {
  const t = useWords()
  const Icon = icons[screen]
  const label = t(`shell.${screen}`)
  return (
    <a
      href={`#/${screen}`}
      aria-current={isHere ? 'page' : undefined}
      title={badge ? `${label} · ${badge.text}` : label}
      className={cx(
        'relative flex h-10 items-center justify-center gap-3 rounded-control font-medium transition-colors duration-150 labels:justify-start labels:px-3',
        'max-wide:h-12 max-wide:flex-1 max-wide:flex-col max-wide:gap-0.5 max-wide:text-[11px] max-wide:leading-4',
        isHere ? 'bg-accent-wash text-accent' : 'text-ink-2 hover:bg-hover hover:text-ink',
      )}
    >
      <Icon className="size-5" strokeWidth={1.75} aria-hidden="true" />
      <span className="wide:sr-only labels:not-sr-only">{label}</span>
      {badge && (
        <span
          aria-hidden="true"
          data-testid={badge.name}
          className={cx(
            'absolute top-0.5 max-wide:left-1/2 max-wide:ml-1.5 wide:right-0.5 min-w-4 rounded-full px-1 text-center text-[10px] leading-4 font-semibold tabular-nums labels:top-3 labels:right-2 labels:left-auto',
            badge.name === 'missed' ? 'bg-alarm-fill text-white' : 'bg-warn text-surface',
          )}
        >
          {badge.count > 99 ? '99+' : badge.count}
        </span>
      )}
    </a>
  )
}
