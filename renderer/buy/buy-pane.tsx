import { ArrowLeft } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useEffect, useRef, useState } from 'react'
import type { SearchQuery } from '../../contract/number-desktop.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { isPurchaseOver } from '../state/purchases.ts'
import { useNumbering } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useNumberWords } from '../words/index.ts'
import { AnyNumber } from './any-number.tsx'
import { ConfirmPurchase } from './confirm-purchase.tsx'
import { PurchasesList } from './purchases-list.tsx'
import { QueryForm } from './query-form.tsx'
import { RequestForm } from './request-form.tsx'
import { Results } from './results.tsx'
import { SavedSearches } from './saved-searches.tsx'
import { Shortlist } from './shortlist.tsx'
import { TotalBar } from './total-bar.tsx'
import { useKeptSearch } from './use-kept-search.ts'
import { useBuying, useBuyingStore, useIsManager, usePurchases, usePurchasesStore } from './use-buying.ts'

/** Events may be lost while the page is away; what is under way is asked for again, this often. */
const ASK_AGAIN_MS = 5000

/** Search and buy, for managers; staff ask for a number here. */
export function BuyPane() {
  const t = useNumberWords()
  const isManager = useIsManager()
  const purchases = usePurchasesStore()
  const loadPlans = useNumbering((state) => state.load)
  const isUnderWay = usePurchases((state) => (state.purchases ?? []).some((one) => !isPurchaseOver(one.state) && one.state !== 'requested'))
  useEffect(() => {
    void loadPlans()
    void purchases.getState().load()
  }, [loadPlans, purchases])
  useEffect(() => {
    if (!isUnderWay) return undefined
    const timer = setInterval(() => void purchases.getState().load(), ASK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [isUnderWay, purchases])
  return (
    <div className="flex h-full flex-col">
      <header className="flex shrink-0 items-center gap-2 px-3 pt-4 pb-3">
        <a
          href="#/numbers"
          aria-label={t('buy.back')}
          title={t('buy.back')}
          className="flex size-8 items-center justify-center rounded-control text-ink-2 hover:bg-hover hover:text-ink"
        >
          <ArrowLeft className="size-4" strokeWidth={1.75} aria-hidden="true" />
        </a>
        <h1 className="text-title font-semibold tracking-tight">{isManager ? t('buy.title') : t('buy.staffTitle')}</h1>
      </header>
      {isManager ? <SearchAndBuy /> : <Ask />}
    </div>
  )
}

/** What staff may do, and what became of it. */
function Ask() {
  const t = useNumberWords()
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-5 pb-6">
      <RequestForm />
      <section aria-labelledby="own-requests" className="max-w-180">
        <h2 id="own-requests" className="pb-1 text-small font-medium text-ink-2">
          {t('buy.request.list')}
        </h2>
        <PurchasesList />
      </section>
    </div>
  )
}

type Tab = 'results' | 'shortlist' | 'purchases'
const tabs = ['results', 'shortlist', 'purchases'] as const

function SearchAndBuy() {
  const t = useNumberWords()
  const store = useBuyingStore()
  const [tab, setTab] = useState<Tab>('results')
  const right = useRef<HTMLDivElement>(null)
  const failure = useBuying((state) => state.failures.load)
  const stage = usePurchases((state) => state.order?.stage)
  const [wasSent, setWasSent] = useState(false)
  if (wasSent !== (stage === 'sending' || stage === 'sent')) {
    setWasSent(!wasSent)
    if (wasSent) setTab('purchases') // the dialog is closed: how far it is stands there
  }
  useEffect(() => void store.getState().load(), [store])
  const search = (query: SearchQuery) => {
    setTab('results')
    void store.getState().search(query)
    right.current?.scrollIntoView?.({ block: 'start' }) // on a narrow window it stands below the form
  }
  useKeptSearch(search)
  return (
    <>
      <div className="flex min-h-0 flex-1 max-wide:flex-col max-wide:overflow-y-auto">
        <div className="flex shrink-0 flex-col gap-6 px-5 wide:w-84 wide:overflow-y-auto wide:border-r wide:border-line">
          {failure && (
            <FailureNotice failure={failure}>
              {failure.code.startsWith('account-') ? (
                <a href="#/settings" className="font-medium text-accent underline">
                  {t('numbers.toSettings')}
                </a>
              ) : (
                <Button onClick={() => void store.getState().load()}>{t('buy.results.retry')}</Button>
              )}
            </FailureNotice>
          )}
          <QueryForm onSearch={search} />
          <SavedSearches onSearch={search} />
          <AnyNumber />
        </div>
        <Right tab={tab} onTab={setTab} onSearch={search} ref={right} />
      </div>
      {tab !== 'purchases' && <TotalBar />}
      <ConfirmPurchase />
    </>
  )
}

interface RightProps {
  tab: Tab
  onTab: (tab: Tab) => void
  onSearch: (query: SearchQuery) => void
  ref: React.Ref<HTMLDivElement>
}

function Right({ tab, onTab, onSearch, ref }: RightProps) {
  const t = useNumberWords()
  const found = useBuying((state) => state.reply?.offers.length ?? 0)
  const listed = useBuying((state) => state.shortlist.length)
  const waiting = usePurchases((state) => (state.purchases ?? []).filter((one) => one.state === 'requested').length)
  const counts = { results: found, shortlist: listed, purchases: waiting }
  const named = (one: Tab) => {
    const name = t(`buy.tabs.${one}`)
    return counts[one] > 0 ? t('buy.tabs.counted', { name, count: counts[one] }) : name
  }
  return (
    <Tabs.Root
      ref={ref}
      value={tab}
      onValueChange={(value) => onTab(tabs.find((one) => one === value) ?? 'results')}
      className="flex min-w-0 flex-1 flex-col max-wide:min-h-[75vh] max-wide:shrink-0"
    >
      <Tabs.List aria-label={t('buy.tabs.label')} className="flex shrink-0 gap-1 border-b border-line px-3 max-wide:overflow-x-auto">
        {tabs.map((one) => (
          <Tabs.Trigger
            key={one}
            value={one}
            className="h-10 shrink-0 border-b-2 border-transparent px-3 font-medium text-ink-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {named(one)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 py-3 max-wide:overflow-visible">
        {waiting > 0 && tab !== 'purchases' && (
          <p aria-live="polite" className="mb-3 flex items-center gap-3 rounded-panel bg-warn-wash py-1.5 pr-1.5 pl-3">
            <span className="min-w-0 flex-1 font-medium">{t('buy.purchases.waiting', { count: waiting })}</span>
            <Button onClick={() => onTab('purchases')}>{t('buy.purchases.look')}</Button>
          </p>
        )}
        <Tabs.Content value="results">
          <Results onSearch={onSearch} />
        </Tabs.Content>
        <Tabs.Content value="shortlist">
          <Shortlist />
        </Tabs.Content>
        <Tabs.Content value="purchases">
          <PurchasesList />
        </Tabs.Content>
      </div>
    </Tabs.Root>
  )
}
