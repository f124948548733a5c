import axe from 'axe-core'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import type { Phone } from './browser.ts'

// LINEKEEPER_SCREENSHOTS=1 also writes docs/screenshots, which are looked at by a person.
const folder = process.env['LINEKEEPER_SCREENSHOTS'] ? path.resolve(import.meta.dirname, '../../../docs/screenshots') : undefined

const all = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1080, height: 720 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1080, height: 720 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 360, height: 720 } },
  { name: 'narrow-dark', colorScheme: 'dark', viewport: { width: 360, height: 720 } },
] as const

/** Both widths and both colours; every combination of them with `--long`, and for the pictures. */
export const looks: readonly (typeof all)[number][] =
  folder || process.env['LINEKEEPER_LONG'] ? all : all.filter(({ name }) => name === 'light' || name === 'narrow-dark')

/** Looks at a screen as it is now: no accessibility violation, nothing wider than the window. */
export async function look(phone: Phone, screen: string, name: string): Promise<void> {
  await phone.page.waitForTimeout(300) // transitions end
  if (folder) {
    mkdirSync(folder, { recursive: true })
    await phone.page.screenshot({ path: path.join(folder, `${screen}-${name}.png`) })
  }
  const overflow = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(overflow, 'horizontal overflow').toBeLessThanOrEqual(0)
  expect(await violations(phone)).toEqual([])
}

async function violations(phone: Phone): Promise<string[]> {
  // Through the protocol, not as a <script>: the page's CSP stays as it is.
  await phone.page.evaluate(axe.source)
  return phone.page.evaluate(async () => {
    type Options = { preload: boolean }
    const run = (
      window as unknown as { axe: { run(options: Options): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe
    const result = await run.run({ preload: false }) // it would copy styles of shadow roots, which the page's CSP reports
    return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
  })
}
