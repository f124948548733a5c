import type { Dependencies } from '../../contract/number-desktop.ts'
import type { VoiceWiring } from '../../contract/number-relay.ts'
import type { NumberSettings } from '../../contract/number.ts'
import { requireManager } from '../account/manager.ts'
import type { KeptNumber } from '../store/number-rows.ts'
import { eachNumber } from './change-each.ts'
import { keepRemote, keptNumbers, sidOf } from './change-parts.ts'
import type { DetailParts } from './detail.ts'
import { newestSettings } from './health.ts'
import type { Viewed } from './list.ts'
import { healthInputOf } from './view.ts'

/** So many numbers are read again at Twilio before they are shown; of more, what the last list said is shown. */
const READ_AGAIN = 100

const bare = (url: string) => url.split('#')[0]

/** Where calls of a number with these settings go: '' = to the relay; else the application, the trunk or the URL that Twilio asks. Pure. */
export function routedTo({ voiceApplicationSid, trunkSid, voiceUrl }: NumberSettings, wiring: VoiceWiring): string {
  const elsewhere = voiceApplicationSid || trunkSid
  return elsewhere || (bare(voiceUrl) === bare(wiring.voiceUrl) ? '' : voiceUrl || 'Twilio')
}

/** The relay's counts of calls as they are now; without it those that are kept. */
async function countAgain({ relay, store, log }: DetailParts): Promise<void> {
  try {
    await store.replica.putUsage(await relay.usage())
  } catch (error) {
    log.info({ error: String(error) }, 'the relay did not count: what depends on a number is as it was counted before')
  }
}

/** Twilio's word of these numbers, as new as it can be had; a number that cannot be read keeps what is known of it. */
async function readAgain(parts: DetailParts, numbers: readonly KeptNumber[]): Promise<void> {
  if (numbers.length > READ_AGAIN || !parts.accounts.isSet()) return
  const account = await parts.accounts.current()
  await eachNumber(
    numbers,
    async (kept) => {
      const sid = sidOf(kept)
      const remote = sid ? await account.number(sid) : undefined
      if (remote?.phoneNumber === kept.phoneNumber) await keepRemote(parts, [remote])
    },
    { log: parts.log },
  )
}

function dependenciesOf({ kept, owned, context }: Viewed, wiring: VoiceWiring, names: ReadonlyMap<string, string>): Dependencies {
  const named = (userIds: readonly string[]) => userIds.map((userId) => ({ userId, name: names.get(userId) ?? userId }))
  const { userIds, defaultFor, calls30, lastUsedAt, monthly } = owned
  const { settings } = newestSettings(healthInputOf(kept, context))
  return {
    phoneNumber: kept.phoneNumber,
    owners: named(userIds),
    defaultFor: named(defaultFor),
    routedTo: settings ? routedTo(settings, wiring) : '',
    emergencyAddressSid: settings?.emergencyAddressSid || null,
    calls30,
    lastUsedAt,
    monthly,
  }
}

/**
 * What a person should know before these numbers are held or released; numbers that are not known are left out. Assistants and other
 * products show as where calls are routed to. @throws FailureError `forbidden`, `not-signed-in`
 */
export async function listDependencies(parts: DetailParts, phoneNumbers: readonly string[]): Promise<Dependencies[]> {
  requireManager(parts.session)
  const wanted = [...new Set(phoneNumbers)]
  await Promise.all([countAgain(parts), keptNumbers(parts, wanted).then((kept) => readAgain(parts, [...kept.values()]))])
  const viewed = await parts.views.some(wanted)
  const users = await parts.store.reader.users()
  const names = new Map(users.map(({ userId, name }) => [userId, name]))
  const wiring = viewed[0]?.context.wiring ?? (await parts.relay.guard(wanted.slice(0, 1))).wiring
  return viewed.map((one) => dependenciesOf(one, wiring, names))
}
