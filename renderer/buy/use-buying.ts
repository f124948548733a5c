import { useCallback } from 'react'
import { createBuyingStore, type BuyingState } from '../state/buying.ts'
import { createPurchasesStore, type PurchasesState } from '../state/purchases.ts'
import { useApp, useLater, useNumbering, useSession, useSettings } from '../state/use.ts'

/** Search, shortlist and what is ticked. */
export const useBuying = <T>(select: (state: BuyingState) => T): T => useLater(createBuyingStore, select)
export const useBuyingStore = () => useApp().state.later(createBuyingStore)
/** Purchases and the confirmation. */
export const usePurchases = <T>(select: (state: PurchasesState) => T): T => useLater(createPurchasesStore, select)
export const usePurchasesStore = () => useApp().state.later(createPurchasesStore)

export const useIsManager = () => useSession((state) => state.session?.user?.role === 'manager')

/** A number as it is written in this user's country. */
export function useFormat(): (e164: string) => string {
  const country = useSettings((state) => state.country)
  const formatNumber = useNumbering((state) => state.formatNumber)
  return useCallback((e164) => formatNumber(e164, country), [formatNumber, country])
}

/** A country's name, as the account lists it or as the browser knows it. */
export function useCountryName(): (code: string) => string {
  const countries = useBuying((state) => state.countries)
  return (code) => {
    const named = countries?.find(({ country }) => country === code)?.name
    return named ?? new Intl.DisplayNames(undefined, { type: 'region' }).of(code) ?? code
  }
}
