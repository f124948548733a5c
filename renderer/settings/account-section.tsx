import { useEffect, useState } from 'react'
import type { AccountView } from '../../contract/number-desktop.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createAccountStore } from '../state/account.ts'
import { useApp, useLater, useSession } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { formatBalance } from '../ui/money.ts'
import { Spinner } from '../ui/spinner.tsx'
import { formatExactly } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { AccountForm } from './account-form.tsx'
import { Facts, Section } from './section.tsx'

/** The Twilio account of this computer: set up, test, change, forget. Managers only. */
export function AccountSection() {
  const t = useNumberWords()
  const isManager = useSession((state) => state.session?.user?.role === 'manager')
  if (isManager)
    return (
      <Section id="settings-account" title={t('settings.account.title')} text={t('settings.account.text')}>
        <Account />
      </Section>
    )
  return (
    <Section id="settings-account" title={t('settings.account.title')}>
      <p className="max-w-140 text-ink-2">{t('settings.account.staff')}</p>
    </Section>
  )
}

function Account() {
  const t = useNumberWords()
  const store = useApp().state.later(createAccountStore)
  const account = useLater(createAccountStore, (state) => state.account)
  const failure = useLater(createAccountStore, (state) => (state.asked === 'load' ? state.failure : null))
  const [isChanging, setChanging] = useState(false)
  useEffect(() => void store.getState().load(), [store])
  if (failure) return <FailureNotice failure={failure} />
  if (!account) return <p className="animate-late text-ink-2">{t('settings.account.loading')}</p>
  const close = () => {
    store.getState().forgetFailure()
    setChanging(false)
  }
  if (isChanging || account.state === 'none')
    return (
      <>
        {account.state === 'none' && <p className="font-medium">{t('settings.account.none')}</p>}
        <AccountForm sid={account.accountSid ?? ''} onDone={close} {...(account.state === 'none' ? {} : { onCancel: close })} />
      </>
    )
  return (
    <>
      <Kept account={account} />
      <Actions onChange={() => setChanging(true)} />
    </>
  )
}

/** What is kept, as far as it may be seen. */
function Kept({ account }: { account: AccountView }) {
  const t = useNumberWords()
  const { accountSid, name, kind, lastFour, isTrial, balance, checkedAt, failure } = account
  return (
    <>
      {failure && <FailureNotice failure={failure} />}
      <Facts
        rows={[
          [t('settings.account.name'), name],
          [t('settings.account.sid'), accountSid],
          [t('settings.account.kind'), kind && t(`settings.account.kinds.${kind}`, { lastFour: lastFour ?? '' })],
          [t('settings.account.balance'), balance ? formatBalance(balance) : t('settings.account.balanceUnknown')],
          [t('settings.account.checked'), checkedAt ? formatExactly(Date.parse(checkedAt)) : t('settings.account.neverChecked')],
        ]}
      />
      {isTrial && <p className="max-w-140 text-ink-2">{t('settings.account.trial')}</p>}
    </>
  )
}

function Actions({ onChange }: { onChange: () => void }) {
  const t = useNumberWords()
  const store = useApp().state.later(createAccountStore)
  const busy = useLater(createAccountStore, (state) => state.busy)
  const asked = useLater(createAccountStore, (state) => state.asked)
  const state = useLater(createAccountStore, ({ account }) => account?.state)
  const failure = useLater(createAccountStore, (one) => (one.asked === 'test' || one.asked === 'forget' ? one.failure : null))
  const [isAsked, setAsked] = useState(false)
  if (isAsked)
    return (
      <div className="flex flex-col gap-3">
        <div>
          <p className="font-medium">{t('settings.account.sure')}</p>
          <p className="max-w-140 text-ink-2">{t('settings.account.sureText')}</p>
        </div>
        {failure && <FailureNotice failure={failure} />}
        <div className="flex gap-2">
          <Button look="end" disabled={busy !== null} onClick={() => void store.getState().forget()}>
            {busy === 'forget' ? t('settings.account.forgetting') : t('settings.account.forget')}
          </Button>
          <Button onClick={() => setAsked(false)}>{t('settings.account.keep')}</Button>
        </div>
      </div>
    )
  return (
    <div className="flex flex-col gap-3">
      {failure && <FailureNotice failure={failure} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={busy !== null} onClick={() => void store.getState().test()} icon={busy === 'test' && <Spinner />}>
          {busy === 'test' ? t('settings.account.testing') : t('settings.account.test')}
        </Button>
        <Button onClick={onChange}>{t('settings.account.change')}</Button>
        <Button look="quiet" onClick={() => setAsked(true)}>
          {t('settings.account.forget')}
        </Button>
        <span aria-live="polite" className="text-call">
          {asked === 'test' && busy === null && state === 'ok' && !failure && t('settings.account.tested')}
        </span>
      </div>
    </div>
  )
}
