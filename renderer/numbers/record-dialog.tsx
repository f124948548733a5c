import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import type { AskProps } from './dialogs.tsx'

/** Asks before calls of many numbers are recorded: callers may have to be told. */
export function RecordDialog({ numbers, onClose }: AskProps) {
  const t = useNumberWords()
  const { change, format } = useDesk()
  const said = { count: numbers.length, number: format(numbers[0]?.phoneNumber ?? '') }
  const save = () => {
    onClose()
    void change(numbers, () => ({ isRecorded: true }), t('numbers.done.recording', said))
  }
  return (
    <Dialog
      title={t('numbers.recording.title')}
      text={t('numbers.recording.text', said)}
      onClose={onClose}
      footer={
        <Button look="primary" isLarge onClick={save}>
          {t('numbers.recording.save', said)}
        </Button>
      }
    >
      <p>{t('numbers.recording.law')}</p>
    </Dialog>
  )
}
