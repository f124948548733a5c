import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { useNumberWords, useWords } from '../words/index.ts'
import { sentenceOf } from './purchase-words.ts'

/** The relay cannot say whether another manager is at the same number: what that means, and the consent to go on all the same. */
export function WithoutRelay({ isBlocked = false, onAgree }: { isBlocked?: boolean; onAgree: () => void }) {
  const t = useNumberWords()
  const common = useWords()
  return (
    <Notice isWarning title={sentenceOf('relay-unreachable', common)} text={t('buy.progress.withoutRelayText')}>
      <Button disabled={isBlocked} onClick={onAgree}>
        {t('buy.progress.withoutRelay')}
      </Button>
    </Notice>
  )
}
