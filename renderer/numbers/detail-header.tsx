import { Copy, Pencil, X } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { NAME_LIMIT } from '../../contract/number-name.ts'
import { goTo } from '../shell/route.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { useNow } from '../ui/time.ts'
import { useSay } from '../ui/toasts.tsx'
import { useNumberWords } from '../words/index.ts'
import { HealthMark, StateMark } from './cells.tsx'
import { useDesk } from './desk.tsx'
import type { Ask } from './dialogs.tsx'
import { isDueAt } from './model/due.ts'
import { formatDay } from './when.ts'

interface HeaderProps {
  number: OwnedNumber
  onAsk: (ask: Ask) => void
}

/** The number, its name, its state, and what is done with it. */
export function DetailHeader({ number, onAsk }: HeaderProps) {
  const t = useNumberWords()
  const say = useSay()
  const { format, isManager } = useDesk()
  const formatted = format(number.phoneNumber)
  const copy = async () => {
    await navigator.clipboard.writeText(number.phoneNumber)
    say(t('numbers.done.copied', { number: number.phoneNumber }))
  }
  return (
    <header className="sticky top-0 z-10 -mx-5 flex flex-col gap-2 bg-surface px-5 pt-1 pb-3">
      <div className="flex items-center gap-1">
        <h2 className="min-w-0 flex-1 truncate text-title font-semibold tracking-tight tabular-nums">{formatted}</h2>
        <IconButton label={t('numbers.detail.copy', { number: number.phoneNumber })} onClick={() => void copy()}>
          <Copy className="size-4" strokeWidth={1.75} />
        </IconButton>
        <IconButton label={t('numbers.detail.close')} onClick={() => goTo('numbers')}>
          <X className="size-4" strokeWidth={1.75} />
        </IconButton>
      </div>
      <Name key={number.name} number={number} canEdit={isManager && number.state !== 'left'} />
      <div className="flex gap-4">
        <StateMark state={number.state} />
        {isManager && <HealthMark number={number} />}
      </div>
      <StateNote number={number} />
      {isManager && <Actions number={number} onAsk={onAsk} />}
    </header>
  )
}

/** Renamed in place: Enter saves, Escape leaves it. */
function Name({ number, canEdit }: { number: OwnedNumber; canEdit: boolean }) {
  const t = useNumberWords()
  const { change } = useDesk()
  const [isEditing, setEditing] = useState(false)
  const [text, setText] = useState(number.name)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const name = text.trim()
    if (name === '' || name === number.name) return setEditing(false)
    await change([number], () => ({ name }), t('numbers.done.renamed', { count: 1, name }))
    return setEditing(false)
  }
  if (!isEditing)
    return (
      <div className="flex items-center gap-1">
        <p className="min-w-0 truncate text-ink-2">{number.name}</p>
        {canEdit && (
          <IconButton label={t('numbers.rename')} onClick={() => setEditing(true)}>
            <Pencil className="size-4" strokeWidth={1.75} />
          </IconButton>
        )}
      </div>
    )
  return (
    <form onSubmit={(event) => void submit(event)} className="flex items-center gap-2">
      <input
        aria-label={t('numbers.renaming.name')}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it stands where the button was that opened it
        autoFocus
        maxLength={NAME_LIMIT}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          setText(number.name)
          setEditing(false)
        }}
        className="h-8 min-w-0 flex-1 rounded-control border border-line-strong bg-surface px-2.5"
      />
      <Button type="submit">{t('numbers.detail.saveName')}</Button>
    </form>
  )
}

/** What callers meet, where it is not a person. */
function StateNote({ number: { state, hold } }: { number: OwnedNumber }) {
  const t = useNumberWords()
  const { names } = useDesk()
  const now = useNow(60_000)
  if (state === 'missing' || state === 'left' || state === 'inactive') return <p className="text-ink-2">{t(`numbers.detail.${state}`)}</p>
  if (state !== 'held' || !hold) return null
  const until = formatDay(hold.until)
  return (
    <div className="rounded-panel bg-warn-wash px-3 py-2">
      <p className="font-medium">
        {isDueAt({ state, hold }, now) ? t('numbers.detail.overdue', { date: until }) : t('numbers.detail.heldUntil', { date: until })}
      </p>
      <p className="text-ink-2">
        {hold.message ? t('numbers.detail.heldMessage', { message: hold.message }) : t('numbers.detail.usualMessage')}
      </p>
      <p className="text-ink-2">{t('numbers.detail.heldBy', { name: names[hold.byUserId] ?? hold.byUserId, date: formatDay(hold.at) })}</p>
    </div>
  )
}

function Actions({ number, onAsk }: HeaderProps) {
  const t = useNumberWords()
  const { change, unhold, format } = useDesk()
  const said = { count: 1, number: format(number.phoneNumber) }
  if (number.state === 'left') return null
  if (number.state === 'held')
    return (
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void unhold([number], t('numbers.done.unheld', said))}>{t('numbers.unhold')}</Button>
        <Button onClick={() => onAsk({ kind: 'release', numbers: [number] })}>{t('numbers.release')}</Button>
      </div>
    )
  return (
    <div className="flex flex-wrap gap-2">
      {number.state === 'active' && (
        <Button onClick={() => void change([number], () => ({ isActive: false }), t('numbers.done.deactivated', said))}>
          {t('numbers.deactivate')}
        </Button>
      )}
      {number.state === 'inactive' && (
        <Button onClick={() => void change([number], () => ({ isActive: true }), t('numbers.done.activated', said))}>
          {t('numbers.activate')}
        </Button>
      )}
      <Button onClick={() => onAsk({ kind: 'hold', numbers: [number] })}>{t('numbers.hold')}</Button>
    </div>
  )
}
