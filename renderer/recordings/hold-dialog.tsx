import { useId, useState, type SubmitEvent } from 'react'
import type { Failure } from '../../contract/failure.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createRecordingVerbs } from '../state/recording-verbs.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useSay } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'

/** Asks why a recording is held, since somebody will want to know when it may end. */
export function HoldDialog({ sid, onClose }: { sid: string; onClose: () => void }) {
  const t = useRecordingWords()
  const say = useSay()
  const verbs = useApp().state.later(createRecordingVerbs)
  const form = useId()
  const [note, setNote] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const text = note.trim()
    if (text === '' || isBusy) return
    setBusy(true)
    const answer = await verbs.hold(sid, text)
    setBusy(false)
    if (!answer.ok) return setFailure(answer.failure)
    say(t('recordings.player.heldNow'))
    return onClose()
  }
  return (
    <Dialog
      title={t('recordings.player.holdTitle')}
      text={t('recordings.player.holdText')}
      onClose={onClose}
      footer={
        <Button look="primary" isLarge type="submit" form={form} disabled={isBusy || note.trim() === ''} icon={isBusy && <Spinner />}>
          {isBusy ? t('recordings.player.holding') : t('recordings.player.holdSave')}
        </Button>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        {failure && <FailureNotice failure={failure} />}
        <TextField
          label={t('recordings.player.holdNote')}
          placeholder={t('recordings.player.holdNoteHint')}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
