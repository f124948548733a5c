import { useEffect, useState, type SubmitEvent } from 'react'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createAccountStore } from '../state/account.ts'
import { useApp, useLater, useNumbering, useSettings } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { Section } from './section.tsx'

/** Where calls go that an assistant cannot take. */
export function TransferSection() {
  const t = useNumberWords()
  const store = useApp().state.later(createAccountStore)
  const account = useLater(createAccountStore, (state) => state.account)
  useEffect(() => {
    if (!store.getState().account) void store.getState().load()
  }, [store])
  return (
    <Section id="settings-transfer" title={t('settings.transfer.title')} text={t('settings.transfer.text')}>
      {account && <TransferForm key={account.transferNumber} kept={account.transferNumber} />}
    </Section>
  )
}

function TransferForm({ kept }: { kept: string | null }) {
  const t = useNumberWords()
  const store = useApp().state.later(createAccountStore)
  const busy = useLater(createAccountStore, (state) => state.busy)
  const asked = useLater(createAccountStore, (state) => state.asked)
  const failure = useLater(createAccountStore, (state) => (state.asked === 'transfer' ? state.failure : null))
  const country = useSettings((state) => state.country)
  const { toE164, formatNumber, load } = useNumbering((state) => state)
  const [text, setText] = useState<string | null>(null)
  const [isWrong, setWrong] = useState(false)
  useEffect(() => void load(), [load])
  const shown = text ?? (kept ? formatNumber(kept, country) : '')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const number = shown.trim() ? toE164(shown, country) : null
    setWrong(number === undefined)
    if (number !== undefined) void store.getState().setTransferNumber(number)
  }
  const isSaved = asked === 'transfer' && busy === null && !failure
  return (
    <form noValidate className="flex max-w-100 flex-col gap-3" onSubmit={submit}>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label={t('settings.transfer.label')}
            placeholder={t('settings.transfer.hint')}
            inputMode="tel"
            autoComplete="off"
            value={shown}
            error={isWrong || failure?.code === 'number-invalid' ? t('settings.transfer.wrong') : undefined}
            onChange={(event) => {
              setText(event.target.value)
              setWrong(false)
            }}
          />
        </div>
        <Button type="submit" isLarge disabled={busy !== null} className={isWrong || failure ? 'mb-auto mt-5' : ''}>
          {busy === 'transfer' ? t('settings.transfer.saving') : t('settings.transfer.save')}
        </Button>
      </div>
      {failure && failure.code !== 'number-invalid' && <FailureNotice failure={failure} />}
      <p aria-live="polite" className="text-ink-2 empty:hidden">
        {isSaved ? t('settings.transfer.saved') : kept ? '' : t('settings.transfer.none')}
      </p>
    </form>
  )
}
