import { Download, Gavel, RotateCcw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Failure, Outcome } from '../../contract/failure.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createRecordingVerbs } from '../state/recording-verbs.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useSay } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'
import { HoldDialog } from './hold-dialog.tsx'
import { useIsManager } from './use-names.ts'

const icon = { className: 'size-4', strokeWidth: 1.75, 'aria-hidden': true } as const

/** Saves what lies at an address of our own. */
function save(url: string, fileName: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
}

/** What is done with a recording; a failure stands beside it, and whatever can be taken back says how. */
function useActions(item: RecordingItem) {
  const t = useRecordingWords()
  const say = useSay()
  const verbs = useApp().state.later(createRecordingVerbs)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [busy, setBusy] = useState<'download' | 'trash' | 'restore' | 'hold' | null>(null)
  const run = async <T,>(name: NonNullable<typeof busy>, ask: () => Promise<Outcome<T>>): Promise<T | undefined> => {
    setBusy(name)
    const answer = await ask()
    setBusy(null)
    setFailure(answer.ok ? null : answer.failure)
    return answer.ok ? answer.value : undefined
  }
  const restore = async (isUndo = false) => {
    if ((await run('restore', () => verbs.restore(item.sid))) && !isUndo) say(t('recordings.player.restored'))
  }
  return {
    failure,
    busy,
    restore: () => void restore(),
    download: async () => {
      const file = await run('download', () => verbs.download(item.sid))
      if (!file) return
      save(file.url, file.fileName)
      say(t('recordings.player.downloaded', { name: file.fileName }))
    },
    trash: async () => {
      if (await run('trash', () => verbs.trash(item))) say(t('recordings.player.trashed'), () => void restore(true))
    },
    release: async () => {
      if (await run('hold', () => verbs.hold(item.sid, null))) say(t('recordings.player.released'))
    },
  }
}

/** Download, trash, legal hold: what makes sense in its state. */
export function PlayerActions({ item }: { item: RecordingItem }) {
  const t = useRecordingWords()
  const isManager = useIsManager()
  const [isHolding, setHolding] = useState(false)
  const actions = useActions(item)
  const { state, hold } = item
  const isBusy = actions.busy !== null
  if (state === 'recording' || state === 'processing' || state === 'deleted') return null
  const isDownloading = actions.busy === 'download'
  return (
    <>
      {actions.failure && <FailureNotice failure={actions.failure} />}
      <div className="flex flex-wrap items-center gap-2">
        {state === 'ready' && (
          <Button icon={<Download {...icon} />} disabled={isBusy} onClick={() => void actions.download()}>
            {isDownloading ? t('recordings.player.downloading') : t('recordings.player.download')}
          </Button>
        )}
        {state === 'trashed' && (
          <Button icon={<RotateCcw {...icon} />} disabled={isBusy} onClick={actions.restore}>
            {t('recordings.player.restore')}
          </Button>
        )}
        {isManager && state === 'ready' && !hold && (
          <Button icon={<Gavel {...icon} />} disabled={isBusy} onClick={() => setHolding(true)}>
            {t('recordings.player.hold')}
          </Button>
        )}
        {isManager && hold && (
          <Button disabled={isBusy} onClick={() => void actions.release()}>
            {t('recordings.player.release')}
          </Button>
        )}
        {state === 'ready' && (
          <Button
            look="quiet"
            className="ml-auto"
            icon={<Trash2 {...icon} />}
            disabled={isBusy || hold !== null}
            title={hold ? t('recordings.player.trashHeld') : undefined}
            onClick={() => void actions.trash()}
          >
            {t('recordings.player.trash')}
          </Button>
        )}
      </div>
      {isHolding && <HoldDialog sid={item.sid} onClose={() => setHolding(false)} />}
    </>
  )
}
