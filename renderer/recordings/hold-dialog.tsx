import { useId, useState, type SubmitEvent } from 'react'
import type { Failure } from '../../contract/failure.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createRecordingVerbs } from '../state/recording-verbs.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useRecordingWords } from '../words/index.ts'

/** Asks why a recording is held, since somebody will want to know when it may end. */
export function HoldDialog({ sid, onClose }: { sid: string; onClose: () => void }) {
  const t = useRecordingWords()
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
    return answer.ok ? onClose() : setFailure(answer.failure)
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

/** Asks before a hold ends: what it kept may be deleted then. */
export function EndHoldDialog({ sid, onClose }: { sid: string; onClose: () => void }) {
  const t = useRecordingWords()
  const verbs = useApp().state.later(createRecordingVerbs)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const end = async () => {
    setBusy(true)
    const answer = await verbs.hold(sid, null)
    setBusy(false)
    return answer.ok ? onClose() : setFailure(answer.failure)
  }
  return (
    <Dialog
      title={t('recordings.player.releaseTitle')}
      text={t('recordings.player.releaseText')}
      onClose={onClose}
      footer={
        <>
          <Button isLarge onClick={onClose}>
            {t('recordings.player.releaseCancel')}
          </Button>
          <Button look="end" isLarge disabled={isBusy} icon={isBusy && <Spinner />} onClick={() => void end()}>
            {t('recordings.player.release')}
          </Button>
        </>
      }
    >
      {failure && <FailureNotice failure={failure} />}
    </Dialog>
  )
}
