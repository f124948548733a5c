import { History, SearchX } from 'lucide-react'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { Pane } from '../phone/turn-on.tsx'
import { createHistoryStore } from '../state/history.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { keepingFocus } from '../ui/focus.ts'
import { CallList } from './call-list.tsx'
import { useCallDesk } from './desk.tsx'
import { Toolbar } from './filters/toolbar.tsx'
import { activeParts, without, type Query } from './model/query.ts'
import { useChosenText } from './filters/chosen.ts'

interface AllCallsProps {
  query: Query
  setQuery: (query: Query) => void
  open: string | null
  hrefOfCall: (callId: string) => string
}

/** Search, filters and the list, and what stands in its place while there is none. */
export function AllCalls({ query, setQuery, open, hrefOfCall }: AllCallsProps) {
  const { t } = useCallDesk()
  const store = useApp().state.later(createHistoryStore)
  const hits = useLater(createHistoryStore, (state) => state.hits)
  const answered = useLater(createHistoryStore, (state) => state.answered)
  const failure = useLater(createHistoryStore, (state) => state.failure)
  const isNarrowed = query.text.trim() !== '' || activeParts(query).length > 0
  const failed = failure && (
    <div className="px-5 pb-2">
      <FailureNotice failure={failure}>
        <Button onClick={() => void store.getState().retry()}>{t('history.retry')}</Button>
      </FailureNotice>
    </div>
  )
  const isEmpty = hits !== null && hits.length === 0
  return (
    <div role="tabpanel" id="calls-panel" aria-labelledby="calls-tab-all" className="flex min-h-0 flex-1 flex-col">
      {(!isEmpty || isNarrowed) && <Toolbar query={query} setQuery={setQuery} isSlim={open !== null} />}
      {failed}
      {!hits && !failure && <Skeleton />}
      {hits && hits.length > 0 && <CallList hits={hits} search={answered?.text ?? ''} open={open} hrefOfCall={hrefOfCall} />}
      {isEmpty && (isNarrowed ? <NothingFits query={query} setQuery={setQuery} /> : <Empty />)}
    </div>
  )
}

function Empty() {
  const { t } = useCallDesk()
  return (
    <div className="flex flex-1 items-center justify-center p-5">
      <Pane
        icon={<History className="size-6" strokeWidth={1.5} aria-hidden="true" />}
        title={t('history.emptyTitle')}
        text={t('history.empty')}
      />
    </div>
  )
}

/** Why nothing can be found by a text, where it is of a kind that finds nothing. */
function hintOf(text: string): 'digits' | 'withheld' | undefined {
  const digits = text.replaceAll(/\D/g, '').length
  if (/^[\d\s().+/-]+$/.test(text) && digits < (text.startsWith('+') ? 2 : 3)) return 'digits'
  return /^(withheld|anonymous|restricted|unavailable|private|hidden|no caller id)( (number|caller|call)s?)?$/i.test(text)
    ? 'withheld'
    : undefined
}

/** Says which of the choices may be too many: each can be taken away by itself. */
function NothingFits({ query, setQuery }: Pick<AllCallsProps, 'query' | 'setQuery'>) {
  const { t } = useCallDesk()
  const chosenText = useChosenText()
  const parts = activeParts(query)
  const text = query.text.trim()
  const hint = hintOf(text)
  return (
    <div className="flex flex-1 items-center justify-center overflow-y-auto p-5">
      <Pane
        icon={<SearchX className="size-6" strokeWidth={1.5} aria-hidden="true" />}
        title={t('history.nothing')}
        text={
          hint ? t(`history.hints.${hint}`) : text && parts.length === 0 ? t('history.nothingSearch', { text }) : t('history.nothingText')
        }
      >
        <div className="flex flex-wrap justify-center gap-2">
          {text && <Button onClick={() => keepingFocus(() => setQuery({ ...query, text: '' }))}>{t('history.withoutSearch')}</Button>}
          {parts.map((part) => (
            <Button key={part} className="max-w-full truncate" onClick={() => keepingFocus(() => setQuery(without(query, part)))}>
              {t('history.without', { what: chosenText(query, part) })}
            </Button>
          ))}
        </div>
      </Pane>
    </div>
  )
}

const LINES = ['w-3/5', 'w-2/5', 'w-1/2', 'w-2/3', 'w-1/3', 'w-1/2'] as const
export function Skeleton() {
  const { t } = useCallDesk()
  return (
    <div className="flex animate-late flex-col gap-1 px-5">
      <p className="sr-only">{t('history.loading')}</p>
      {LINES.map((width, index) => (
        <div key={`${width} ${index}`} aria-hidden="true" className="flex h-11 items-center">
          <div className={`h-3 rounded bg-pressed ${width}`} />
        </div>
      ))}
    </div>
  )
}
