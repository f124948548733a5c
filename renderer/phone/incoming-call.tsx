import { Phone as PhoneIcon, PhoneOff } from 'lucide-react'
import type { CallView } from '../model/phone.ts'
import { useApp, useStatus } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { Kbd } from '../ui/kbd.tsx'
import { useWords } from '../words/index.ts'
import { useOurNumber, usePartyName } from './party.ts'

/**
 * A call rings. It never takes the focus: whoever types goes on typing. In a call it is one slim line (`isSlim`).
 * It stands for the SDK's invite alone (RULES R23).
 */
export function IncomingCall({ call, isSlim }: { call: CallView; isSlim: boolean }) {
  const t = useWords()
  const nameOf = usePartyName()
  const ourNumber = useOurNumber()
  const { name: knownName, number } = ourNumber(call.ourNumber ?? '')
  const toldName = useStatus((state) => state.offers.find((one) => one.callId === call.callId)?.numberName)
  const name = knownName || toldName
  const whyHere = name ? t('call.incoming.whyHereNamed', { name, number }) : t('call.incoming.whyHere', { number })
  const why = call.ourNumber ? whyHere : t('call.incoming.whyHereUnknown')
  const hint = call.isAnswerBlocked ? t('call.incoming.wait') : isSlim ? t('call.incoming.endsCurrent') : undefined
  return (
    <div
      role="alertdialog"
      aria-label={t('call.incoming.title')}
      aria-describedby="incoming-party incoming-why"
      className={cx(
        'flex animate-rise bg-raised',
        isSlim
          ? 'items-center gap-3 border-t border-line px-4 py-2 max-wide:flex-col max-wide:items-stretch'
          : 'absolute top-3 right-3 z-20 w-110 max-w-[calc(100%-24px)] flex-col gap-5 rounded-panel border border-line-strong p-5 shadow-raised',
      )}
    >
      <div className={cx('flex min-w-0 items-center', isSlim ? 'flex-1 gap-3' : 'gap-4')}>
        <span
          className={cx(
            'flex shrink-0 animate-ring items-center justify-center rounded-full bg-call-fill text-white',
            isSlim ? 'size-8' : 'size-12',
          )}
        >
          <PhoneIcon className={isSlim ? 'size-4' : 'size-5'} strokeWidth={1.75} aria-hidden="true" />
        </span>
        <div className="min-w-0">
          {!isSlim && <p className="font-medium text-call">{t('call.incoming.title')}</p>}
          <p id="incoming-party" className={cx('truncate font-semibold tabular-nums', !isSlim && 'text-[24px] leading-8 tracking-tight')}>
            {nameOf(call.party)}
          </p>
          <p id="incoming-why" className="truncate text-ink-2">
            {why}
            {isSlim && hint && (
              <>
                {' · '}
                <span>{hint}</span>
              </>
            )}
          </p>
          {!isSlim && hint && <p className="truncate text-ink-2">{hint}</p>}
        </div>
      </div>
      <AnswerButtons call={call} isSlim={isSlim} />
      {!isSlim && <DeclineEverywhere />}
    </div>
  )
}

function AnswerButtons({ call, isSlim }: { call: CallView; isSlim: boolean }) {
  const t = useWords()
  const { phone } = useApp()
  const grow = isSlim ? 'max-wide:flex-1' : 'flex-1'
  return (
    <div className="flex gap-2">
      <Button
        look="end"
        isLarge={!isSlim}
        className={grow}
        aria-label={t('call.decline')}
        onClick={() => phone.decline()}
        icon={<PhoneOff className="size-4" strokeWidth={1.75} aria-hidden="true" />}
      >
        {t('call.decline')}
        <Kbd className="max-wide:hidden">{t('call.incoming.keyDecline')}</Kbd>
      </Button>
      <Button
        look="call"
        isLarge={!isSlim}
        className={grow}
        aria-label={t('call.answer')}
        disabled={call.isAnswerBlocked}
        onClick={() => phone.answer()}
        icon={<PhoneIcon className="size-4" strokeWidth={1.75} aria-hidden="true" />}
      >
        {t('call.answer')}
        <Kbd className="max-wide:hidden">{t('call.incoming.keyAnswer')}</Kbd>
      </Button>
    </div>
  )
}

/** For all of us, where Decline is for this device alone. */
function DeclineEverywhere() {
  const t = useWords()
  const { phone } = useApp()
  return (
    <Button
      look="quiet"
      className="-mt-2 -mb-2 self-center"
      title={t('call.incoming.everywhereHint')}
      aria-label={t('call.declineEverywhere')}
      onClick={() => phone.declineEverywhere()}
    >
      {t('call.declineEverywhere')}
      <Kbd className="max-wide:hidden">{t('call.incoming.keyDeclineEverywhere')}</Kbd>
    </Button>
  )
}
