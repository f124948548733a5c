import { Pencil, X } from 'lucide-react'
import { useId, useState, type SubmitEvent } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { CallNote } from '../../contract/history.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createRecordingVerbs } from '../state/recording-verbs.ts'
import { useApp, useSession } from '../state/use.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { keepFocus } from '../ui/focus.ts'
import { formatDuration } from '../ui/time.ts'
import { useSay } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'
import { useIsManager, useNames } from './use-names.ts'

type Notes = readonly CallNote[]
const timeOf = (note: CallNote) => note.atSeconds ?? 0
const inTime = (notes: Notes) => notes.toSorted((a, b) => timeOf(a) - timeOf(b))

/** Where notes stand, under the waveform: a click goes there. */
export function NoteMarks({ notes, duration, onSeek }: { notes: Notes; duration: number; onSeek: (at: number) => void }) {
  const t = useRecordingWords()
  if (notes.length === 0 || duration <= 0) return null
  return (
    <div className="relative -my-1 h-6">
      {notes.map((note) => {
        const label = t('recordings.notes.mark', { time: formatDuration(timeOf(note)), text: note.text })
        return (
          <button
            key={note.noteId}
            type="button"
            aria-label={label}
            title={label}
            onClick={() => onSeek(timeOf(note))}
            className="absolute top-0 flex size-6 -translate-x-1/2 items-center justify-center rounded-full hover:bg-hover"
            style={{ left: `${Math.min(100, (timeOf(note) / duration) * 100)}%` }}
          >
            <span className="size-2 rotate-45 rounded-[2px] bg-warn" />
          </button>
        )
      })}
    </div>
  )
}

interface NotesProps {
  item: RecordingItem
  notes: Notes
  at: number
  onSeek: (at: number) => void
  onNotes: (notes: Notes) => void
}

/** What is being written: at which second, and of which note when it is not a new one. */
interface Draft {
  noteId: string | null
  at: number
  text: string
}

/** Writes, changes and removes notes of one recording. What could not be written stays typed. */
function useNotes({ item, onNotes }: Pick<NotesProps, 'item' | 'onNotes'>) {
  const t = useRecordingWords()
  const say = useSay()
  const verbs = useApp().state.later(createRecordingVerbs)
  const [failure, setFailure] = useState<Failure | null>(null)
  const write = async (noteId: string | null, text: string | null, atSeconds: number) => {
    const answer = await verbs.note(item, { ...(noteId === null ? {} : { noteId }), text, atSeconds })
    setFailure(answer.ok ? null : answer.failure)
    if (answer.ok) onNotes(answer.value.filter((note) => note.recordingSid === item.sid))
    return answer.ok
  }
  const remove = async (note: CallNote) => {
    const keepsFocus = keepFocus()
    const isGone = await write(note.noteId, null, timeOf(note))
    setTimeout(keepsFocus)
    if (isGone) say(t('recordings.notes.removed'), () => void write(note.noteId, note.text, timeOf(note)))
  }
  return { failure, write, remove }
}

export function PlayerNotes(props: NotesProps) {
  const { notes, at, onSeek } = props
  const t = useRecordingWords()
  const title = useId()
  const [draft, setDraft] = useState<Draft | null>(null)
  const { failure, write, remove } = useNotes(props)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const text = draft?.text.trim()
    const keepsFocus = keepFocus()
    if (!draft || !text || !(await write(draft.noteId, text, draft.at))) return
    setDraft(null)
    setTimeout(keepsFocus)
  }
  return (
    <div className="flex flex-col gap-1 border-t border-line pt-2">
      <div className="flex min-h-8 items-center gap-2">
        <h3 id={title} className="min-w-0 flex-1 text-small font-medium text-ink-2">
          {t('recordings.notes.title')}
        </h3>
        {!draft && (
          <Button look="quiet" onClick={() => setDraft({ noteId: null, at, text: '' })}>
            {t('recordings.notes.add', { time: formatDuration(at) })}
          </Button>
        )}
      </div>
      {failure && <FailureNotice failure={failure} />}
      <ul aria-labelledby={title} className="flex flex-col empty:hidden">
        {inTime(notes).map((note) => (
          <NoteLine
            key={note.noteId}
            note={note}
            onSeek={onSeek}
            onEdit={() => setDraft({ noteId: note.noteId, at: timeOf(note), text: note.text })}
            onRemove={() => void remove(note)}
          />
        ))}
      </ul>
      {draft && <NoteForm draft={draft} onChange={setDraft} onSubmit={(event) => void submit(event)} />}
    </div>
  )
}

interface FormProps {
  draft: Draft
  onChange: (draft: Draft | null) => void
  onSubmit: (event: SubmitEvent) => void
}

function NoteForm({ draft, onChange, onSubmit }: FormProps) {
  const t = useRecordingWords()
  return (
    <form onSubmit={onSubmit} className="flex flex-wrap items-center gap-2">
      <span className="w-12 shrink-0 text-ink-2 tabular-nums">{formatDuration(draft.at)}</span>
      <input
        aria-label={t('recordings.notes.text')}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it stands where the button was that opened it
        autoFocus
        maxLength={4000}
        placeholder={t('recordings.notes.textHint')}
        value={draft.text}
        onChange={(event) => onChange({ ...draft, text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onChange(null)
        }}
        className="h-8 min-w-32 flex-1 rounded-control border border-line-strong bg-surface px-2.5"
      />
      <Button type="submit" look="primary" disabled={draft.text.trim() === ''}>
        {t('recordings.notes.save')}
      </Button>
      <Button onClick={() => onChange(null)}>{t('recordings.notes.cancel')}</Button>
    </form>
  )
}

interface LineProps {
  note: CallNote
  onSeek: (at: number) => void
  onEdit: () => void
  onRemove: () => void
}

function NoteLine({ note, onSeek, onEdit, onRemove }: LineProps) {
  const t = useRecordingWords()
  const names = useNames()
  const isManager = useIsManager()
  const self = useSession((state) => state.session?.user?.userId)
  const time = formatDuration(timeOf(note))
  const by = note.byUserId === null ? undefined : names[note.byUserId]
  const canChange = isManager || note.byUserId === null || note.byUserId === self
  return (
    <li className="flex items-start gap-2 py-0.5">
      <button
        type="button"
        aria-label={t('recordings.notes.seek', { time })}
        onClick={() => onSeek(timeOf(note))}
        className="flex h-8 w-12 shrink-0 items-center rounded-control text-accent tabular-nums hover:underline"
      >
        {time}
      </button>
      <p className="min-w-0 flex-1 py-1.5 break-words whitespace-pre-wrap">
        {note.text}
        <span className="text-small text-ink-2">
          {by && ` · ${by}`}
          {note.isPending && ` · ${t('recordings.notes.pending')}`}
        </span>
      </p>
      {canChange && (
        <>
          <IconButton label={t('recordings.notes.edit', { time })} onClick={onEdit}>
            <Pencil className="size-4" strokeWidth={1.75} />
          </IconButton>
          <IconButton label={t('recordings.notes.remove', { time })} onClick={onRemove}>
            <X className="size-4" strokeWidth={1.75} />
          </IconButton>
        </>
      )}
    </li>
  )
}
