import axe from 'axe-core'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import { dial, launchBrowser, openPhone, press, turnOnCalls, type Phone } from './kit/browser.ts'
import { startStack, MAIN_LINE, type Desktop, type Stack } from './kit/stack.ts'

// Every screen, light and dark, wide and 360 px: no accessibility violation, nothing wider than the window.
// LINEKEEPER_SCREENSHOTS=1 also writes docs/screenshots, which are looked at by a person.
const folder = process.env['LINEKEEPER_SCREENSHOTS'] ? path.resolve(import.meta.dirname, '../../docs/screenshots') : undefined
const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1080, height: 720 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1080, height: 720 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 360, height: 720 } },
  { name: 'narrow-dark', colorScheme: 'dark', viewport: { width: 360, height: 720 } },
] as const

let stack: Stack
let browser: Browser
beforeAll(async () => {
  stack = await startStack()
  browser = await launchBrowser()
  if (folder) mkdirSync(folder, { recursive: true })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

describe.each(looks)('$name', ({ name, colorScheme, viewport }) => {
  let desktop: Desktop
  let phone: Phone
  const look = async (screen: string) => {
    await phone.page.waitForTimeout(300) // transitions end
    if (folder) await phone.page.screenshot({ path: path.join(folder, `${screen}-${name}.png`) })
    const overflow = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow, 'horizontal overflow').toBeLessThanOrEqual(0)
    expect(await violations(phone)).toEqual([])
  }
  afterAll(() => phone?.close())

  test('first-run', async () => {
    onTestFailed(() => console.error(stack.logs()))
    desktop = await stack.desktop({ firstRun: true, invite: await stack.invite('Ada', 'manager') })
    await stack.assign(MAIN_LINE, 'Ada')
    phone = await openPhone(browser, desktop.url, { colorScheme, viewport, turnOn: false })
    await phone.page.getByRole('textbox', { name: 'Relay URL', exact: true }).waitFor()
    await look('first-run')
  })

  test('idle, in call, ringing, calls', async () => {
    onTestFailed(() => console.error(stack.logs()))
    await press(phone, 'Try the sandbox')
    await turnOnCalls(phone.page)
    await look('sound-check')
    await press(phone, 'Done')
    await phone.page.getByText('+44 20 7946 0321').first().waitFor({ state: 'attached' }) // every country's plan has come
    await look('idle')
    await phone.page.getByRole('textbox', { name: 'Phone number', exact: true }).pressSequentially('415')
    await phone.page.keyboard.press('ArrowDown')
    await phone.page.getByRole('listbox', { name: 'Suggestions' }).waitFor()
    await look('suggestions')
    await phone.page.keyboard.press('Escape')
    await phone.page.keyboard.press('Escape')
    await dial(phone, '+15005550102')
    await phone.waitForState('In call')
    await look('in-call')
    await press(phone, 'Keypad')
    await phone.page.getByRole('group', { name: 'Call keypad' }).waitFor()
    await look('in-call-keypad')
    await phone.page.keyboard.press('Escape')
    await press(phone, 'Hang up')
    await phone.waitForState('Ready')
    const sid = await stack.control.incoming('+14155552671', MAIN_LINE)
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor()
    await look('ringing')
    await stack.control.hangUp(sid)
    await phone.waitForState('Ready')
    await phone.page.getByRole('link', { name: 'Calls' }).click()
    await phone.page.getByRole('listitem').first().waitFor()
    await look('calls')
  })
})

async function violations(phone: Phone): Promise<string[]> {
  // Through the protocol, not as a <script>: the page's CSP stays as it is.
  await phone.page.evaluate(axe.source)
  return phone.page.evaluate(async () => {
    const run = (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe
    const result = await run.run()
    return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
  })
}
