import { Search, X } from 'lucide-react'
import { useMemo } from 'react'
import { outcomes } from '../../../contract/call.ts'
import { createCallViewStore } from '../../state/call-view.ts'
import { createHistoryStore, MOST_COUNTED } from '../../state/history.ts'
import { useApp, useLater } from '../../state/use.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { keepingFocus } from '../../ui/focus.ts'
import { useCallDesk } from '../desk.tsx'
import { activeParts, directions, isActive, marks, noQuery, type Part, type Query } from '../model/query.ts'
import { Chip } from './chip.tsx'
import { Choices, type Choice } from './choices.tsx'
import { useChosenText } from './chosen.ts'
import { CostSpan, Dates, TalkSpan } from './ranges.tsx'

interface ToolbarProps {
  query: Query
  setQuery: (query: Query) => void
  /** Beside an open call there is room for the search alone. */
  isSlim: boolean
}

/** Search and filters; how many calls they find. */
export function Toolbar({ query, setQuery, isSlim }: ToolbarProps) {
  const { t } = useCallDesk()
  const hasParts = activeParts(query).length > 0
  return (
    <div className={cx('flex shrink-0 flex-col gap-2 pb-2', isSlim ? 'px-4' : 'px-5')}>
      <div className="flex items-center gap-3">
        <SearchField text={query.text} onChange={(text) => setQuery({ ...query, text })} isSlim={isSlim} />
        <Count />
        {(hasParts || query.text !== '') && (
          <Button
            look="quiet"
            onClick={() => keepingFocus(() => setQuery(noQuery))}
            icon={<X className="size-4" strokeWidth={1.75} aria-hidden="true" />}
          >
            {t('history.clear')}
          </Button>
        )}
      </div>
      <div
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset cannot scroll sideways
        role="group"
        aria-label={t('history.filters')}
        className={cx(
          'flex min-w-0 items-center gap-2 py-0.5',
          isSlim ? '-mx-4 overflow-x-auto px-4' : '-mx-5 px-5 max-wide:overflow-x-auto wide:flex-wrap',
        )}
      >
        <Chips query={query} setQuery={setQuery} />
      </div>
    </div>
  )
}

function SearchField({ text, onChange, isSlim }: { text: string; onChange: (text: string) => void; isSlim: boolean }) {
  const { t } = useCallDesk()
  return (
    <div className={cx('relative min-w-0', isSlim ? 'flex-1' : 'max-wide:flex-1 wide:w-85')}>
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-3" strokeWidth={1.75} aria-hidden="true" />
      <input
        type="text"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        data-screen-search
        aria-label={t('history.search')}
        placeholder={t('history.searchHint')}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') {
            event.preventDefault()
            onChange('')
          }
          if (event.key === 'ArrowDown') {
            event.preventDefault()
            document.querySelector<HTMLElement>('li[data-index="0"] a')?.focus()
          }
        }}
        className="h-8 w-full truncate rounded-control border border-line-strong bg-surface pr-8 pl-8 transition-colors duration-150 hover:border-ink-3"
      />
      {text !== '' && (
        <IconButton label={t('history.clearSearch')} onClick={() => keepingFocus(() => onChange(''))} className="absolute top-0 right-0">
          <X className="size-4" strokeWidth={1.75} />
        </IconButton>
      )}
    </div>
  )
}

function Count() {
  const { t } = useCallDesk()
  const count = useLater(createHistoryStore, (state) => state.count)
  return (
    <output className="shrink-0 text-ink-2 tabular-nums">
      {count === null ? '' : count >= MOST_COUNTED ? t('history.countMore', { count: MOST_COUNTED }) : t('history.count', { count })}
    </output>
  )
}

/** Everything one may choose from that is not the same in every workspace. */
function useChoices() {
  const { names, numbers, format, t } = useCallDesk()
  const tags = useLater(createCallViewStore, (state) => state.tags)
  return useMemo(
    () => ({
      numbers: [...numbers].map(([value, name]): Choice<string> => ({
        value,
        label: name || format(value),
        detail: name ? format(value) : '',
      })),
      users: Object.entries(names).map(([value, label]): Choice<string> => ({ value, label })),
      tags: (tags ?? []).map(({ tag, count }): Choice<string> => ({ value: tag, label: tag, count })),
      directions: directions.map((value) => ({ value, label: t(`history.directions.${value}`) })),
      outcomes: outcomes.map((value) => ({ value, label: t(`history.outcomes.${value}`) })),
      has: marks.map((value) => ({ value, label: t(`history.has.${value}`) })),
    }),
    [names, numbers, format, tags, t],
  )
}

/** The currency that calls are charged in here, as far as any is known. */
const useCurrency = (fallback: string) =>
  useLater(createHistoryStore, (state) => state.hits?.find(({ call }) => call.cost)?.call.cost?.currency) ?? fallback

function Chips({ query, setQuery }: Omit<ToolbarProps, 'isSlim'>) {
  const { t, isManager } = useCallDesk()
  const store = useApp().state.later(createCallViewStore)
  const chosenText = useChosenText()
  const choices = useChoices()
  const currency = useCurrency(query.currency)
  const chip = (part: Part) => ({
    name: t(`history.chips.${part}`),
    text: isActive(query, part) ? chosenText(query, part) : t(`history.chips.${part}`),
    isActive: isActive(query, part),
  })
  const listOf = (part: 'directions' | 'outcomes' | 'numbers' | 'users' | 'tags' | 'has', most = 100) => (
    <Choices<string>
      choices={choices[part]}
      chosen={query[part]}
      onChange={(chosen) => setQuery({ ...query, [part]: chosen.slice(0, most) })}
    />
  )
  return (
    <>
      <Chip {...chip('when')}>
        <Dates query={query} setQuery={setQuery} />
      </Chip>
      <Chip {...chip('directions')}>{listOf('directions')}</Chip>
      <Chip {...chip('outcomes')}>{listOf('outcomes')}</Chip>
      <Chip {...chip('numbers')}>{listOf('numbers')}</Chip>
      {isManager && <Chip {...chip('users')}>{listOf('users')}</Chip>}
      <Chip {...chip('tags')} onOpen={() => void store.getState().loadTags()}>
        {listOf('tags', 20)}
      </Chip>
      <Chip {...chip('has')}>{listOf('has')}</Chip>
      <Chip {...chip('cost')}>
        <CostSpan query={query} setQuery={setQuery} currency={currency} />
      </Chip>
      <Chip {...chip('talk')}>
        <TalkSpan query={query} setQuery={setQuery} />
      </Chip>
      {query.party && (
        <Button onClick={() => setQuery({ ...query, party: '' })} icon={<X className="size-4" strokeWidth={1.75} aria-hidden="true" />}>
          {chosenText(query, 'party')}
        </Button>
      )}
    </>
  )
}
