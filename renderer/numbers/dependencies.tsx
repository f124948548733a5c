import { useEffect, useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { Dependencies } from '../../contract/number-desktop.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { formatMoney } from '../ui/money.ts'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import { useWhen } from './when.ts'

type Answer = { rows: readonly Dependencies[] | null; failure: Failure | null }

/** What depends on these numbers, asked anew whenever a dialog opens and for each `round`; null until it is known. */
export function useDependencies(phoneNumbers: readonly string[], round = 0): Answer {
  const { verbs } = useDesk()
  const [answer, setAnswer] = useState<Answer & { round: number }>({ rows: null, failure: null, round })
  const key = phoneNumbers.join()
  useEffect(() => {
    let isWanted = true
    const ask = async () => {
      const reply = await verbs.dependencies(key.split(','))
      if (isWanted) setAnswer(reply.ok ? { rows: reply.value, failure: null, round } : { rows: null, failure: reply.failure, round })
    }
    void ask()
    return () => void (isWanted = false)
  }, [verbs, key, round])
  return answer.round === round ? answer : { rows: null, failure: null }
}

/** Before a number goes: who answers it, who calls from it, what else would break. */
export function DependencyList({ rows, failure }: Answer) {
  const t = useNumberWords()
  const { format } = useDesk()
  if (failure) return <FailureNotice failure={failure} />
  return (
    <section aria-label={t('numbers.depends.title')}>
      <h3 className="pb-1 text-small font-medium text-ink-2">{t('numbers.depends.title')}</h3>
      {!rows && <p className="animate-late text-ink-2">{t('numbers.depends.loading')}</p>}
      <ul className="flex max-h-60 flex-col overflow-y-auto">
        {rows?.map((row) => (
          <li key={row.phoneNumber} className="border-b border-line py-2 last:border-b-0">
            <p className="font-medium tabular-nums">{format(row.phoneNumber)}</p>
            <Facts row={row} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const named = (users: Dependencies['owners']) => users.map((one) => one.name).join(', ')

function Facts({ row }: { row: Dependencies }) {
  const t = useNumberWords()
  const when = useWhen()
  const serious = [
    row.owners.length > 0 && t('numbers.depends.owners', { names: named(row.owners) }),
    row.defaultFor.length > 0 && t('numbers.depends.defaultFor', { names: named(row.defaultFor) }),
    row.routedTo !== '' && t('numbers.depends.routed', { where: row.routedTo }),
    row.emergencyAddressSid && t('numbers.depends.emergency'),
    row.calls30 > 0 && t('numbers.depends.calls', { count: row.calls30, when: when(row.lastUsedAt).text }),
  ].filter((one) => typeof one === 'string' && one !== '')
  return (
    <ul className="text-ink-2">
      {serious.length === 0 && <li>{t('numbers.depends.nothing')}</li>}
      {serious.map((one) => (
        <li key={String(one)} className="break-words">
          {one}
        </li>
      ))}
      {row.calls30 === 0 && <li>{t('numbers.depends.noCalls')}</li>}
      {row.monthly && <li>{t('numbers.depends.monthly', { price: formatMoney(row.monthly) })}</li>}
    </ul>
  )
}
