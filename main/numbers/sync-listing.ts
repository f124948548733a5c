import type { RemoteNumber } from '../../contract/number.ts'
import type { LocalNumber } from '../store/number-rows.ts'
import { rawOf } from '../store/remote-rows.ts'
import type { StagedNumber } from '../store/staged-numbers.ts'
import type { Store } from '../store/store.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import type { RemoteWrite } from '../store/number-plans.ts'

/** Twilio's list, what is kept here, and what of the one was already brought to where the other is kept. */
export interface Listing {
  listing: RemoteNumber[]
  local: LocalNumber[]
  /** What was kept when the list was begun. */
  revision: number
  /** `rawOf`, which was mostly made while the list was read. */
  raw: (number: RemoteNumber) => string
  /** Parts a plan's writes: whether what is staged is among them, and those that are not staged. */
  part: (writes: readonly RemoteWrite[]) => { staged: string | null; rest: readonly RemoteWrite[] }
}

export interface ListingParts {
  account: Pick<TwilioAccount, 'numbers'>
  store: {
    reader: Pick<Store['reader'], 'numberState' | 'localNumbers'>
    replica: Pick<Store['replica'], 'stageRemote'>
  }
  listingId: string
  onPage: (listed: number) => void
}

/** Never seen at Twilio from here, and not left: whatever else there is in the list, a plan writes it as it stands there. */
const isNew = (one: LocalNumber | undefined): boolean =>
  one === undefined || (one.raw === null && one.missingSince === null && !one.isGone && one.directory === 'known')

/** Each number once: its text is needed when it is staged, and again when it is compared. */
function createTexts() {
  const texts = new WeakMap<RemoteNumber, string>()
  return (number: RemoteNumber): string => {
    const text = texts.get(number) ?? rawOf(number)
    texts.set(number, text)
    return text
  }
}

type Local = Awaited<ReturnType<ListingParts['store']['reader']['localNumbers']>>

/** Brings new numbers to the store. */
function createStaging({ store, listingId }: ListingParts, reading: Promise<Local>, raw: (number: RemoteNumber) => string) {
  const staged = new Map<string, string>()
  const pages: Promise<boolean>[] = []
  const known = reading.then(({ numbers }) => new Map(numbers.map((one) => [one.phoneNumber, one])))
  async function stage(page: readonly RemoteNumber[]): Promise<boolean> {
    const local = await known
    const rows: StagedNumber[] = page
      .filter(({ phoneNumber }) => isNew(local.get(phoneNumber)))
      .map((number) => ({ phoneNumber: number.phoneNumber, sid: number.sid, raw: raw(number) }))
    for (const row of rows) staged.set(row.phoneNumber, row.raw)
    if (rows.length > 0) await store.replica.stageRemote(listingId, rows)
    return true
  }
  known.catch(() => undefined) // whoever reads hears of it
  return {
    take: (page: readonly RemoteNumber[]): void => void pages.push(stage(page).catch(() => false)), // what is not staged is sent later
    async finish(): Promise<Listing['part']> {
      const isStaged = (await Promise.all(pages)).every(Boolean) && staged.size > 0
      return (writes) => {
        const rest = writes.filter((one) => staged.get(one.phoneNumber) !== one.raw)
        // A number that was written since its page came is listed otherwise now: then all is sent.
        return isStaged && writes.length - rest.length === staged.size ? { staged: listingId, rest } : { staged: null, rest: writes }
      }
    },
  }
}

/**
 * Lists Twilio's numbers and reads what is kept here, at once. Numbers that are new are staged at the store page by page while the next page is
 * under way: most of a first sync is done when the list ends. @throws FailureError as `TwilioAccount.numbers`; what is staged does nothing by itself
 */
export async function listBoth(parts: ListingParts): Promise<Listing> {
  const { account, store, onPage } = parts
  const raw = createTexts()
  const { revision } = await store.reader.numberState() // before the list: what is written from now on makes the plan outdated
  const reading = store.reader.localNumbers()
  const staging = createStaging(parts, reading, raw)
  const [listing, { numbers: local }] = await Promise.all([
    account.numbers((listed, page) => {
      onPage(listed)
      staging.take(page)
    }),
    reading,
  ])
  return { listing, local, revision, raw, part: await staging.finish() }
}
