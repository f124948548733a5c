import { X } from 'lucide-react'
import { useId, useState, type SubmitEvent } from 'react'
import type { Failure } from '../../../contract/failure.ts'
import type { CallView } from '../../../contract/history.ts'
import { FailureNotice } from '../../shell/failure-notice.tsx'
import { createCallViewStore } from '../../state/call-view.ts'
import { useApp, useLater } from '../../state/use.ts'
import { keepFocus } from '../../ui/focus.ts'
import { useSay } from '../../ui/toasts.tsx'
import { useCallDesk } from '../desk.tsx'
import { noQuery } from '../model/query.ts'
import { hrefOfQuery } from '../use-place.ts'
import { DetailPart } from '../../ui/detail-part.tsx'

const LONGEST = 40
const MOST = 20

/** Words that the call is found by: typed, chosen from those in use, taken away. */
export function Tags({ call }: { call: CallView }) {
  const { t } = useCallDesk()
  const say = useSay()
  const store = useApp().state.later(createCallViewStore)
  const [failure, setFailure] = useState<Failure | null>(null)
  const change = async (add: readonly string[], remove: readonly string[]) => {
    const answer = await store.getState().tag(call.callId, add, remove)
    setFailure(answer.ok ? null : answer.failure)
    return answer.ok
  }
  const remove = async (tag: string) => {
    const back = keepFocus()
    const changed = change([], [tag])
    setTimeout(back)
    if (await changed) say(t('history.tags.removed', { tag }), () => void change([tag], []))
  }
  return (
    <DetailPart title={t('history.tags.title')}>
      {call.tags.length === 0 && <p className="text-ink-2">{t('history.tags.none')}</p>}
      <ul className="flex flex-wrap gap-1.5 empty:hidden">
        {call.tags.map((tag) => (
          <li key={tag} className="flex h-8 max-w-full items-center rounded-full bg-pressed pr-0.5 pl-3">
            <a href={hrefOfQuery({ ...noQuery, tags: [tag] })} className="min-w-0 truncate rounded-control">
              {tag}
            </a>
            <button
              type="button"
              aria-label={t('history.tags.remove', { tag })}
              title={t('history.tags.remove', { tag })}
              onClick={() => void remove(tag)}
              className="flex size-7 shrink-0 items-center justify-center rounded-full text-ink-2 hover:bg-hover hover:text-ink"
            >
              <X className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {failure && <FailureNotice failure={failure} />}
      <TagForm tags={call.tags} onAdd={(tag) => void change([tag], [])} />
    </DetailPart>
  )
}

/** A tag as it is kept: without the spaces around it, and without the sign that people write before one. */
const cleaned = (text: string) => text.trim().replace(/^#+/, '').trim().replaceAll(/\s+/g, ' ')

function TagForm({ tags, onAdd }: { tags: readonly string[]; onAdd: (tag: string) => void }) {
  const { t } = useCallDesk()
  const store = useApp().state.later(createCallViewStore)
  const known = useLater(createCallViewStore, (state) => state.tags)
  const [text, setText] = useState('')
  const id = useId()
  const tag = cleaned(text)
  const isWrong = tag.length > LONGEST || tag.includes(',')
  const error = isWrong ? t('history.tags.long') : tags.length >= MOST && tag !== '' ? t('history.tags.many') : undefined
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (tag === '' || error) return
    if (!tags.includes(tag)) onAdd(tag)
    setText('')
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-1">
      <input
        type="text"
        list={`${id}-list`}
        aria-label={t('history.tags.add')}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        placeholder={t('history.tags.hint')}
        autoComplete="off"
        value={text}
        onFocus={() => void store.getState().loadTags()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          event.preventDefault()
          setText('')
        }}
        className="h-8 w-60 max-w-full rounded-control border border-line-strong bg-surface px-2.5 hover:border-ink-3 aria-invalid:border-alarm"
      />
      <datalist id={`${id}-list`}>
        {(known ?? [])
          .filter((one) => !tags.includes(one.tag))
          .map((one) => (
            <option key={one.tag} value={one.tag}>
              {one.tag}
            </option>
          ))}
      </datalist>
      {error && (
        <p id={`${id}-error`} className="text-small text-alarm">
          {error}
        </p>
      )}
    </form>
  )
}
