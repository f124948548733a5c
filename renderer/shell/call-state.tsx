import { stateTone } from '../phone/state-tone.ts'
import { usePhone } from '../state/use.ts'
import { cx } from '../ui/class-names.ts'
import { useWords } from '../words/index.ts'

/** The state word, always there and always in one place, so that it is announced on every screen. No timer in here. */
export function CallStateStatus() {
  const t = useWords()
  const state = usePhone((view) =>
    view.incoming && (!view.call || view.call.endedAt !== null) ? 'incoming' : (view.call?.state ?? 'ready'),
  )
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the role is part of the page's contract, as an attribute
      role="status"
      aria-label={t('call.stateLabel')}
      data-state={state}
      className={cx('shrink-0 font-medium', stateTone(state), state === 'ready' && 'max-wide:sr-only')}
    >
      {t(`call.state.${state}`)}
    </div>
  )
}
