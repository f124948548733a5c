import { Search, X } from 'lucide-react'
import type { Capabilities } from '../../contract/number.ts'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import { FilterChip } from './filter-chip.tsx'
import { DUE, filterKinds, isFiltered, noFilter, type FilterKind } from './model/filter.ts'
import { groupings, type Grouping } from './model/group.ts'
import type { HealthLevel } from './model/row.ts'
import { useGroupLabel, type List } from './use-list.ts'

/** How the choices of each kind are called. */
function useLabels(): Record<FilterKind, (value: string) => string> {
  const t = useNumberWords()
  const state = useGroupLabel('state')
  return {
    states: (value) => (value === DUE ? t('numbers.dueState') : state(value)),
    owners: useGroupLabel('owner'),
    countries: useGroupLabel('country'),
    health: (value) => t(`numbers.health.${value as HealthLevel}`),
    tags: (value) => value,
    capabilities: (value) => t(`numbers.capabilities.${value as keyof Capabilities}`),
  }
}

/** Staff are told neither. */
const managersOnly: ReadonlySet<FilterKind> = new Set(['health', 'capabilities'])

/** Search, filters and grouping; how many of how many are shown. */
export function Toolbar({ list }: { list: List }) {
  const { filter, setFilter, facets, grouping, setGrouping, numbers, shown } = list
  const t = useNumberWords()
  const { isManager } = useDesk()
  const labels = useLabels()
  const all = numbers?.filter((one) => one.state !== 'left').length ?? 0
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 px-5 pb-2">
      <label className="relative block max-wide:w-full wide:w-60">
        <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-3" strokeWidth={1.75} aria-hidden="true" />
        <input
          type="search"
          data-screen-search
          aria-label={t('numbers.filter')}
          placeholder={t('numbers.filterHint')}
          value={filter.query}
          onChange={(event) => setFilter({ ...filter, query: event.target.value })}
          onKeyDown={(event) => event.key === 'Escape' && setFilter({ ...filter, query: '' })}
          className="h-8 w-full rounded-control border border-line-strong bg-surface pr-3 pl-8 transition-colors duration-150 hover:border-ink-3"
        />
      </label>
      <div className="-mx-5 flex min-w-0 items-center gap-2 px-5 py-0.5 max-wide:w-[calc(100%+2.5rem)] max-wide:overflow-x-auto wide:mx-0 wide:flex-wrap wide:px-0">
        {filterKinds
          .filter((kind) => isManager || !managersOnly.has(kind))
          .filter((kind) => kind !== 'tags' || facets.tags.length > 0 || filter.tags.length > 0) // many companies have none
          .map((kind) => (
            <FilterChip
              key={kind}
              kind={kind}
              facets={facets[kind]}
              chosen={filter[kind]}
              label={labels[kind]}
              onChange={(chosen) => setFilter({ ...filter, [kind]: chosen })}
            />
          ))}
        {isFiltered(filter) && (
          <Button look="quiet" onClick={() => setFilter(noFilter)} icon={<X className="size-4" strokeWidth={1.75} aria-hidden="true" />}>
            {t('numbers.clearFilters')}
          </Button>
        )}
      </div>
      <span className="flex-1" />
      <output className="shrink-0 text-ink-2 tabular-nums">
        {shown.length === all ? t('numbers.count', { count: all }) : t('numbers.countOf', { shown: shown.length, all })}
      </output>
      <span className="w-28 shrink-0">
        <Select isBare label={t('numbers.groupBy')} value={grouping} onChange={(event) => setGrouping(event.target.value as Grouping)}>
          {groupings.map((one) => (
            <option key={one} value={one}>
              {t(`numbers.groups.${one}`)}
            </option>
          ))}
        </Select>
      </span>
    </div>
  )
}
