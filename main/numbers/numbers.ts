import { requireManager, signedIn } from '../account/manager.ts'
import type { TwilioAccounts } from '../account/twilio-accounts.ts'
import type { Handlers } from '../bridge/bridge.ts'
import type { Timings } from '../config.ts'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { SessionService } from '../link/session.ts'
import type { Clock, Log } from '../ports.ts'
import type { Store } from '../store/store.ts'
import { numberChangeHandlers } from './change-handlers.ts'
import { costReport } from './cost.ts'
import { createDueHolds, type DueParts } from './due.ts'
import { createNumberViews, type NumberViews } from './list.ts'
import { createReleaseNotes } from './release-notes.ts'
import { createRelayFacts, type FactTimings, type RelayFacts } from './relay-facts.ts'
import type { RelayNumbers } from './relay-numbers.ts'
import type { Prices } from './search/prices.ts'
import type { Rules } from './search/rules.ts'
import { createNumberSync, type NumberSync, type SyncParts } from './sync.ts'

export interface NumberServiceParts {
  session: Pick<SessionService, 'record'>
  accounts: Pick<TwilioAccounts, 'current' | 'isSet'>
  prices: Prices
  rules: Rules
  relay: RelayNumbers
  store: Pick<Store, 'reader' | 'replica' | 'releases'>
  clock: Clock
  log: Log
  timings: FactTimings & SyncParts['timings'] & Pick<Timings, 'emergencyLook' | 'detail' | 'releaseSettles'>
  onProgress: SyncParts['onProgress']
  onNumbers: (phoneNumbers: string[] | null) => void
  onDue: DueParts['onDue']
}

type Answered = Pick<
  Handlers,
  'numbers.planSync' | 'numbers.applySync' | 'numbers.undoSync' | 'numbers.list' | 'numbers.cost' | 'numbers.export'
>

/** The account's numbers as they are kept here: brought up to Twilio's list, listed, costed, exported. */
export function createNumbers(parts: NumberServiceParts) {
  const facts = createRelayFacts(parts)
  const views = createNumberViews(parts)
  const due = createDueHolds(parts)
  const sync = createNumberSync({
    ...parts,
    onSynced(hasChanged) {
      facts.synced(hasChanged)
      if (hasChanged) views.lookAfter()
    },
  })
  const releaseNotes = createReleaseNotes({
    ...parts,
    notes: parts.store.releases,
    settleMs: parts.timings.releaseSettles,
    tellRelay: sync.tellRelay,
  })
  return {
    sync,
    views,
    facts,
    due,
    handlers: {
      'numbers.due': due.get,
      ...createAnswers(parts, { sync, views, facts }),
      ...numberChangeHandlers({
        ...parts,
        views,
        tellRelay: sync.tellRelay,
        releaseNotes,
        emergencyLook: parts.timings.emergencyLook,
        patience: parts.timings.detail,
      }),
    },
    /** Settles releases that were interrupted. Never throws. */
    resume: releaseNotes.resume,
    async close(): Promise<void> {
      for (const part of [releaseNotes, sync, due, facts, views]) await part.close()
    },
  }
}
export type Numbers = ReturnType<typeof createNumbers>

interface Made {
  sync: NumberSync
  views: NumberViews
  facts: RelayFacts
}

const isOurs = ({ state }: OwnedNumber) => state !== 'left'

const createAnswers = ({ session, store, prices, clock }: NumberServiceParts, { sync, views, facts }: Made): Answered => ({
  'numbers.planSync': () => sync.plan(),
  'numbers.applySync': ({ planId }) => sync.apply(planId),
  'numbers.undoSync': async ({ undoId }) => {
    await sync.undo(undoId)
    return {}
  },
  'numbers.list': async (of) => {
    signedIn(session)
    if (of.after === undefined) await facts.opened()
    return views.list(of)
  },
  'numbers.cost': async () => {
    requireManager(session)
    await facts.brought()
    const countries = new Set((await views.all()).flatMap(({ country }) => country ?? []))
    // A price that cannot be had is shown as missing, never as nothing.
    await Promise.allSettled([...countries].map((country) => prices.ofCountry(country)))
    const { usageAt } = await store.reader.numberState()
    return costReport(await views.all(), clock.now(), usageAt !== null)
  },
  'numbers.export': async ({ phoneNumbers }) => {
    const { numbersCsv } = await import('./export.ts') // seldom needed: not at start
    const numbers = phoneNumbers ? (await views.some(phoneNumbers)).map(({ owned }) => owned) : (await views.all()).filter(isOurs)
    const names = new Map((await store.reader.users()).map(({ userId, name }) => [userId, name]))
    return { fileName: `numbers-${clock.now().toISOString().slice(0, 10)}.csv`, text: numbersCsv(numbers, names) }
  },
})
