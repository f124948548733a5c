// Finds or installs the browser that the journeys drive. Debian's Chromium is a close stand-in for Electron's.
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'

/** Where a Chromium may be: said explicitly, Playwright's own download, the system's. @param {NodeJS.ProcessEnv} env */
export function candidates(env) {
  const windows = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)']].filter((folder) => folder !== undefined)
  return [
    env.CHROMIUM_PATH,
    chromium.executablePath(),
    ...['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].map((name) => `/usr/bin/${name}`),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ...windows.map((folder) => path.join(folder, 'Google/Chrome/Application/chrome.exe')),
    ...windows.map((folder) => path.join(folder, 'Microsoft/Edge/Application/msedge.exe')),
  ].filter((file) => file !== undefined)
}

/** The first file that may be executed. @param {string[]} files */
export const firstExecutable = (files) =>
  files.find((file) => {
    try {
      return (accessSync(file, constants.X_OK), true)
    } catch {
      return false
    }
  })

/** The Chromium of this machine, or undefined. */
export const findChromium = () => firstExecutable(candidates(process.env))

/** What to do without a Chromium: commands that we may run, or the one to tell. @param {{ platform: NodeJS.Platform, isRoot: boolean, hasApt: boolean }} machine @returns {{ run: string[][] } | { tell: string }} */
export function remedy({ platform, isRoot, hasApt }) {
  const install = ['apt-get', '-qq', 'install', '-y', '--no-install-recommends', 'chromium']
  if (platform === 'linux' && hasApt && isRoot) return { run: [['apt-get', '-qq', 'update'], install] }
  if (platform === 'linux' && hasApt) return { tell: 'sudo apt-get update && sudo apt-get install -y chromium' }
  return { tell: 'npx playwright-core install chromium' }
}

/**
 * A Chromium, installed when that is allowed; else undefined, with the one command to run told.
 * @param {typeof import('./children.mjs').run} run @param {(text: string) => void} say @returns {Promise<string | undefined>}
 */
export async function obtainChromium(run, say) {
  const found = findChromium()
  if (found) return found
  const hasApt = firstExecutable(['/usr/bin/apt-get']) !== undefined
  const plan = remedy({ platform: process.platform, isRoot: process.getuid?.() === 0, hasApt })
  if ('run' in plan) {
    say('installing Chromium for the browser journeys ...')
    for (const [command, ...args] of plan.run)
      await run(/** @type {string} */ (command), args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).catch(() => 127)
    const installed = findChromium()
    if (installed) return installed
  }
  const told = 'tell' in plan ? plan.tell : plan.run.map((words) => words.join(' ')).join(' && ')
  say(`no Chromium found: the browser journeys cannot run. Install it with\n  ${told}\nor name one in CHROMIUM_PATH.`)
  return undefined
}
