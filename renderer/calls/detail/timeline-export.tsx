import { useState } from 'react'
import type { Failure } from '../../../contract/failure.ts'
import type { CallView } from '../../../contract/history.ts'
import { FailureNotice } from '../../shell/failure-notice.tsx'
import { createCallViewStore } from '../../state/call-view.ts'
import { useApp } from '../../state/use.ts'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/check.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useSay } from '../../ui/toasts.tsx'
import { useCallDesk } from '../desk.tsx'

/** Hands a text to the browser as a file to save. */
function save(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000) // the browser reads it after the click
}

/** The timeline as a file for support, with numbers masked unless one wants them in it. */
export function TimelineExport({ call, onClose }: { call: CallView; onClose: () => void }) {
  const { t } = useCallDesk()
  const say = useSay()
  const store = useApp().state.later(createCallViewStore)
  const [isMasked, setMasked] = useState(true)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const run = async () => {
    setBusy(true)
    const answer = await store.getState().timelineFile(call.callId, isMasked)
    setBusy(false)
    setFailure(answer.ok ? null : answer.failure)
    if (!answer.ok) return
    const name = `call-${call.startedAt.slice(0, 19).replaceAll(/[:T]/g, '-')}-timeline.json`
    save(name, `${JSON.stringify(answer.value, null, 2)}\n`)
    say(t('history.timelineExport.saved', { name }))
    onClose()
  }
  return (
    <Dialog
      title={t('history.timelineExport.title')}
      text={t('history.timelineExport.text')}
      onClose={onClose}
      footer={
        <Button look="primary" isLarge disabled={isBusy} onClick={() => void run()}>
          {isBusy ? t('history.timelineExport.saving') : t('history.timelineExport.save')}
        </Button>
      }
    >
      {failure && <FailureNotice failure={failure} />}
      <Check checked={isMasked} onChange={() => setMasked(!isMasked)} label={t('history.timelineExport.mask')} />
      <p className="-mt-3 pl-6 text-ink-2">{t('history.timelineExport.maskText')}</p>
    </Dialog>
  )
}
