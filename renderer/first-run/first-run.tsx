import { PhoneCall } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import type { Failure } from '../../contract/failure.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import type { SessionState } from '../state/session.ts'
import { useApp, useSession } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useWords } from '../words/index.ts'

/** Nobody is signed in: try the sandbox, or enter the relay's address and an invite code. The sound check follows on the Phone screen. */
export function FirstRun() {
  const t = useWords()
  const canTry = useSession((state) => state.session?.canTrySandbox ?? false)
  return (
    <main className="flex h-full justify-center overflow-y-auto bg-canvas p-4">
      <div className="m-auto flex w-full max-w-100 flex-col gap-5">
        <header className="flex flex-col items-center gap-3 text-center">
          <span className="flex size-12 items-center justify-center rounded-panel bg-accent-fill text-white">
            <PhoneCall className="size-6" strokeWidth={1.75} aria-hidden="true" />
          </span>
          <h1 className="text-title font-semibold tracking-tight">{t('firstRun.title')}</h1>
          <p className="text-ink-2">{t('firstRun.text')}</p>
        </header>
        <Problem />
        <TrySandbox canTry={canTry} />
        <p className="flex items-center gap-3 text-small text-ink-3">
          <span className="h-px flex-1 bg-line-strong" />
          {t('firstRun.or')}
          <span className="h-px flex-1 bg-line-strong" />
        </p>
        <SignIn />
      </div>
    </main>
  )
}

function Problem() {
  const failure = useSession((state) => state.failure)
  const asked = useSession((state) => state.asked)
  const endedBy = useSession((state) => state.session?.endedBy)
  const shown = (failure && plainly(failure, asked)) ?? (endedBy ? { code: endedBy } : null)
  return shown && <FailureNotice failure={shown} />
}

/** A code refused for its form alone is an unknown one to whoever typed it; the sandbox's was typed by nobody. */
function plainly(failure: Failure, asked: SessionState['asked']): Pick<Failure, 'code'> {
  if (asked === 'enroll' && failure.code === 'bad-request') return { code: 'invite-unknown' }
  return asked === 'sandbox' && failure.code === 'invite-used' ? { code: 'sandbox-invite-used' } : failure
}

function TrySandbox({ canTry }: { canTry: boolean }) {
  const t = useWords()
  const { session } = useApp().state
  const busy = useSession((state) => state.busy)
  return (
    <section aria-labelledby="try" className="flex flex-col gap-3 rounded-panel border border-line bg-surface p-5 shadow-rest">
      <div>
        <h2 id="try" className="font-semibold">
          {t('firstRun.sandboxTitle')}
        </h2>
        <p className="text-ink-2">{canTry ? t('firstRun.sandboxText') : t('firstRun.noSandbox')}</p>
      </div>
      <Button
        look="primary"
        isLarge
        disabled={!canTry || busy !== null}
        onClick={() => void session.getState().trySandbox()}
        icon={busy === 'sandbox' && <Spinner />}
      >
        {busy === 'sandbox' ? t('firstRun.trying') : t('firstRun.trySandbox')}
      </Button>
    </section>
  )
}

function SignIn() {
  const t = useWords()
  const { session } = useApp().state
  const busy = useSession((state) => state.busy)
  const [relayUrl, setRelayUrl] = useState('')
  const [code, setCode] = useState('')
  const [isAsked, setAsked] = useState(false)
  const address = addressOf(relayUrl)
  const urlError = isAsked && !address ? t('firstRun.needUrl') : undefined
  const codeError = isAsked && !code.trim() ? t('firstRun.needCode') : undefined
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setAsked(true)
    if (address && code.trim()) void session.getState().enroll(address, code.trim())
  }
  return (
    <section aria-labelledby="sign-in" className="flex flex-col gap-4 rounded-panel border border-line bg-surface p-5 shadow-rest">
      <div>
        <h2 id="sign-in" className="font-semibold">
          {t('firstRun.signInTitle')}
        </h2>
        <p className="text-ink-2">{t('firstRun.signInText')}</p>
      </div>
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        <TextField
          label={t('firstRun.relayUrl')}
          placeholder={t('firstRun.relayUrlHint')}
          inputMode="url"
          autoComplete="url"
          spellCheck={false}
          value={relayUrl}
          error={urlError}
          onChange={(event) => setRelayUrl(event.target.value)}
        />
        <TextField
          label={t('firstRun.inviteCode')}
          placeholder={t('firstRun.inviteCodeHint')}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          value={code}
          error={codeError}
          onChange={(event) => setCode(event.target.value)}
        />
        <Button type="submit" isLarge disabled={busy !== null} icon={busy === 'enroll' && <Spinner />}>
          {busy === 'enroll' ? t('firstRun.signingIn') : t('firstRun.signIn')}
        </Button>
      </form>
    </section>
  )
}

/** As `session.enroll` takes it. */
const LONGEST_ADDRESS = 300

/** What was typed as an origin; a missing scheme is https, or http for this machine. */
export function addressOf(text: string): string | undefined {
  const typed = text.trim().replace(/\/+$/, '')
  if (!typed) return undefined
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(typed)
  const full = /^[a-z]+:\/\//i.test(typed) ? typed : `${isLocal ? 'http' : 'https'}://${typed}`
  if (full.length > LONGEST_ADDRESS) return undefined
  return URL.canParse(full) && /^https?:$/.test(new URL(full).protocol) ? full : undefined
}
