import { failureCodes, type FailureCode } from '../../contract/failure.ts'
import { createRefusedStore, type Refusal } from '../state/refused.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { useCallWords, useWords, type CallT } from '../words/index.ts'

const named = ['note', 'tags', 'missed', 'voicemail', 'recording', 'retention'] as const
const isNamed = (kind: string): kind is (typeof named)[number] => named.some((one) => one === kind)
const isCode = (code: string): code is FailureCode => Object.hasOwn(failureCodes, code)

const whatOf = (t: CallT, { kind }: Refusal) => (isNamed(kind) ? t(`history.refused.${kind}`) : t('history.refused.other'))

/** That changes of this person's were not taken, and why; until somebody has read it. */
export function Refused({ refused }: { refused: readonly Refusal[] }) {
  const t = useCallWords()
  const words = useWords()
  const store = useApp().state.later(createRefusedStore)
  const last = refused.at(-1)
  if (!last) return null
  const { code } = last.failure
  const why = isCode(code) ? words(`failures.${code}.sentence`) : ''
  const what = [...new Set(refused.map((one) => whatOf(t, one)))].join(', ')
  return (
    <Notice isWarning title={t('history.refused.title', { count: refused.length })} text={`${what}. ${why} ${t('history.refused.before')}`}>
      <Button onClick={() => store.getState().dismiss()}>{t('history.refused.dismiss')}</Button>
    </Notice>
  )
}
