import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { createNumbersStore } from '../state/numbers.ts'
import { useLater } from '../state/use.ts'
import { usePlace } from '../shell/route.ts'
import { useNow } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import { createFilter, DUE, facetsOf, noFilter, type Filter } from './model/filter.ts'
import { groupRows, type Grouping } from './model/group.ts'
import { createIndex } from './model/row.ts'
import { nextSort, sortRows, type Sort, type SortKey } from './model/sort.ts'

const regions = new Intl.DisplayNames(undefined, { type: 'region', fallback: 'code' })

/** How a group or a choice of a kind is called. */
export function useGroupLabel(by: Grouping): (value: string) => string {
  const t = useNumberWords()
  const { names } = useDesk()
  return useCallback(
    (value: string) => {
      if (by === 'country') return value === '' ? t('numbers.unknownCountry') : (regions.of(value) ?? value)
      if (by === 'owner') return value === '' ? t('numbers.nobody') : (names[value] ?? value)
      return t(`numbers.states.${value as OwnedNumber['state']}`)
    },
    [by, names, t],
  )
}

const none: readonly OwnedNumber[] = []
const dueOnly: Filter = { ...noFilter, states: [DUE] }

/** What the list is narrowed to; `#/numbers/due` narrows it to the numbers whose hold is over. */
function useFilter() {
  const [filter, setFilter] = useState<Filter>(noFilter)
  const [before, setBefore] = useState('')
  const place = usePlace()
  if (place !== before) {
    setBefore(place)
    if (place === DUE) setFilter(dueOnly)
  }
  return [filter, setFilter] as const
}

/** The list as it is filtered, sorted and grouped. What one types is shown at once, its result as soon as there is time. */
export function useList() {
  const { names } = useDesk()
  const numbers = useLater(createNumbersStore, (state) => state.numbers)
  const [filter, setFilter] = useFilter()
  const [sort, setSort] = useState<Sort>({ by: 'number', isDescending: false })
  const [grouping, setGrouping] = useState<Grouping>('none')
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [index] = useState(createIndex)
  const [narrow] = useState(createFilter)
  const wanted = useDeferredValue(filter)
  const rows = useMemo(() => index(numbers ?? none, names), [index, numbers, names])
  // Sorted before it is filtered: typing filters only, and the order of what is left is right already.
  const sorted = useMemo(() => sortRows(rows, sort), [rows, sort])
  const now = useNow(60_000)
  const at = wanted.states.includes(DUE) ? now : 0 // else the list is the same whatever the time
  const shown = useMemo(() => narrow(sorted, wanted, at), [narrow, sorted, wanted, at])
  const facets = useMemo(() => facetsOf(rows, now), [rows, now])
  const groupLabel = useGroupLabel(grouping)
  const items = useMemo(() => groupRows(shown, grouping, groupLabel, closed), [shown, grouping, groupLabel, closed])
  const onSort = useCallback((by: SortKey) => setSort((was) => nextSort(was, by)), [])
  const onGroup = useCallback(
    (value: string) =>
      setClosed((was) => {
        const next = new Set(was)
        if (!next.delete(value)) next.add(value)
        return next
      }),
    [],
  )
  return { numbers, filter, setFilter, sort, onSort, grouping, setGrouping, onGroup, groupLabel, facets, shown, items }
}
export type List = ReturnType<typeof useList>
