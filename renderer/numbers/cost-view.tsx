import { useEffect, useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { CostReport } from '../../contract/number-desktop.ts'
import type { Money } from '../../contract/number.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { goTo } from '../shell/route.ts'
import { Button } from '../ui/button.tsx'
import { formatMoney } from '../ui/money.ts'
import { formatTime } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { Monthly } from './cells.tsx'
import { useDesk } from './desk.tsx'
import { useGroupLabel } from './use-list.ts'
import { useWhen } from './when.ts'

type Line = CostReport['total']

/** What the numbers cost a month, by country, owner and state; what is paid for nothing. Currencies are kept apart. */
export function CostView() {
  const [attempt, setAttempt] = useState(0)
  return <Cost key={attempt} onRetry={() => setAttempt(attempt + 1)} />
}

function Cost({ onRetry }: { onRetry: () => void }) {
  const t = useNumberWords()
  const { verbs } = useDesk()
  const [answer, setAnswer] = useState<{ report: CostReport | null; failure: Failure | null }>({ report: null, failure: null })
  useEffect(() => {
    let isWanted = true
    const ask = async () => {
      const reply = await verbs.cost()
      if (isWanted) setAnswer(reply.ok ? { report: reply.value, failure: null } : { report: null, failure: reply.failure })
    }
    void ask()
    return () => void (isWanted = false)
  }, [verbs])
  const { report, failure } = answer
  const country = useGroupLabel('country')
  const owner = useGroupLabel('owner')
  const state = useGroupLabel('state')
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-6">
      {failure && (
        <FailureNotice failure={failure}>
          <Button onClick={onRetry}>{t('numbers.retry')}</Button>
        </FailureNotice>
      )}
      {!report && !failure && <p className="animate-late text-ink-2">{t('numbers.cost.loading')}</p>}
      {report && report.total.count === 0 && <p className="text-ink-2">{t('numbers.cost.none')}</p>}
      {report && report.total.count > 0 && (
        <div className="flex max-w-240 flex-col gap-6">
          <Totals report={report} />
          <div className="grid gap-6 wide:grid-cols-2">
            <Breakdown kind="byCountry" lines={report.byCountry} label={country} />
            <Breakdown kind="byState" lines={report.byState} label={state} />
            <Breakdown kind="byOwner" lines={report.byOwner} label={owner} text={t('numbers.cost.byOwnerText')} />
            <Unused unused={report.unused} />
          </div>
          <p className="text-small text-ink-2">{t('numbers.cost.at', { time: formatTime(Date.parse(report.at)) })}</p>
        </div>
      )}
    </div>
  )
}

/** A sum per currency, a line each. */
function Amounts({ monies, none }: { monies: readonly Money[]; none: string }) {
  if (monies.length === 0) return <span className="text-ink-2">{none}</span>
  return (
    <span className="flex flex-col tabular-nums">
      {monies.map((one) => (
        <span key={one.currency}>{formatMoney(one)}</span>
      ))}
    </span>
  )
}

function Totals({ report }: { report: CostReport }) {
  const t = useNumberWords()
  const { total, active, inactive } = report
  const free = t('numbers.cost.free')
  const rows = [
    [t('numbers.cost.active'), active.monthly, t('numbers.count', { count: active.count }), free],
    [t('numbers.cost.inactive'), inactive.monthly, t('numbers.count', { count: inactive.count }), free],
    [t('numbers.cost.first30'), report.first30, '', free],
    [t('numbers.cost.perMinute'), report.perUsedMinute, t('numbers.cost.perMinuteText'), t('numbers.cost.notUsed')],
  ] as const
  return (
    <section aria-label={t('numbers.cost.title')} className="flex flex-wrap gap-x-10 gap-y-4 border-b border-line pb-5">
      <div>
        <p className="text-ink-2">{t('numbers.cost.total')}</p>
        <p className="text-title font-semibold">
          <Amounts monies={total.monthly} none={free} />
        </p>
        <p className="text-ink-2">
          {t('numbers.count', { count: total.count })}
          {total.unpriced > 0 && `, ${t('numbers.cost.unpriced', { count: total.unpriced })}`}
        </p>
      </div>
      {rows.map(([label, monies, text, none]) => (
        <div key={label} className="max-w-48">
          <p className="text-ink-2">{label}</p>
          <p className="text-[16px] leading-6 font-semibold">
            <Amounts monies={monies} none={none} />
          </p>
          <p className="text-small text-ink-2">{text}</p>
        </div>
      ))}
    </section>
  )
}

interface BreakdownProps {
  kind: 'byCountry' | 'byOwner' | 'byState'
  lines: readonly Line[]
  label: (key: string) => string
  text?: string
}

function Breakdown({ kind, lines, label, text }: BreakdownProps) {
  const t = useNumberWords()
  return (
    <section aria-label={t(`numbers.cost.${kind}`)}>
      <h2 className="pb-1 font-semibold">{t(`numbers.cost.${kind}`)}</h2>
      {text && <p className="pb-1 text-small text-ink-2">{text}</p>}
      <table className="w-full">
        <thead>
          <tr className="text-left text-small text-ink-2">
            <th className="py-1 font-medium">{t(`numbers.cost.what.${kind}`)}</th>
            <th className="py-1 text-right font-medium">{t('numbers.cost.numbers')}</th>
            <th className="py-1 text-right font-medium">{t('numbers.cost.monthly')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, count, monthly, unpriced }) => (
            <tr key={key} className="border-t border-line align-top">
              <td className="py-1.5">{label(key)}</td>
              <td className="py-1.5 text-right tabular-nums">{count}</td>
              <td className="py-1.5 text-right">
                <Amounts monies={monthly} none={unpriced > 0 ? '' : t('numbers.cost.free')} />
                {unpriced > 0 && <span className="text-small text-ink-2">{t('numbers.cost.unpriced', { count: unpriced })}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const SHOWN = 50

function Unused({ unused }: Pick<CostReport, 'unused'>) {
  const t = useNumberWords()
  const { format } = useDesk()
  const when = useWhen()
  return (
    <section aria-label={t('numbers.cost.unused')}>
      <h2 className="pb-1 font-semibold">{t('numbers.cost.unused')}</h2>
      {unused.length === 0 && <p className="text-ink-2">{t('numbers.cost.noUnused')}</p>}
      <ul className="flex flex-col">
        {unused.slice(0, SHOWN).map(({ phoneNumber, name, monthly, lastUsedAt }) => (
          <li key={phoneNumber} className="border-t border-line">
            <button
              type="button"
              onClick={() => goTo('numbers', phoneNumber)}
              className="flex min-h-9 w-full items-center gap-3 rounded-control px-1 text-left hover:bg-hover"
            >
              <span className="shrink-0 font-medium tabular-nums">{format(phoneNumber)}</span>
              <span className="min-w-0 flex-1 truncate text-ink-2">{name}</span>
              <span className="shrink-0 text-small text-ink-2">{when(lastUsedAt).text}</span>
              <Monthly monthly={monthly} />
            </button>
          </li>
        ))}
      </ul>
      {unused.length > SHOWN && <p className="pt-1 text-ink-2">{t('numbers.cost.moreUnused', { count: unused.length - SHOWN })}</p>}
    </section>
  )
}
