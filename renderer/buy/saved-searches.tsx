import { Bookmark, X } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import type { SearchQuery } from '../../contract/number-desktop.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useNumbering } from '../state/use.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { draftOf, queryOf } from './model/query.ts'
import { useDraft } from './query-form.tsx'
import { useBuying, useBuyingStore } from './use-buying.ts'

/** Searches kept under a name: run again, or deleted. */
export function SavedSearches({ onSearch }: { onSearch: (query: SearchQuery) => void }) {
  const t = useNumberWords()
  const store = useBuyingStore()
  const saved = useBuying((state) => state.saved)
  const failure = useBuying((state) => state.failures.saved)
  const run = (query: SearchQuery) => {
    store.getState().edit(draftOf(query))
    onSearch(query)
  }
  return (
    <section aria-labelledby="saved-searches" className="flex flex-col gap-2">
      <h2 id="saved-searches" className="font-semibold">
        {t('buy.saved.title')}
      </h2>
      {failure && <FailureNotice failure={failure} />}
      {saved.length === 0 && <p className="text-ink-2">{t('buy.saved.empty')}</p>}
      {saved.length > 0 && (
        <ul aria-labelledby="saved-searches">
          {saved.map(({ name, query }) => (
            <li key={name} className="flex items-center">
              <button
                type="button"
                aria-label={t('buy.saved.run', { name })}
                onClick={() => run(query)}
                className="flex min-h-8 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-left transition-colors duration-150 hover:bg-hover"
              >
                <Bookmark className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} aria-hidden="true" />
                <span className="truncate">{name}</span>
              </button>
              <IconButton label={t('buy.saved.remove', { name })} onClick={() => void store.getState().removeSaved(name)}>
                <X className="size-4" strokeWidth={1.75} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <Save />
    </section>
  )
}

/** Keeps what stands in the form. */
function Save() {
  const t = useNumberWords()
  const store = useBuyingStore()
  const toE164 = useNumbering((state) => state.toE164)
  const read = queryOf(useDraft().draft, toE164)
  const [name, setName] = useState<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if ('query' in read && name?.trim() && (await store.getState().save(name.trim(), read.query))) setName(null)
  }
  if (name === null)
    return (
      <Button className="self-start" disabled={'errors' in read} onClick={() => setName('')}>
        {t('buy.saved.save')}
      </Button>
    )
  return (
    <form noValidate className="flex flex-col gap-2" onSubmit={(event) => void submit(event)}>
      <TextField
        label={t('buy.saved.name')}
        maxLength={60}
        autoComplete="off"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the field comes because its button was pressed
        autoFocus
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <div className="flex gap-2">
        <Button type="submit" disabled={!name.trim()}>
          {t('buy.saved.saving')}
        </Button>
        <Button look="quiet" onClick={() => setName(null)}>
          {t('buy.saved.cancel')}
        </Button>
      </div>
    </form>
  )
}
