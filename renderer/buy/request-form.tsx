import { useState, type SubmitEvent } from 'react'
import type { NumberType } from '../../contract/number.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useNumbering, useSettings } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { usePurchases, usePurchasesStore } from './use-buying.ts'

const types = ['local', 'toll-free', 'mobile', 'national'] as const satisfies NumberType[]

/** Staff say which number they would like; a manager decides and buys. */
export function RequestForm() {
  const t = useNumberWords()
  const store = usePurchasesStore()
  const asking = usePurchases((state) => state.asking)
  const failure = usePurchases((state) => state.askFailure)
  const country = useSettings((state) => state.country)
  const { toE164, formatAsTyped } = useNumbering((state) => state)
  const [text, setText] = useState('')
  const [type, setType] = useState<NumberType>('local')
  const [note, setNote] = useState('')
  const [state, setState] = useState<'ready' | 'wrong' | 'sent'>('ready')
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const phoneNumber = toE164(text, country)
    if (!phoneNumber) return setState('wrong')
    const item = {
      phoneNumber,
      country: formatAsTyped(phoneNumber, country).country ?? country,
      type,
      place: null,
      monthly: null,
      name: null,
    }
    if (!(await store.getState().request(item, note.trim() || null))) return
    setState('sent')
    setText('')
    setNote('')
  }
  return (
    <form noValidate className="flex max-w-100 flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <p className="text-ink-2">{t('buy.request.text')}</p>
      <TextField
        label={t('buy.request.number')}
        placeholder={t('buy.request.numberHint')}
        inputMode="tel"
        autoComplete="off"
        value={text}
        error={state === 'wrong' ? t('buy.request.numberWrong') : undefined}
        onChange={(event) => {
          setText(event.target.value)
          setState('ready')
        }}
      />
      <Select
        label={t('buy.request.type')}
        value={type}
        onChange={(event) => setType(types.find((one) => one === event.target.value) ?? 'local')}
      >
        {types.map((one) => (
          <option key={one} value={one}>
            {t(`numbers.types.${one}`)}
          </option>
        ))}
      </Select>
      <TextField
        label={t('buy.request.note')}
        placeholder={t('buy.request.noteHint')}
        maxLength={500}
        autoComplete="off"
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {failure && <FailureNotice failure={failure} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" isLarge disabled={asking !== null} icon={asking !== null && <Spinner />}>
          {asking === null ? t('buy.request.send') : t('buy.request.sending')}
        </Button>
        <span aria-live="polite" className="text-call">
          {state === 'sent' && t('buy.request.sent')}
        </span>
      </div>
    </form>
  )
}
