import { Clock } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type SubmitEvent } from 'react'
import type { Failure } from '../../../contract/failure.ts'
import type { CallNote, CallView } from '../../../contract/history.ts'
import { FailureNotice } from '../../shell/failure-notice.tsx'
import { createCallViewStore, newNoteId } from '../../state/call-view.ts'
import { createDraftsStore } from '../../state/drafts.ts'
import { useApp, useLater } from '../../state/use.ts'
import { Button } from '../../ui/button.tsx'
import { keepFocus } from '../../ui/focus.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { formatDuration, formatMoment } from '../../ui/time.ts'
import { useSay } from '../../ui/toasts.tsx'
import { useCallDesk } from '../desk.tsx'
import { DetailPart } from '../../ui/detail-part.tsx'

const MOST = 4000
const SAY_BELOW = 200

/** What people wrote about the call: everybody who may see it reads them; each edits one's own, a manager any. */
export function Notes({ call }: { call: CallView }) {
  const { t } = useCallDesk()
  const [isAdding, setAdding] = useState(false)
  const addButton = useRef<HTMLButtonElement>(null)
  const close = () => {
    setAdding(false)
    setTimeout(() => addButton.current?.focus())
  }
  const add = (
    <Button ref={addButton} look="quiet" onClick={() => setAdding(true)}>
      {t('history.notes.add')}
    </Button>
  )
  return (
    <DetailPart title={t('history.notes.title')} aside={isAdding ? undefined : add}>
      {call.notes.length === 0 && !isAdding && <p className="text-ink-2">{t('history.notes.none')}</p>}
      <ul className="flex flex-col gap-3 empty:hidden">
        {call.notes.map((note) => (
          <Note key={note.noteId} call={call} note={note} />
        ))}
      </ul>
      {isAdding && <NoteForm call={call} noteId={null} was="" onClose={close} />}
    </DetailPart>
  )
}

function Note({ call, note }: { call: CallView; note: CallNote }) {
  const { t, names, userId, isManager } = useCallDesk()
  const { state } = useApp()
  const say = useSay()
  const [isEditing, setEditing] = useState(false)
  const editButton = useRef<HTMLButtonElement>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const store = state.later(createCallViewStore)
  const isMine = note.byUserId === userId || isManager
  const close = () => {
    setEditing(false)
    setTimeout(() => editButton.current?.focus())
  }
  if (isEditing) return <NoteForm call={call} noteId={note.noteId} was={note.text} onClose={close} />
  const put = async (text: string | null, seen?: string) => {
    const answer = await store.getState().note(call.callId, note.noteId, text, seen)
    setFailure(answer.ok ? null : answer.failure)
    return answer.ok
  }
  const remove = async () => {
    const back = keepFocus()
    if (!(await put(null, note.text))) return
    setTimeout(back)
    say(t('history.notes.removed'), () => void put(note.text))
  }
  const when = formatMoment(Date.parse(note.at))
  const name = (note.byUserId && names[note.byUserId]) ?? t('history.missed.somebody')
  return (
    <li className="flex flex-col gap-0.5">
      <p className="break-words whitespace-pre-wrap">{note.text}</p>
      <p className="flex flex-wrap items-center gap-x-2 text-small text-ink-2">
        <span>{t('history.notes.by', { name, when })}</span>
        {note.atSeconds !== null && <span>{t('history.notes.at', { time: formatDuration(note.atSeconds) })}</span>}
        {note.isPending && (
          <span className="inline-flex items-center gap-1">
            <Clock className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
            {t('history.notes.pending')}
          </span>
        )}
        {isMine && (
          <span className="-my-1 flex">
            <Button ref={editButton} look="quiet" className="px-2 text-small" onClick={() => setEditing(true)}>
              {t('history.notes.edit')}
            </Button>
            <Button look="quiet" className="px-2 text-small" onClick={() => void remove()}>
              {t('history.notes.remove')}
            </Button>
          </span>
        )}
      </p>
      {failure && <FailureNotice failure={failure} />}
    </li>
  )
}

interface NoteFormProps {
  call: CallView
  /** Null: a new one. */
  noteId: string | null
  was: string
  onClose: () => void
}

/** A note's text, kept while it is not saved: closing the call loses nothing. */
function useDraft({ call, noteId, was }: NoteFormProps) {
  const drafts = useApp().state.later(createDraftsStore)
  const key = `call ${call.callId} ${noteId ?? 'new'}`
  const text = useLater(createDraftsStore, (state) => state.drafts[key]) ?? was
  // What the note was when typing began: a colleague may change it meanwhile, and what is typed is no change of that.
  const seen = useLater(createDraftsStore, (state) => state.drafts[`${key} seen`]) ?? was
  const keep = (next: string | null) => {
    drafts.getState().keep(`${key} seen`, next === null ? null : seen)
    drafts.getState().keep(key, next)
  }
  return [text, seen, keep] as const
}

function NoteForm(props: NoteFormProps) {
  const { call, noteId, was, onClose } = props
  const { t } = useCallDesk()
  const store = useApp().state.later(createCallViewStore)
  const [text, seen, setText] = useDraft(props)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  // One id however often one tries: a second try must not become a second note.
  const [id] = useState(() => noteId ?? newNoteId())
  const field = useRef<HTMLTextAreaElement>(null)
  const fieldId = useId()
  useEffect(() => field.current?.focus(), [])
  const save = async () => {
    if (isBusy || text.trim() === '') return
    setBusy(true)
    const answer = await store.getState().note(call.callId, id, text.trim(), noteId === null ? undefined : seen)
    setBusy(false)
    setFailure(answer.ok ? null : answer.failure)
    if (!answer.ok) return
    setText(null)
    onClose()
  }
  const cancel = () => {
    setText(null)
    onClose()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void save()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault()
      if (text.trim() === was) cancel()
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save()
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <label htmlFor={fieldId} className="sr-only">
        {t('history.notes.field')}
      </label>
      <textarea
        ref={field}
        id={fieldId}
        rows={3}
        maxLength={MOST}
        placeholder={t('history.notes.hint')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="w-full resize-y rounded-control border border-line-strong bg-surface px-2.5 py-1.5"
      />
      {MOST - text.length < SAY_BELOW && <p className="text-small text-ink-2">{t('history.notes.left', { count: MOST - text.length })}</p>}
      {failure && <FailureNotice failure={failure} />}
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={isBusy || text.trim() === ''} icon={isBusy && <Spinner />}>
          {isBusy ? t('history.notes.saving') : t('history.notes.save')}
        </Button>
        <Button look="quiet" onClick={cancel}>
          {t('history.notes.cancel')}
        </Button>
      </div>
    </form>
  )
}
