import { SearchX, Search as SearchIcon } from 'lucide-react'
import { useState } from 'react'
import type { SearchQuery, SearchReply } from '../../contract/number-desktop.ts'
import { Pane } from '../phone/turn-on.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Select } from '../ui/select.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useNumberWords, useWords } from '../words/index.ts'
import { draftOf } from './model/query.ts'
import { relaxed } from './model/relax.ts'
import { groupByPlace, type Sort } from './model/results.ts'
import { OfferList } from './offer-list.tsx'
import { sentenceOf } from './purchase-words.ts'
import { useBuying, useBuyingStore, useCountryName } from './use-buying.ts'

interface ResultsProps {
  onSearch: (query: SearchQuery) => void
}

/** What a search found, how far it is, and what can be loosened when it found nothing. */
export function Results({ onSearch }: ResultsProps) {
  const t = useNumberWords()
  const running = useBuying((state) => state.running)
  const reply = useBuying((state) => state.reply)
  const searched = useBuying((state) => state.searched)
  const failure = useBuying((state) => state.failures.search)
  if (running) return <Progress />
  if (failure)
    return (
      <FailureNotice failure={failure}>
        {searched && <Button onClick={() => onSearch(searched)}>{t('buy.results.retry')}</Button>}
      </FailureNotice>
    )
  if (!reply || !searched)
    return (
      <div className="flex justify-center py-10">
        <Pane
          icon={<SearchIcon className="size-6" strokeWidth={1.5} aria-hidden="true" />}
          title={t('buy.results.start')}
          text={t('buy.results.startText')}
        />
      </div>
    )
  return (
    <>
      <Failures failures={reply.failures} />
      {reply.offers.length === 0 ? (
        <Nothing reply={reply} searched={searched} onSearch={onSearch} />
      ) : (
        <Found reply={reply} searched={searched} />
      )}
    </>
  )
}

function Progress() {
  const t = useNumberWords()
  const store = useBuyingStore()
  const running = useBuying((state) => state.running)
  if (!running) return null
  const { done, total, found, isCancelling } = running
  const text =
    total === 0
      ? t('buy.results.starting')
      : `${t('buy.results.progress', { done, count: total })} · ${t('buy.results.found', { count: found })}`
  return (
    <div className="flex flex-wrap items-center gap-3 px-2 py-3">
      <Spinner />
      <progress className="sr-only" value={done} max={Math.max(total, 1)} aria-label={t('buy.results.starting')} />
      <span aria-live="polite" className="tabular-nums">
        {text}
      </span>
      <Button disabled={isCancelling} onClick={() => void store.getState().cancel()}>
        {isCancelling ? t('buy.results.cancelling') : t('buy.results.cancel')}
      </Button>
    </div>
  )
}

function Found({ reply, searched }: { reply: SearchReply; searched: SearchQuery }) {
  const t = useNumberWords()
  const [sort, setSort] = useState<Sort>('number')
  const places = new Set(groupByPlace(reply.offers, 'number').map(({ key }) => key)).size
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3 px-2">
        <p aria-live="polite" className="min-w-0">
          <span className="font-medium">{t('buy.results.count', { count: reply.offers.length })}</span>{' '}
          {t('buy.results.places', { count: places })}
          {reply.isCancelled && <span className="text-ink-2"> {t('buy.results.cancelled')}</span>}
        </p>
        <div className="w-32">
          <Select
            isBare
            label={t('buy.results.sort')}
            value={sort}
            onChange={(event) => setSort(event.target.value === 'price' ? 'price' : 'number')}
          >
            <option value="number">{t('buy.results.sorts.number')}</option>
            <option value="price">{t('buy.results.sorts.price')}</option>
          </Select>
        </div>
      </div>
      <OfferList key={reply.searchId} offers={reply.offers} sort={sort} query={searched} />
    </div>
  )
}

/** Parts of the search that got no answer; the others stand. */
function Failures({ failures }: Pick<SearchReply, 'failures'>) {
  const t = useNumberWords()
  const common = useWords()
  const nameOf = useCountryName()
  if (failures.length === 0) return null
  return (
    <div className="pb-3">
      <Notice isWarning title={t('buy.results.failed', { count: failures.length })}>
        <ul className="flex w-full flex-col gap-0.5 text-ink-2">
          {failures.map(({ country, type, areaCode, failure }) => {
            const what = [nameOf(country), t(`numbers.types.${type}`), areaCode].filter(Boolean).join(', ')
            return (
              <li key={what} className="break-words">
                {t('buy.results.failedLine', { what, sentence: sentenceOf(failure.code, common) })}
              </li>
            )
          })}
        </ul>
      </Notice>
    </div>
  )
}

/** Nothing: which condition to loosen, a press each. */
function Nothing({ reply, searched, onSearch }: { reply: SearchReply; searched: SearchQuery } & ResultsProps) {
  const t = useNumberWords()
  const store = useBuyingStore()
  const countries = useBuying((state) => state.countries)
  const text = reply.isCancelled
    ? t('buy.results.cancelledNone')
    : reply.relax.length > 0
      ? t('buy.results.none')
      : reply.failures.length > 0
        ? t('buy.results.allFailed')
        : t('buy.results.noneText')
  return (
    <div className="flex justify-center py-8">
      <Pane icon={<SearchX className="size-6" strokeWidth={1.5} aria-hidden="true" />} title={t('buy.results.noneTitle')} text={text}>
        <div className="flex flex-wrap justify-center gap-2">
          {!reply.isCancelled &&
            reply.relax.map((how) => (
              <Button
                key={how}
                onClick={() => {
                  const query = relaxed(searched, how, countries ?? [])
                  store.getState().edit(draftOf(query))
                  onSearch(query)
                }}
              >
                {t(`buy.results.relax.${how}`)}
              </Button>
            ))}
        </div>
      </Pane>
    </div>
  )
}
