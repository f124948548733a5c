import type { OwnedNumber } from '../../../contract/number-desktop.ts'
import type { Desktop, SandboxReady } from './stack.ts'

/** Every number that this desktop shows. */
export async function ownedNumbers(desktop: Desktop): Promise<OwnedNumber[]> {
  const all: OwnedNumber[] = []
  for (let after: string | null = ''; after !== null;) {
    const page: { numbers: OwnedNumber[]; next: string | null } = await desktop.request('numbers.list', {
      limit: 1000,
      ...(after ? { after } : {}),
    })
    all.push(...page.numbers)
    after = page.next
  }
  return all
}

export async function ownedNumber(desktop: Desktop, phoneNumber: string): Promise<OwnedNumber> {
  const found = (await ownedNumbers(desktop)).find((one) => one.phoneNumber === phoneNumber)
  if (!found) throw new Error(`${phoneNumber} is not among the numbers`)
  return found
}

interface ListedNumber {
  sid: string
  phone_number: string
  friendly_name: string
  voice_url: string
  voice_fallback_url: string
}

/** The account over Twilio's REST, as any other script with a key would use it. */
export function twilioNumbers({ url, accountSid, authToken }: SandboxReady) {
  const base = `${url}/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers`
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  async function ask<T>(path: string, form?: Record<string, string>): Promise<T> {
    const answer = await fetch(base + path, {
      headers: { authorization },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const find = async (phoneNumber: string): Promise<ListedNumber | undefined> => {
    const { incoming_phone_numbers: rows } = await ask<{ incoming_phone_numbers: ListedNumber[] }>(
      `.json?PhoneNumber=${encodeURIComponent(phoneNumber)}`,
    )
    return rows.find((row) => row.phone_number === phoneNumber)
  }
  return {
    find,
    /** Changes a number's settings behind Linekeeper's back. */
    async change(phoneNumber: string, settings: Record<string, string>): Promise<ListedNumber> {
      const number = await find(phoneNumber)
      if (!number) throw new Error(`the account does not have ${phoneNumber}`)
      return ask<ListedNumber>(`/${number.sid}.json`, settings)
    },
  }
}
