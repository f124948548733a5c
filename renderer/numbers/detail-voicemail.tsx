import { useEffect } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { GreetingPart } from '../recordings/greeting-part.tsx'
import { RetentionPart } from '../recordings/retention-part.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createGreetingsStore } from '../state/greetings.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useRecordingWords } from '../words/index.ts'
import { RecordingWords } from '../words/recording-words.tsx'
import { DetailPart } from '../ui/detail-part.tsx'

/** A number's greeting and how long its recordings are kept, for managers. Brings its words: it is loaded when it is first shown. */
export default function DetailVoicemail({ number }: { number: OwnedNumber }) {
  return (
    <RecordingWords>
      <Part number={number} />
    </RecordingWords>
  )
}

function Part({ number: { phoneNumber, state } }: { number: OwnedNumber }) {
  const t = useRecordingWords()
  const store = useApp().state.later(createGreetingsStore)
  const isKnown = useLater(createGreetingsStore, (one) => one.rows !== null)
  const failure = useLater(createGreetingsStore, (one) => one.failure)
  useEffect(() => void store.getState().load(), [store])
  const canChange = state !== 'left'
  return (
    <DetailPart title={t('recordings.greeting.title')}>
      {failure && (
        <FailureNotice failure={failure}>
          <Button onClick={() => void store.getState().load()}>{t('recordings.retry')}</Button>
        </FailureNotice>
      )}
      {!isKnown && !failure && <p className="animate-late text-ink-2">{t('recordings.loading')}</p>}
      {isKnown && (
        <>
          <GreetingPart key={phoneNumber} phoneNumber={phoneNumber} canChange={canChange} />
          <RetentionPart key={`${phoneNumber} kept`} phoneNumber={phoneNumber} canChange={canChange} />
        </>
      )}
    </DetailPart>
  )
}
