import { Download, Gavel, RotateCcw, Trash2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Failure, Outcome } from '../../contract/failure.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createRecordingVerbs } from '../state/recording-verbs.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { keepFocus } from '../ui/focus.ts'
import { useSay } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'
import { EndHoldDialog, HoldDialog } from './hold-dialog.tsx'
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
  const [busy, setBusy] = useState<'download' | 'trash' | 'restore' | null>(null)
  const giveBack = useRef<() => void>(() => undefined)
  const drawn = useRef(item.state)
  useEffect(() => {
    if (drawn.current === item.state) return
    drawn.current = item.state
    giveBack.current() // what was clicked is gone now
    giveBack.current = () => undefined
  }, [item.state])
  const run = async <T,>(name: NonNullable<typeof busy>, ask: () => Promise<Outcome<T>>): Promise<T | undefined> => {
    const keepsFocus = keepFocus()
    setBusy(name)
    const answer = await ask()
    setBusy(null)
    setFailure(answer.ok ? null : answer.failure)
    giveBack.current = keepsFocus
    setTimeout(keepsFocus) // what was clicked could not be clicked meanwhile
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
  }
}

/** Tells that a hold began or ended when it did: with the relay's word, which may come long after the click. */
function useHoldTold({ hold, isPending = false }: RecordingItem) {
  const t = useRecordingWords()
  const say = useSay()
  const asked = useRef<boolean | null>(null)
  const isHeld = hold !== null
  useEffect(() => {
    if (isPending || asked.current !== isHeld) return
    asked.current = null
    say(isHeld ? t('recordings.player.heldNow') : t('recordings.player.released'))
  }, [isHeld, isPending, say, t])
  return (isWanted: boolean) => void (asked.current = isWanted)
}

/** Download, trash, legal hold: what makes sense in its state. */
export function PlayerActions({ item }: { item: RecordingItem }) {
  const t = useRecordingWords()
  const isManager = useIsManager()
  const [dialog, setDialog] = useState<'hold' | 'end' | null>(null)
  const actions = useActions(item)
  const toldWhen = useHoldTold(item)
  const ask = (next: 'hold' | 'end') => {
    toldWhen(next === 'hold')
    setDialog(next)
  }
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
          <Button icon={<Gavel {...icon} />} disabled={isBusy} onClick={() => ask('hold')}>
            {t('recordings.player.hold')}
          </Button>
        )}
        {isManager && hold && (
          <Button disabled={isBusy} onClick={() => ask('end')}>
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
      {dialog === 'hold' && <HoldDialog sid={item.sid} onClose={() => setDialog(null)} />}
      {dialog === 'end' && <EndHoldDialog sid={item.sid} onClose={() => setDialog(null)} />}
    </>
  )
}
