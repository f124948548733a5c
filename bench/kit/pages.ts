import type { Page } from 'playwright-core'
import { MAIN_LINE, type Stack } from '../../test/e2e/kit/stack.ts'
import { buildBarePage, serve } from './bare-page.ts'
import { enroll } from './relay-client.ts'

/** The address of a desktop of ours, enrolled for the main line. */
export async function ourUrl(stack: Stack, name = 'Ours'): Promise<string> {
  const invite = await stack.invite(name, 'manager')
  await stack.assign(MAIN_LINE, name)
  return (await stack.desktop({ invite })).url
}

/** The address of the bare page, with a token of a device of its own on the same relay and TwiML app. */
export async function openBarePage(stack: Stack): Promise<string> {
  const code = await stack.invite('Bare', 'manager')
  await stack.assign(MAIN_LINE, 'Bare')
  const { token } = await enroll(stack.relayUrl, code)
  const answer = await fetch(new URL('/api/twilio/access-token', stack.relayUrl), { headers: { authorization: `Bearer ${token}` } })
  const access = (await answer.json()) as { token: string }
  const settings = {
    token: access.token,
    signalingUrl: `${stack.sandbox.url.replace('http', 'ws')}/signal`,
    soundsUrl: `${stack.sandbox.url}/sounds`,
    params: { LkCallerId: MAIN_LINE, LkRecord: 'true' },
  }
  const { url } = await serve(await buildBarePage())
  return `${url}#${encodeURIComponent(JSON.stringify(settings))}`
}

/** Opens the bare page and waits until its Device is registered. */
export async function barePhone(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('button', { name: 'Turn on calls' }).click()
  await page.getByText('Ready', { exact: true }).waitFor()
}
