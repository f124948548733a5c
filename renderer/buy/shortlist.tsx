import { ListChecks } from 'lucide-react'
import { Pane } from '../phone/turn-on.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useNumberWords } from '../words/index.ts'
import { OfferList } from './offer-list.tsx'
import { useBuying } from './use-buying.ts'

/** Numbers put aside. It buys and reserves nothing. */
export function Shortlist() {
  const t = useNumberWords()
  const offers = useBuying((state) => state.shortlist)
  const failure = useBuying((state) => state.failures.shortlist)
  return (
    <>
      {failure && <FailureNotice failure={failure} />}
      {offers.length > 0 ? (
        <OfferList offers={offers} sort="number" query={null} />
      ) : (
        <div className="flex justify-center py-10">
          <Pane
            icon={<ListChecks className="size-6" strokeWidth={1.5} aria-hidden="true" />}
            title={t('buy.shortlist.empty')}
            text={t('buy.shortlist.emptyText')}
          />
        </div>
      )}
    </>
  )
}
