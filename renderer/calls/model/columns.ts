/** Which cells a row has room for, in a list so wide. Below 560 px a row is a card of two lines. */
export interface Columns {
  isCard: boolean
  hasOurs: boolean
  hasUser: boolean
  hasCost: boolean
  /** `grid-template-columns` */
  grid: string
}

const CARD_BELOW = 560
const OURS_FROM = 700
const COST_FROM = 880
const USER_FROM = 1000

/**
 * `width` of the list in px, 0 while it is unknown. `canSeeOthers`: managers see whose call it was. `isSearch`: what was found needs the
 * room of what is not asked for. Pure.
 */
export function columnsFor(width: number, canSeeOthers: boolean, isSearch = false): Columns {
  const isCard = width > 0 && width < CARD_BELOW
  const hasOurs = !isCard && width >= OURS_FROM
  const hasCost = !isCard && !isSearch && width >= COST_FROM
  const hasUser = !isCard && !isSearch && width >= USER_FROM && canSeeOthers
  const cells = [
    '1rem',
    'minmax(8rem,11rem)',
    'minmax(0,1fr)',
    hasUser && '6rem',
    hasOurs && '9rem',
    '3.75rem',
    hasCost && '5rem',
    '3.5rem',
    '5.25rem',
  ].filter((cell) => cell !== false)
  return { isCard, hasOurs, hasUser, hasCost, grid: cells.join(' ') }
}
