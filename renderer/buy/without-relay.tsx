import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { useNumberWords, useWords } from '../words/index.ts'
import { sentenceOf } from './purchase-words.ts'
import { usePurchasesStore } from './use-buying.ts'

/** The relay cannot say whether another manager is at the same number: what that means, and the consent to go on all the same. */
export function WithoutRelay() {
  const t = useNumberWords()
  const common = useWords()
  const store = usePurchasesStore()
  return (
    <Notice isWarning title={sentenceOf('relay-unreachable', common)} text={t('buy.progress.withoutRelayText')}>
      <Button onClick={() => void store.getState().buyWithoutRelay()}>{t('buy.progress.withoutRelay')}</Button>
    </Notice>
  )
}
