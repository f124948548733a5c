import { useCallback, useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import { useSay } from '../ui/toasts.tsx'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'

/** Hands a text to the browser as a file to save. */
function save(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000) // the browser reads it after the click
}

/** Exports these numbers, or all, as CSV. */
export function useSaveExport() {
  const t = useNumberWords()
  const say = useSay()
  const { verbs } = useDesk()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const run = useCallback(
    async (phoneNumbers?: readonly string[]) => {
      setBusy(true)
      const answer = await verbs.export(phoneNumbers)
      setBusy(false)
      setFailure(answer.ok ? null : answer.failure)
      if (!answer.ok) return
      save(answer.value.fileName, answer.value.text)
      say(t('numbers.done.exported', { name: answer.value.fileName }))
    },
    [verbs, say, t],
  )
  return { isBusy, failure, run }
}
