import { vi } from 'vitest'
import type { OwnedNumber } from '../../../contract/number-desktop.ts'
import type { Desktop } from '../kit/desktop.ts'
import { startWorkspace } from '../kit/workspace.ts'

export const MAIN = '+14155550100'
export const SUPPORT = '+14155550111'
export const LONDON = '+442079460018'

/** How long a condition may take to come true, in ms. */
export const PATIENCE = { timeout: 20_000, interval: 25 }

/** Sandbox, relay, and a manager's desktop that has synced once. */
export async function startManaged() {
  const at = await startWorkspace()
  const join = (name: string, role: 'manager' | 'staff', withAccount = role === 'manager') => at.desktop(name, role, { withAccount })
  const ada = await join('Ada', 'manager')
  const { accountSid } = at.account
  /** Another script with a key of the account. */
  async function script(method: 'GET' | 'POST' | 'DELETE', path: string, form: Record<string, string> = {}) {
    const authorization = `Basic ${Buffer.from(`${accountSid}:${at.account.authToken()}`).toString('base64')}`
    const answer = await fetch(`${at.sandbox.url}/2010-04-01/Accounts/${accountSid}${path}`, {
      method,
      headers: { authorization },
      ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  }
  const remote = (phoneNumber: string) => at.account.state.numbers.find((one) => one.phoneNumber === phoneNumber)
  const sidOf = (phoneNumber: string) => {
    const number = remote(phoneNumber)
    if (!number) throw new Error(`the account has no ${phoneNumber}`)
    return number.sid
  }
  await online(ada)
  await synced(ada)
  return {
    ...at,
    ada,
    join,
    script,
    /** The number in Twilio's books. */
    remote,
    /** Somebody changes settings at Twilio, past us. */
    drift: (phoneNumber: string, settings: Record<string, string>) =>
      script('POST', `/IncomingPhoneNumbers/${sidOf(phoneNumber)}.json`, settings),
  }
}
export type Managed = Awaited<ReturnType<typeof startManaged>>

/** Waits until the relay has said welcome. */
export const online = (desktop: Desktop): Promise<void> =>
  vi.waitFor(async () => {
    const { relay } = await desktop.ask('app.status', {})
    if (relay !== 'online') throw new Error(`the link is ${relay}`)
  }, PATIENCE)

/** Plans and applies until nothing is left to do. */
export async function synced(desktop: Desktop): Promise<void> {
  await vi.waitFor(async () => {
    const plan = await desktop.ask('numbers.planSync', {})
    await desktop.ask('numbers.applySync', { planId: plan.planId })
  }, PATIENCE)
}

export async function numberIn(desktop: Desktop, phoneNumber: string): Promise<OwnedNumber | undefined> {
  const { numbers } = await desktop.ask('numbers.list', { limit: 1000 })
  return numbers.find((one) => one.phoneNumber === phoneNumber)
}

/** Waits until the list shows the number as wanted: the relay's word comes by the link. */
export const shown = (desktop: Desktop, phoneNumber: string, wanted: Partial<OwnedNumber>): Promise<OwnedNumber> =>
  vi.waitFor(async () => {
    const number = await numberIn(desktop, phoneNumber)
    if (!number) throw new Error(`${phoneNumber} is not in the list`)
    for (const [name, value] of Object.entries(wanted)) {
      const is = number[name as keyof OwnedNumber]
      if (JSON.stringify(is) !== JSON.stringify(value)) throw new Error(`${name} is ${JSON.stringify(is)}`)
    }
    return number
  }, PATIENCE)

/** Actions in a number's trace, oldest first. */
export async function trace(desktop: Desktop, subject: string): Promise<string[]> {
  const { entries } = await desktop.ask('audit.list', { limit: 200, subject })
  return entries.toReversed().map(({ action }) => action)
}

export const userId = async (desktop: Desktop): Promise<string> => (await desktop.ask('session.get', {})).user?.userId ?? ''
