import type { Handlers } from '../../bridge/bridge.ts'
import type { Purchases } from './purchases.ts'

/** The bridge's requests about buying. */
export const purchaseHandlers = (
  purchases: Purchases,
): Pick<Handlers, 'numbers.purchase' | 'numbers.purchases' | 'numbers.request' | 'numbers.refuse'> => ({
  'numbers.purchase': purchases.purchase,
  'numbers.purchases': purchases.list,
  'numbers.request': purchases.request,
  'numbers.refuse': purchases.refuse,
})
