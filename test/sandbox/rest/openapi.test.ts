import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wavBytes } from '../../../sandbox/twilio/media/wav.ts'
import { createOperations } from '../../../sandbox/twilio/rest/plugin.ts'
import { createOpenApi } from '../../kit/oai/validator.ts'
import { callOf, recordingOf, startRest, transcriptionOf, type Rest } from './kit.ts'

const openApi = createOpenApi()
let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.close())

/** Fills a template's names with SIDs of the account, and makes what has to be there. */
async function place(path: string): Promise<string> {
  const { account } = rest
  const { state } = account
  const call = callOf(account)
  const file = join(account.mediaFolder, 'one.wav')
  writeFileSync(file, wavBytes(new Int16Array(800)))
  const recording = recordingOf(account, { callSid: call.sid, file })
  account.calls.put(call)
  account.recordings.put(recording)
  const transcription = transcriptionOf(account, { recordingSid: recording.sid })
  account.transcriptions.put(transcription)
  const sids: Record<string, () => Promise<string | undefined> | string | undefined> = {
    Accounts: () => account.accountSid,
    Applications: async () => (await rest.client.applications.create({ friendlyName: 'one' })).sid,
    Keys: async () => (await rest.client.newKeys.create()).sid,
    SigningKeys: async () => (await rest.client.newKeys.create()).sid,
    Calls: () => call.sid,
    Recordings: () => recording.sid,
    Transcriptions: () => transcription.sid,
    IncomingPhoneNumbers: () => state.numbers[0]?.sid,
    OutgoingCallerIds: () => state.callerIds[0]?.sid,
    AvailablePhoneNumbers: () => (path.includes('{CountryCode}') ? countryWith(path) : undefined),
    Addresses: async () => (await rest.client.addresses.create(address)).sid,
  }
  const parts = path.split('/')
  for (const [index, part] of parts.entries()) {
    const [, suffix] = /^\{\w+\}(.*)$/.exec(part) ?? []
    if (suffix !== undefined) parts[index] = `${await sids[parts[index - 1] ?? '']?.()}${suffix}`
  }
  return parts.join('/')
}

const address = { customerName: 'Ada', street: '1 Main St', city: 'Austin', region: 'TX', postalCode: '78701', isoCountry: 'US' }

/** A country that sells the kind of number that a path searches. */
const countryWith = (path: string): string => {
  const kind = /(\w+)\.json$/.exec(path)?.[1]
  return rest.account.world.countries.find(({ offers }) => offers.some((offer) => offer.kind === kind))?.iso ?? 'US'
}

const inForm = (parameters: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name.replace(/^./, (letter) => letter.toUpperCase()), value]))

/** A number for sale, and what it needs to be bought. */
async function purchase(iso: string, kind: string): Promise<Record<string, string>> {
  const { world } = rest.account
  const country = world.country(iso)
  const offer = country?.offers.find((one) => one.kind === kind)
  const [number] = country && offer ? world.numbers(country, offer) : []
  const { sid } = await rest.client.addresses.create(address)
  return { PhoneNumber: number?.phoneNumber ?? '', AddressSid: sid, VoiceUrl: 'http://127.0.0.1/voice' }
}

const numbers = '/Accounts/{AccountSid}/IncomingPhoneNumbers'
const bodies: Record<string, () => Promise<Record<string, string>> | Record<string, string>> = {
  [`${numbers}.json`]: () => ({ PhoneNumber: '+15005550006', VoiceUrl: 'http://127.0.0.1/voice' }),
  [`${numbers}/Local.json`]: () => purchase('US', 'Local'),
  [`${numbers}/Mobile.json`]: () => purchase('NL', 'Mobile'),
  [`${numbers}/TollFree.json`]: () => purchase('US', 'TollFree'),
  '/Accounts/{AccountSid}/Addresses.json': () => inForm(address),
  '/Accounts/{AccountSid}/Calls.json': () => ({ To: '+14155550142', From: '+14155550100', Url: 'http://127.0.0.1/voice' }),
}
const media = (path: string) => /Recordings\/\{Sid\}(\.wav|\.mp3)?$/.test(path)

describe("every success body is what Twilio's document describes, and nothing more", () => {
  // Deleting comes last: the one verified caller ID is needed before.
  const operations = createOperations()
    .filter(({ path }) => !media(path))
    .toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))
  test.each(operations)('$method $path', async ({ method, path }) => {
    const answer = await fetch(`${rest.url}/2010-04-01${await place(path)}`, {
      method,
      headers: { authorization: rest.authorization },
      ...(method === 'POST' ? { body: new URLSearchParams((await bodies[path]?.()) ?? { FriendlyName: 'renamed' }) } : {}),
    })
    const documented = `/2010-04-01${path}`
    expect([200, 201, 204]).toContain(answer.status)
    expect(openApi.knows(method, documented, answer.status)).toBe(true)
    const text = await answer.text()
    const problems = answer.status === 204 ? text : openApi.problems(method, documented, answer.status, JSON.parse(text))
    expect(problems).toHaveLength(0)
  })

  test('the checker is closed: it finds invented fields, wrong dates and numbers for strings', () => {
    const wrong = { account_sid: rest.account.accountSid, balance: 20, currency: 'USD', mood: 'good' }
    const problems = openApi.problems('GET', '/2010-04-01/Accounts/{AccountSid}/Balance.json', 200, wrong)
    expect(problems.join('\n')).toContain('mood')
    expect(problems.join('\n')).toContain('/balance')
  })
})

test('rows in every state of a call are valid', async () => {
  const statuses = ['queued', 'ringing', 'in-progress', 'completed', 'busy', 'failed', 'no-answer', 'canceled'] as const
  for (const status of statuses)
    rest.account.calls.put(callOf(rest.account, { status, endedAt: null, answeredAt: null, price: null, startedAt: null }))
  const answer = await rest.ask('/Calls.json?PageSize=1000')
  expect(openApi.problems('GET', '/2010-04-01/Accounts/{AccountSid}/Calls.json', 200, await answer.json())).toEqual([])
})

test('rows in every state of a recording are valid', async () => {
  const { account } = rest
  for (const status of ['in-progress', 'paused', 'stopped', 'processing', 'completed', 'absent', 'deleted'] as const)
    account.recordings.put(
      recordingOf(account, { status, durationSeconds: null, errorCode: status === 'absent' ? 16101 : null, price: null }),
    )
  const answer = await rest.ask('/Recordings.json?PageSize=1000&IncludeSoftDeleted=true')
  expect(openApi.problems('GET', '/2010-04-01/Accounts/{AccountSid}/Recordings.json', 200, await answer.json())).toEqual([])
})

test('rows in every state of a transcription are valid', async () => {
  const { account } = rest
  for (const status of ['in-progress', 'completed', 'failed'] as const)
    account.transcriptions.put(transcriptionOf(account, { status, price: null, priceAt: null }))
  const answer = await rest.ask('/Transcriptions.json?PageSize=1000')
  expect(openApi.problems('GET', '/2010-04-01/Accounts/{AccountSid}/Transcriptions.json', 200, await answer.json())).toEqual([])
})
