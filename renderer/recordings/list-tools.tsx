import { Search } from 'lucide-react'
import { useState } from 'react'
import type { RecordingQuery } from '../state/recordings.ts'
import { Notice } from '../ui/notice.tsx'
import { Select } from '../ui/select.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useRecordingWords } from '../words/index.ts'
import { anyTime, filterOf, spans, type Dates, type Span } from './model/dates.ts'

interface ToolsProps {
  text: string
  dates: Dates
  onChange: (text: string, dates: Dates) => void
}

/** Text and days that the list is narrowed to; `/` goes to the text. */
export function ListTools({ text, dates, onChange }: ToolsProps) {
  const t = useRecordingWords()
  const isWrong = dates.span === 'custom' && filterOf(dates, 0) === undefined
  return (
    <div className="flex shrink-0 flex-col gap-2 px-3 pb-2">
      <div className="flex gap-2">
        <span className="relative min-w-0 flex-1">
          <Search
            className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3"
            strokeWidth={1.75}
            aria-hidden="true"
          />
          <input
            type="search"
            data-screen-search
            aria-label={t('recordings.search')}
            placeholder={t('recordings.searchHint')}
            maxLength={200}
            autoComplete="off"
            value={text}
            onChange={(event) => onChange(event.target.value, dates)}
            className="h-8 w-full rounded-control border border-line-strong bg-surface pr-2.5 pl-8"
          />
        </span>
        <span className="w-32 shrink-0">
          <Select
            isBare
            label={t('recordings.dates.label')}
            value={dates.span}
            onChange={(event) => onChange(text, { ...dates, span: event.target.value as Span })}
          >
            {spans.map((span) => (
              <option key={span} value={span}>
                {t(`recordings.dates.${span}`)}
              </option>
            ))}
          </Select>
        </span>
      </div>
      {dates.span === 'custom' && (
        <div className="grid grid-cols-2 gap-2">
          <TextField
            type="date"
            label={t('recordings.dates.from')}
            value={dates.from}
            onChange={(event) => onChange(text, { ...dates, from: event.target.value })}
          />
          <TextField
            type="date"
            label={t('recordings.dates.to')}
            value={dates.to}
            onChange={(event) => onChange(text, { ...dates, to: event.target.value })}
          />
        </div>
      )}
      {isWrong && <Notice isWarning title={t('recordings.dates.wrong')} />}
    </div>
  )
}

/** What was typed and chosen, and the query of it; a choice that makes no sense asks nothing. */
export function useTools(load: (query: RecordingQuery) => Promise<void>) {
  const [text, setText] = useState('')
  const [dates, setDates] = useState(anyTime)
  const onChange = (nextText: string, nextDates: Dates) => {
    setText(nextText)
    setDates(nextDates)
    const filter = filterOf(nextDates, Date.now())
    if (filter) void load({ text: nextText.trim(), filter })
  }
  return { text, dates, onChange, isNarrowed: text.trim() !== '' || dates.span !== 'all', clear: () => onChange('', anyTime) }
}
