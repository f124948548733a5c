import { useEffect, useState, type SubmitEvent } from 'react'
import type { AuditEntry } from '../../contract/number.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createTraceStore } from '../state/trace.ts'
import { useApp, useLater, useNumbering, useSettings } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { formatExactly, formatWhen, useNow } from '../ui/time.ts'
import { useNumberWords, useWords } from '../words/index.ts'
import { Section } from './section.tsx'
import { linesOf } from './trace-of-history.ts'
import { traceDetails, traceSentence, useTraceWords, type TraceWords } from './trace-sentence.ts'

/** Who did what with numbers, recordings and notes. */
export function TraceSection() {
  const t = useNumberWords()
  const store = useApp().state.later(createTraceStore)
  const loadPlans = useNumbering((state) => state.load)
  useEffect(() => {
    void loadPlans()
    void store.getState().load(null)
  }, [loadPlans, store])
  return (
    <Section id="settings-trace" title={t('settings.trace.title')} text={t('settings.trace.text')}>
      <Filter />
      <Entries />
    </Section>
  )
}

/** One number's lines alone; empty shows all. */
function Filter() {
  const t = useNumberWords()
  const store = useApp().state.later(createTraceStore)
  const country = useSettings((state) => state.country)
  const toE164 = useNumbering((state) => state.toE164)
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const subject = text.trim() ? toE164(text, country) : null
    setWrong(subject === undefined)
    if (subject !== undefined) void store.getState().load(subject)
  }
  return (
    <form noValidate className="flex max-w-100 items-end gap-2" onSubmit={submit}>
      <div className="min-w-0 flex-1">
        <TextField
          label={t('settings.trace.filter')}
          inputMode="tel"
          autoComplete="off"
          value={text}
          error={isWrong ? t('settings.trace.wrong') : undefined}
          onChange={(event) => {
            setText(event.target.value)
            setWrong(false)
          }}
        />
      </div>
      <Button type="submit" isLarge className={isWrong ? 'mb-5' : ''}>
        {t('settings.trace.refresh')}
      </Button>
    </form>
  )
}

function Entries() {
  const t = useNumberWords()
  const store = useApp().state.later(createTraceStore)
  const { entries, next, subject, isLoading, failure } = useLater(createTraceStore, (state) => state)
  const words = useTraceWords(useNow(60_000))
  return (
    <div className="flex flex-col gap-3" aria-busy={isLoading}>
      {failure && (
        <FailureNotice failure={failure}>
          <Button onClick={() => void store.getState().load(subject)}>{t('settings.trace.retry')}</Button>
        </FailureNotice>
      )}
      {!entries && !failure && <p className="animate-late text-ink-2">{t('settings.trace.loading')}</p>}
      {entries?.length === 0 && (
        <p className="text-ink-2">
          {subject ? t('settings.trace.emptyFor', { number: words.formatNumber(subject) }) : t('settings.trace.empty')}
        </p>
      )}
      {entries && entries.length > 0 && (
        <ul aria-label={t('settings.trace.list')} className="flex flex-col">
          {linesOf(entries).map(({ entry, count }) => (
            <Entry key={entry.auditId} entry={entry} count={count} words={words} />
          ))}
        </ul>
      )}
      {next !== null && (
        <Button className="self-start" disabled={isLoading} onClick={() => void store.getState().more()}>
          {isLoading ? t('settings.trace.moreLoading') : t('settings.trace.more')}
        </Button>
      )}
    </div>
  )
}

function Entry({ entry, count, words }: { entry: AuditEntry; count: number; words: TraceWords }) {
  const common = useWords()
  const at = Date.parse(entry.at)
  const sentence = count > 1 ? words.t('settings.trace.recordingsDeleted', { count }) : traceSentence(entry, words)
  const details = traceDetails(entry, words)
  return (
    <li className="flex gap-3 border-b border-line py-2 last:border-b-0">
      <div className="min-w-0 flex-1 tabular-nums">
        {details.length > 1 ? (
          <details>
            <summary className="cursor-pointer">{sentence}</summary>
            <ul className="mt-1 ml-4 text-ink-2">
              {details.map((line) => (
                <li key={line} className="break-words">
                  {line}
                </li>
              ))}
            </ul>
          </details>
        ) : (
          sentence
        )}
      </div>
      <time dateTime={entry.at} title={formatExactly(at)} className="shrink-0 text-right text-ink-2 tabular-nums">
        {formatWhen(at, words.now, { yesterday: common('calls.yesterday') })}
      </time>
    </li>
  )
}
