import type { HealthCheck, NumberView } from '../../contract/number-desktop.ts'
import { createNumberViewStore } from '../state/number-view.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useNumberWords } from '../words/index.ts'
import { HealthGlyph } from './cells.tsx'
import { useCheckSentence } from './check-words.ts'
import { DetailPart } from '../ui/detail-part.tsx'
import { useDesk } from './desk.tsx'
import type { Ask } from './dialogs.tsx'
import { useWhen } from './when.ts'

const CONSOLE = 'https://console.twilio.com/us1/develop/phone-numbers'
const consoles = { papers: `${CONSOLE}/manage/incoming`, bundle: `${CONSOLE}/regulatory-compliance/bundles` }
const order: Record<HealthCheck['level'], number> = { bad: 0, warning: 1, unknown: 2, good: 3 }

/** Every check with what it found, when, and what would fix it; the worst first. */
export function DetailHealth({ view, onAsk }: { view: NumberView; onAsk: (ask: Ask) => void }) {
  const t = useNumberWords()
  const { isManager } = useDesk()
  const sentence = useCheckSentence()
  const when = useWhen()
  const store = useApp().state.later(createNumberViewStore)
  const busy = useLater(createNumberViewStore, (state) => state.busy)
  const checks = view.checks.toSorted((a, b) => order[a.level] - order[b.level])
  return (
    <DetailPart
      title={t('numbers.detail.health')}
      aside={
        <Button look="quiet" disabled={busy !== null} icon={busy === 'check' && <Spinner />} onClick={() => void store.getState().check()}>
          {busy === 'check' ? t('numbers.detail.checking') : t('numbers.detail.checkAgain')}
        </Button>
      }
    >
      <ul className="flex flex-col">
        {checks.map((check) => (
          <li key={check.name} className="flex items-start gap-2.5 border-b border-line py-2 last:border-b-0">
            <span className="mt-0.5">
              <HealthGlyph level={check.level} />
            </span>
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium">{t(`numbers.checks.${check.name}.name`)}</span>
                <span className="text-small text-ink-2">{t(`numbers.health.${check.level}`)}</span>
              </p>
              <p className="break-words text-ink-2">{sentence(check)}</p>
              <p className="text-small text-ink-3">
                {check.at ? t('numbers.detail.checked', { when: when(check.at).text }) : t('numbers.detail.notChecked')}
              </p>
              {isManager && check.fix && check.level !== 'good' && <Fix fix={check.fix} view={view} onAsk={onAsk} />}
            </div>
          </li>
        ))}
      </ul>
    </DetailPart>
  )
}

interface FixProps {
  fix: NonNullable<HealthCheck['fix']>
  view: NumberView
  onAsk: (ask: Ask) => void
}

/** The one act that mends it. `restore` is offered beside the diff it undoes, so this leads there. */
function Fix({ fix, view: { number }, onAsk }: FixProps) {
  const t = useNumberWords()
  const store = useApp().state.later(createNumberViewStore)
  const busy = useLater(createNumberViewStore, (state) => state.busy)
  const act = {
    connect: () => void store.getState().connect(),
    restore: () => document.querySelector('[data-drift]')?.scrollIntoView({ block: 'center' }),
    assign: () => onAsk({ kind: 'assign', numbers: [number] }),
    hold: () => onAsk({ kind: 'hold', numbers: [number] }),
    'check-relay': () => void store.getState().check(),
  }
  if (fix === 'papers' || fix === 'bundle')
    return (
      <a href={consoles[fix]} target="_blank" rel="noreferrer" className="font-medium text-accent underline underline-offset-2">
        {t(`numbers.fixes.${fix}`)}
      </a>
    )
  const isConnecting = fix === 'connect' && busy === 'connect'
  return (
    <Button className="mt-1.5" disabled={busy !== null} icon={isConnecting && <Spinner />} onClick={act[fix]}>
      {isConnecting ? t('numbers.fixes.connecting') : t(`numbers.fixes.${fix}`)}
    </Button>
  )
}
