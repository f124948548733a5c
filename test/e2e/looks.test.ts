import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, onTestFailed, test } from 'vitest'
import { dial, launchBrowser, openPhone, press, turnOnCalls, type Phone } from './kit/browser.ts'
import { look as lookAt, looks } from './kit/look.ts'
import { startStack, MAIN_LINE, type Desktop, type Stack } from './kit/stack.ts'

// Every screen, light and dark, wide and 360 px: no accessibility violation, nothing wider than the window.
// See kit/look.ts for the pictures.
let stack: Stack
let browser: Browser
beforeAll(async () => {
  stack = await startStack()
  browser = await launchBrowser()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

describe.each(looks)('$name', ({ name, colorScheme, viewport }) => {
  let desktop: Desktop
  let phone: Phone
  const look = (screen: string) => lookAt(phone, screen, name)
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
