import { Delete, Globe, X } from 'lucide-react'
import { memo, useId, useLayoutEffect, useMemo, useRef, type ChangeEvent, type KeyboardEvent } from 'react'
import type { CallRecord } from '../../contract/call.ts'
import { dialable } from '../../contract/dialable.ts'
import { useApp, useDial, useNumbering, useSettings } from '../state/use.ts'
import { IconButton } from '../ui/button.tsx'
import { useWords } from '../words/index.ts'
import { caretAfter, editedDigits } from './number-text.ts'
import { optionId, SuggestionList } from './suggestion-list.tsx'
import { useSuggestions } from './use-suggestions.ts'

interface NumberFieldProps {
  /** Enter: calls what is typed. */
  onCall: () => void
  /** A suggestion was chosen. */
  onSuggested: (call: CallRecord) => void
}

/** The number as it is typed, with the country it has so far and the recent numbers it may become. Enter calls. */
export function NumberField({ onCall, onSuggested }: NumberFieldProps) {
  const t = useWords()
  const { dial, numbering } = useApp().state
  const digits = useDial((state) => state.digits)
  const suggestions = useSuggestions()
  const { country, ...field } = useFormattedField()
  const listId = useId()
  const { calls, active } = suggestions
  const choose = (call: CallRecord) => {
    suggestions.close()
    onSuggested(call)
  }
  const key = (event: KeyboardEvent) => {
    if (suggestions.press(event, choose)) return
    if (event.key === 'Escape' && digits) dial.getState().type('')
    if (event.key !== 'Enter') return
    event.preventDefault()
    suggestions.close()
    if (!digits) dial.getState().type(dial.getState().last)
    else onCall()
  }
  return (
    <div className="relative flex h-12 items-center rounded-panel border border-line-strong bg-surface pr-1 pl-2 shadow-rest focus-within:border-accent hover:border-ink-3">
      <Country code={country} />
      <input
        {...field}
        aria-label={t('phone.number')}
        aria-autocomplete="list"
        aria-controls={calls.length > 0 ? listId : undefined}
        aria-activedescendant={active >= 0 ? optionId(listId, active) : undefined}
        placeholder={t('phone.placeholder')}
        type="tel"
        inputMode="tel"
        autoComplete="off"
        spellCheck={false}
        onFocus={() => void numbering.getState().load()}
        onInput={suggestions.open}
        onBlur={suggestions.close}
        onKeyDown={key}
        data-number-field
        className="h-full min-w-0 flex-1 bg-transparent px-2 text-[18px] tabular-nums outline-none"
      />
      {digits && <Erase />}
      {calls.length > 0 && <SuggestionList id={listId} calls={calls} active={active} onChoose={choose} />}
    </div>
  )
}

/** The input's own properties: formatted while it is typed, the caret staying behind the digit it was behind. */
function useFormattedField() {
  const { dial } = useApp().state
  const digits = useDial((state) => state.digits)
  const home = useSettings((state) => state.country)
  const formatAsTyped = useNumbering((state) => state.formatAsTyped)
  const ref = useRef<HTMLInputElement>(null)
  const caret = useRef<number>(undefined)
  const { text, country } = useMemo(() => formatAsTyped(digits, home), [formatAsTyped, digits, home])
  useLayoutEffect(() => {
    if (caret.current === undefined || !ref.current) return
    const at = caretAfter(ref.current.value, caret.current)
    ref.current.setSelectionRange(at, at)
    caret.current = undefined
  })
  const onChange = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const typed = { text: target.value, digits: dialable(target.value), caret: target.selectionStart ?? target.value.length }
    const edit = editedDigits({ text, digits }, typed)
    caret.current = edit.caret
    dial.getState().edit(target.value, edit.digits)
  }
  return { ref, value: text, onChange, country }
}

function Erase() {
  const t = useWords()
  const { dial } = useApp().state
  return (
    <>
      <IconButton label={t('phone.backspace')} onClick={() => dial.getState().erase()}>
        <Delete className="size-4" strokeWidth={1.75} />
      </IconButton>
      <IconButton label={t('phone.clear')} onClick={() => dial.getState().type('')}>
        <X className="size-4" strokeWidth={1.75} />
      </IconButton>
    </>
  )
}

/** The country of what was typed, by its letters: many systems have no font for flags. */
const Country = memo(function Country({ code }: { code: string | undefined }) {
  const t = useWords()
  const name = code && new Intl.DisplayNames(undefined, { type: 'region' }).of(code)
  const label = name ? t('phone.country', { name }) : t('phone.countryUnknown')
  return (
    <span title={label} className="flex h-8 shrink-0 items-center gap-1 rounded-control bg-sunken px-2 text-small font-medium text-ink-2">
      <span className="sr-only">{label}</span>
      {code ? <span aria-hidden="true">{code}</span> : <Globe className="size-4" strokeWidth={1.75} aria-hidden="true" />}
    </span>
  )
})
