import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { useNumberWords } from '../words/index.ts'
import { DetailPart } from '../ui/detail-part.tsx'
import { useDesk } from './desk.tsx'
import type { Ask } from './dialogs.tsx'

/** Who answers it, in order; who calls from it by default; whether its calls are recorded. */
export function DetailOwners({ number, onAsk }: { number: OwnedNumber; onAsk: (ask: Ask) => void }) {
  const t = useNumberWords()
  const { names, isManager, change, format } = useDesk()
  const canChange = isManager && number.state !== 'left'
  const said = { count: 1, number: format(number.phoneNumber) }
  const toggleDefault = (id: string) => {
    const { defaultFor } = number
    const next = defaultFor.includes(id) ? defaultFor.filter((one) => one !== id) : [...defaultFor, id]
    const words = { name: names[id] ?? id, number: said.number }
    const text = next.includes(id) ? t('numbers.done.callerId', words) : t('numbers.done.noCallerId', words)
    void change([number], () => ({ defaultFor: next }), text)
  }
  const record = () =>
    void change(
      [number],
      () => ({ isRecorded: !number.isRecorded }),
      number.isRecorded ? t('numbers.done.notRecording', said) : t('numbers.done.recording', said),
    )
  return (
    <DetailPart
      title={t('numbers.detail.owners')}
      aside={canChange && <Button onClick={() => onAsk({ kind: 'assign', numbers: [number] })}>{t('numbers.assign')}</Button>}
    >
      {number.userIds.length === 0 && <p className="text-ink-2">{t('numbers.detail.noOwners')}</p>}
      <ol className="flex flex-col">
        {number.userIds.map((id, index) => (
          <li key={id} className="flex min-h-8 flex-wrap items-center gap-x-2">
            {number.userIds.length > 1 && <span className="w-4 text-ink-2 tabular-nums">{index + 1}</span>}
            <span className="min-w-0 flex-1 truncate">{names[id] ?? id}</span>
            <Check
              disabled={!canChange}
              checked={number.defaultFor.includes(id)}
              onChange={() => toggleDefault(id)}
              label={<span className="text-small text-ink-2">{t('numbers.detail.callerId', { name: names[id] ?? id })}</span>}
            />
          </li>
        ))}
      </ol>
      {number.userIds.length > 1 && <p className="text-ink-2">{t(`numbers.detail.ringMode.${number.ringMode}`)}</p>}
      <Check disabled={!canChange} checked={number.isRecorded} onChange={record} label={t('numbers.detail.record')} />
    </DetailPart>
  )
}
