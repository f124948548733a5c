import { useId, useState, type SubmitEvent } from 'react'
import type { BridgeArgs } from '../../contract/desktop.ts'
import { isSid } from '../../contract/sid.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createAccountStore } from '../state/account.ts'
import { useApp, useLater, useSession } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { cx } from '../ui/class-names.ts'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords, type NumberT } from '../words/index.ts'

interface Typed {
  accountSid: string
  withToken: boolean
  apiKey: string
  apiSecret: string
  authToken: string
  createKey: boolean
}
type Field = 'accountSid' | 'apiKey' | 'apiSecret' | 'authToken'
type Errors = Partial<Record<Field, string>>

/** What cannot be right is said before Twilio is asked. */
function errorsOf({ accountSid, withToken, apiKey, apiSecret, authToken }: Typed, t: NumberT): Errors {
  return {
    ...(isSid(accountSid.trim(), 'AC') ? {} : { accountSid: t('settings.account.wrongSid') }),
    ...(withToken || isSid(apiKey.trim(), 'SK') ? {} : { apiKey: t('settings.account.wrongKey') }),
    ...(withToken || apiSecret.trim() ? {} : { apiSecret: t('settings.account.needSecret') }),
    ...(!withToken || authToken.trim() ? {} : { authToken: t('settings.account.needToken') }),
  }
}

const argsOf = ({ accountSid, withToken, apiKey, apiSecret, authToken, createKey }: Typed): BridgeArgs<'account.set'> => ({
  accountSid: accountSid.trim(),
  ...(withToken ? { authToken: authToken.trim(), createKey } : { apiKey: apiKey.trim(), apiSecret: apiSecret.trim() }),
})

/** A browser's host has no key store of the system (SECURITY.md): credentials of a real account are kept there only when a person says so. */
const useNeedsTick = () =>
  useSession((state) => state.session?.workspace?.isSandbox === false) && globalThis.window.linekeeper === undefined

/** The field that main's answer concerns. */
const fieldOf = (code: string | undefined, withToken: boolean): Field | undefined => {
  if (code === 'account-sid-invalid') return 'accountSid'
  return code === 'account-key-invalid' ? (withToken ? 'authToken' : 'apiSecret') : undefined
}

interface AccountFormProps {
  sid: string
  onDone: () => void
  onCancel?: () => void
}

/** Account SID with an API key or the auth token. What was typed stays until Twilio has accepted it. */
export function AccountForm({ sid, onDone, onCancel }: AccountFormProps) {
  const t = useNumberWords()
  const store = useApp().state.later(createAccountStore)
  const busy = useLater(createAccountStore, (state) => state.busy)
  const failure = useLater(createAccountStore, (state) => (state.asked === 'save' ? state.failure : null))
  const [typed, setTyped] = useState<Typed>({
    accountSid: sid,
    withToken: false,
    apiKey: '',
    apiSecret: '',
    authToken: '',
    createKey: true,
  })
  const [isAsked, setAsked] = useState(false)
  const [isShown, setShown] = useState(false)
  const needsTick = useNeedsTick()
  const [isAccepted, setAccepted] = useState(false)
  const field = fieldOf(failure?.code, typed.withToken)
  const said = field === 'accountSid' ? t('settings.account.wrongSid') : t('settings.account.wrongKey')
  const errors: Errors = { ...(isAsked ? errorsOf(typed, t) : {}), ...(field ? { [field]: said } : {}) }
  const change = (part: Partial<Typed>) => {
    setTyped({ ...typed, ...part })
    if (failure) store.getState().forgetFailure()
  }
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setAsked(true)
    if (Object.keys(errorsOf(typed, t)).length > 0 || (needsTick && !isAccepted)) return
    if (await store.getState().save(argsOf(typed))) onDone()
  }
  return (
    <form noValidate className="flex max-w-100 flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <TextField
        label={t('settings.account.sid')}
        placeholder={t('settings.account.sidHint')}
        autoComplete="off"
        spellCheck={false}
        value={typed.accountSid}
        error={errors.accountSid}
        onChange={(event) => change({ accountSid: event.target.value })}
      />
      <Ways withToken={typed.withToken} onChange={(withToken) => change({ withToken })} />
      <div className={cx('flex flex-col gap-4', !isShown && '[&_input[data-secret]]:[-webkit-text-security:disc]')}>
        <Secrets typed={typed} errors={errors} onChange={change} />
      </div>
      <Check label={t('settings.account.show')} checked={isShown} onChange={(event) => setShown(event.target.checked)} />
      <p className="text-small text-ink-2">{t('settings.account.where')}</p>
      {needsTick && <Unencrypted isAccepted={isAccepted} isMissed={isAsked && !isAccepted} onChange={setAccepted} />}
      {failure && !field && <FailureNotice failure={failure} />}
      <div className="flex gap-2">
        <Button type="submit" look="primary" isLarge disabled={busy !== null} icon={busy === 'save' && <Spinner />}>
          {busy === 'save' ? t('settings.account.saving') : t('settings.account.save')}
        </Button>
        {onCancel && (
          <Button isLarge onClick={onCancel}>
            {t('settings.account.cancel')}
          </Button>
        )}
      </div>
    </form>
  )
}

