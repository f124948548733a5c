import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { hasCall } from '../model/phone.ts'
import { useApp, usePhone, useSession, useStatus } from '../state/use.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { useWords } from '../words/index.ts'
import { FailureNotice } from './failure-notice.tsx'

/** Who is signed in, where and with which device; and the way out, which says what is lost. */
export default function AccountDialog({ onClose }: { onClose: () => void }) {
  const t = useWords()
  const session = useSession((state) => state.session)
  const user = session?.user
  const rows = [
    ['name', user?.name],
    ['role', user && t(`shell.account.roles.${user.role}`)],
    ['workspace', session?.workspace?.name],
    ['relay', session?.relayUrl],
    ['device', session?.deviceId],
  ] as const
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/30" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-4 top-1/2 z-50 mx-auto max-w-100 -translate-y-1/2 rounded-panel border border-line-strong bg-raised p-5 shadow-raised"
        >
          <div className="mb-3 flex items-center justify-between">
            <Dialog.Title className="text-[16px] font-semibold">{t('shell.account.title')}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={t('shell.account.close')}>
                <X className="size-4" strokeWidth={1.75} />
              </IconButton>
            </Dialog.Close>
          </div>
          <dl className="mb-4 flex flex-col gap-1.5">
            {rows.map(
              ([key, value]) =>
                value && (
                  <div key={key} className="flex justify-between gap-4">
                    <dt className="shrink-0 text-ink-2">{t(`shell.account.${key}`)}</dt>
                    <dd className="min-w-0 text-right break-words">{value}</dd>
                  </div>
                ),
            )}
          </dl>
          <SignOut />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** Asked twice, and never during a call. */
function SignOut() {
  const t = useWords()
  const { session } = useApp().state
  const [isAsked, setAsked] = useState(false)
  const busy = useSession((state) => state.busy)
  const failure = useSession((state) => (state.asked === 'sign-out' ? state.failure : null))
  const outbox = useStatus((state) => state.status?.outbox ?? 0)
  const isBusy = usePhone(hasCall)
  if (isBusy) return <p className="text-ink-2">{t('shell.account.inCall')}</p>
  if (!isAsked) return <Button onClick={() => setAsked(true)}>{t('shell.account.signOut')}</Button>
  return (
    <div className="flex flex-col gap-3">
      <p className="font-medium">{t('shell.account.sure')}</p>
      <p className="text-ink-2">
        {t('shell.account.lost')}
        {outbox > 0 && ` ${t('shell.account.unsent', { count: outbox })}`}
      </p>
      {failure && <FailureNotice failure={failure} />}
      <div className="flex gap-2">
        <Button look="end" disabled={busy !== null} onClick={() => void session.getState().signOut()}>
          {busy === 'sign-out' ? t('shell.account.signingOut') : t('shell.account.signOut')}
        </Button>
        <Button onClick={() => setAsked(false)}>{t('shell.account.stay')}</Button>
      </div>
    </div>
  )
}
