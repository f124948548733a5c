import { useEffect, useRef, useState } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { NumberPatch } from '../../contract/number.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import type { Failure } from '../../contract/failure.ts'
import { createDraftsStore } from '../state/drafts.ts'
import { createNumbersStore } from '../state/numbers.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useSay } from '../ui/toasts.tsx'
import { useNumberWords } from '../words/index.ts'
import { DetailPart } from '../ui/detail-part.tsx'
import { useDesk } from './desk.tsx'
import { MessageField } from './message-field.tsx'
import { tagsIn } from './model/tags.ts'

/** Notes, tags and the message while inactive. */
export function DetailTexts({ number }: { number: OwnedNumber }) {
  const t = useNumberWords()
  const { isManager } = useDesk()
  if (!isManager || number.state === 'left') return <ReadTexts number={number} />
  return (
    <DetailPart title={t('numbers.detail.notes')}>
      <Text
        field="notes"
        label={t('numbers.detail.notes')}
        hint={t('numbers.detail.notesHint')}
        was={number.notes}
        limit={4000}
        number={number}
        patchOf={(notes) => ({ notes })}
      />
      <Text
        field="tags"
        label={t('numbers.detail.tags')}
        hint={t('numbers.tagging.hint')}
        was={number.tags.join(', ')}
        limit={800}
        number={number}
        patchOf={(text) => ({ tags: tagsIn(text) })}
      />
      <Text
        field="inactiveMessage"
        label={t('numbers.detail.inactiveMessage')}
        hint={t('numbers.detail.inactiveHint')}
        was={number.inactiveMessage ?? ''}
        limit={500}
        number={number}
        patchOf={(text) => ({ inactiveMessage: text.trim() || null })}
      />
    </DetailPart>
  )
}

function ReadTexts({ number }: { number: OwnedNumber }) {
  const t = useNumberWords()
  if (!number.notes && number.tags.length === 0) return null
  return (
    <DetailPart title={t('numbers.detail.notes')}>
      {number.notes && <p className="break-words whitespace-pre-wrap">{number.notes}</p>}
      {number.tags.length > 0 && <p className="text-ink-2">{number.tags.join(', ')}</p>}
    </DetailPart>
  )
}

interface TextProps {
  field: string
  label: string
  hint: string
  was: string
  limit: number
  number: OwnedNumber
  patchOf: (text: string) => NumberPatch
}

/** What was typed for a field of a number and not saved: it stays when another number is opened, and that is said. */
function useDraft({ phoneNumber }: OwnedNumber, field: string, was: string) {
  const t = useNumberWords()
  const say = useSay()
  const { format } = useDesk()
  const store = useApp().state.later(createDraftsStore)
  const key = `${phoneNumber} ${field}`
  const typed = useLater(createDraftsStore, (state) => state.drafts[key] ?? null)
  const told = useRef(() => {})
  useEffect(() => {
    told.current = () => {
      if (typed !== null && typed !== was) say(t('numbers.detail.draftKept', { number: format(phoneNumber) }))
    }
  })
  useEffect(() => () => told.current(), [])
  return [typed, (text: string | null) => store.getState().keep(key, text)] as const
}

/** A text that is saved when it is said so; what was typed stays when saving fails, and when the number changes meanwhile. */
function Text({ field, label, hint, was, limit, number, patchOf }: TextProps) {
  const t = useNumberWords()
  const store = useApp().state.later(createNumbersStore)
  const [typed, setTyped] = useDraft(number, field, was)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const save = async () => {
    setBusy(true)
    const outcome = await store.getState().update([{ phoneNumber: number.phoneNumber, patch: patchOf(typed ?? '') }])
    setBusy(false)
    const problem = outcome.ok ? outcome.failed[0]?.failure : outcome.failure
    setFailure(problem ?? null)
    if (!problem) setTyped(null)
  }
  const text = typed ?? was
  return (
    <div className="flex flex-col gap-2">
      <MessageField label={label} hint={hint} value={text} limit={limit} onChange={setTyped} />
      {failure && <FailureNotice failure={failure} />}
      {typed !== null && typed !== was && (
        <div className="flex gap-2">
          <Button look="primary" disabled={isBusy} onClick={() => void save()}>
            {isBusy ? t('numbers.detail.saving') : t('numbers.detail.save')}
          </Button>
          <Button look="quiet" onClick={() => setTyped(null)}>
            {t('numbers.detail.cancel')}
          </Button>
        </div>
      )}
    </div>
  )
}