interface UnencryptedProps {
  isAccepted: boolean
  isMissed: boolean
  onChange: (isAccepted: boolean) => void
}

function Unencrypted({ isAccepted, isMissed, onChange }: UnencryptedProps) {
  const t = useNumberWords()
  const id = useId()
  return (
    <div>
      <Check
        label={t('settings.account.unencrypted')}
        checked={isAccepted}
        aria-invalid={isMissed || undefined}
        aria-describedby={id}
        onChange={(event) => onChange(event.target.checked)}
      />
      <p id={id} className="text-small text-ink-2">
        {t('settings.account.unencryptedText')}
      </p>
      {isMissed && <p className="text-small text-alarm">{t('settings.account.needTick')}</p>}
    </div>
  )
}

function Ways({ withToken, onChange }: { withToken: boolean; onChange: (withToken: boolean) => void }) {
  const t = useNumberWords()
  const group = useId()
  return (
    <fieldset>
      <legend className="mb-1 text-small font-medium text-ink-2">{t('settings.account.how')}</legend>
      <Check type="radio" name={group} label={t('settings.account.withKey')} checked={!withToken} onChange={() => onChange(false)} />
      <Check type="radio" name={group} label={t('settings.account.withToken')} checked={withToken} onChange={() => onChange(true)} />
    </fieldset>
  )
}

interface SecretsProps {
  typed: Typed
  errors: Errors
  onChange: (part: Partial<Typed>) => void
}

/** Text fields with covered text, not password fields: no browser offers to keep these. */
function Secrets({ typed, errors, onChange }: SecretsProps) {
  const t = useNumberWords()
  const plain = { autoComplete: 'off', autoCapitalize: 'off', spellCheck: false } as const
  if (typed.withToken)
    return (
      <>
        <TextField
          {...plain}
          data-secret=""
          label={t('settings.account.token')}
          value={typed.authToken}
          error={errors.authToken}
          onChange={(event) => onChange({ authToken: event.target.value })}
        />
        <div>
          <Check
            label={t('settings.account.createKey')}
            checked={typed.createKey}
            onChange={(event) => onChange({ createKey: event.target.checked })}
          />
          <p className="text-small text-ink-2">{t('settings.account.createKeyText')}</p>
        </div>
      </>
    )
  return (
    <>
      <TextField
        {...plain}
        label={t('settings.account.key')}
        placeholder={t('settings.account.keyHint')}
        value={typed.apiKey}
        error={errors.apiKey}
        onChange={(event) => onChange({ apiKey: event.target.value })}
      />
      <TextField
        {...plain}
        data-secret=""
        label={t('settings.account.secret')}
        value={typed.apiSecret}
        error={errors.apiSecret}
        onChange={(event) => onChange({ apiSecret: event.target.value })}
      />
    </>
  )
}
