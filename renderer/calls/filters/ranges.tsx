import { useState, type SubmitEvent } from 'react'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/check.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { formatDuration } from '../../ui/time.ts'
import { useCallDesk } from '../desk.tsx'
import { amountOf, secondsOf, whens, without, type Query } from '../model/query.ts'

interface RangeProps {
  query: Query
  setQuery: (query: Query) => void
}

const dateClass = 'h-8 w-full rounded-control border border-line-strong bg-surface px-2'

/** A span of days: the usual ones, or from a day to a day. */
export function Dates({ query, setQuery }: RangeProps) {
  const { t } = useCallDesk()
  const { from, to } = query
  const choose = (day: Partial<Pick<Query, 'from' | 'to'>>) => setQuery({ ...query, ...day, when: 'custom' })
  return (
    <fieldset className="flex flex-col">
      <legend className="sr-only">{t('history.chips.when')}</legend>
      {whens.map((when) => (
        <Check
          key={when}
          type="radio"
          name="calls-when"
          checked={query.when === when}
          onChange={() => setQuery({ ...query, when })}
          className="rounded-control px-2 hover:bg-hover"
          label={t(`history.when.${when}`)}
        />
      ))}
      <div className="flex flex-col gap-2 px-2 pt-1 pb-1">
        <label className="flex flex-col gap-1 text-small font-medium text-ink-2">
          {t('history.when.from')}
          <input
            type="date"
            value={from}
            max={to || undefined}
            onChange={({ target }) => choose({ from: target.value })}
            className={dateClass}
          />
        </label>
        <label className="flex flex-col gap-1 text-small font-medium text-ink-2">
          {t('history.when.to')}
          <input
            type="date"
            value={to}
            min={from || undefined}
            onChange={({ target }) => choose({ to: target.value })}
            className={dateClass}
          />
        </label>
      </div>
    </fieldset>
  )
}

interface SpanProps {
  low: string
  high: string
  hint: string
  wrong: string
  text?: string
  read: (text: string) => string | undefined
  onApply: (low: string, high: string) => void
}

/** From a value to a value, each of which may be left out. What cannot be read is said beside it. */
function Span({ low, high, hint, wrong, text, read, onApply }: SpanProps) {
  const { t } = useCallDesk()
  const [typed, setTyped] = useState({ low, high })
  const [isAsked, setAsked] = useState(false)
  const values = { low: read(typed.low), high: read(typed.high) }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setAsked(true)
    if (values.low !== undefined && values.high !== undefined) onApply(values.low, values.high)
  }
  const errorOf = (value: string | undefined) => (isAsked && value === undefined ? wrong : undefined)
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-2 p-1">
      {(['low', 'high'] as const).map((end) => (
        <TextField
          key={end}
          label={t(end === 'low' ? 'history.range.atLeast' : 'history.range.atMost')}
          placeholder={hint}
          inputMode="text"
          autoComplete="off"
          value={typed[end]}
          error={errorOf(values[end])}
          onChange={(event) => setTyped({ ...typed, [end]: event.target.value })}
        />
      ))}
      {text && <p className="text-small text-ink-2">{text}</p>}
      <div className="flex gap-2">
        <Button type="submit" look="primary">
          {t('history.range.apply')}
        </Button>
        {(low || high) && (
          <Button look="quiet" onClick={() => (setTyped({ low: '', high: '' }), onApply('', ''))}>
            {t('history.range.remove')}
          </Button>
        )}
      </div>
    </form>
  )
}

const shown = (seconds: string) => seconds && formatDuration(Number(seconds))

export function TalkSpan({ query, setQuery }: RangeProps) {
  const { t } = useCallDesk()
  return (
    <Span
      low={shown(query.talkLow)}
      high={shown(query.talkHigh)}
      hint={t('history.range.talkHint')}
      wrong={t('history.range.talkWrong')}
      read={secondsOf}
      onApply={(talkLow, talkHigh) => setQuery({ ...without(query, 'talk'), talkLow, talkHigh })}
    />
  )
}

/** `currency`: that the calls here are charged in. */
export function CostSpan({ query, setQuery, currency }: RangeProps & { currency: string }) {
  const { t } = useCallDesk()
  return (
    <Span
      low={query.costLow}
      high={query.costHigh}
      hint="0.25"
      wrong={t('history.range.costWrong')}
      text={t('history.range.costText', { currency })}
      read={amountOf}
      onApply={(costLow, costHigh) => setQuery({ ...without(query, 'cost'), costLow, costHigh, currency })}
    />
  )
}
