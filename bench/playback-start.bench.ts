// A recording that is kept on this computer: from the click on Play until its audio element plays and its time goes on. In the open player,
// at its first play, which makes the sound graph, too; and from the row, which opens the player and the address first.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { RecordingItem } from '../contract/recording.ts'
import { launchBrowser, turnOnCalls } from '../test/e2e/kit/browser.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from '../test/e2e/kit/stack.ts'
import { bench, type Side } from './harness.ts'
import { lastPlay, playWatchScript } from './kit/play-watch.ts'

const CALLER = '+14155552671'
const TALK_MS = 20_000
const PATIENCE_MS = 60_000
/** What opening, closing and playing leave to do is done when the next click comes. */
const REST_MS = 400

/** Repeats `look` until it finds something. @throws Error after a minute */
async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + PATIENCE_MS
  while (performance.now() < end) {
    const one = await look()
    if (one !== undefined) return one
    await sleep(200)
  }
  throw new Error('waited for a minute in vain')
}

/** A call with both sides apart, answered in the page, recorded, and played once so that it is kept. @returns its recording's SID */
async function record(page: Page, stack: Stack, desktop: Desktop): Promise<string> {
  const sid = await stack.control.incoming(CALLER, MAIN_LINE, 'tone:700')
  await page.getByRole('button', { name: 'Answer', exact: true }).click()
  await sleep(TALK_MS)
  await stack.control.hangUp(sid)
  const recording = await found(async () => {
    const { recordings } = await desktop.request<{ recordings: RecordingItem[] }>('recordings.page', { limit: 5 })
    return recordings.find(({ state }) => state === 'ready')
  })
  await found(async () => {
    await desktop.request('recordings.open', { sid: recording.sid }).catch(() => undefined) // not there yet: asked for again
    return (await desktop.request<RecordingItem>('recordings.get', { sid: recording.sid })).isCached || undefined
  })
  return recording.sid
}

interface Opened {
  page: Page
  sid: string
  close(): Promise<void>
}

async function openApp(): Promise<Opened> {
  const stack = await startStack({ profile: 'kind', relayEnv: { RELAY_RECORD_ALL: '1' } })
  const desktop = await stack.desktop({ invite: await stack.invite('Bench', 'manager') })
  await stack.assign(MAIN_LINE, 'Bench')
  const browser = await launchBrowser()
  const context = await browser.newContext({ viewport: { width: 1080, height: 720 }, locale: 'en-US' })
  await context.grantPermissions(['microphone', 'notifications'])
  await context.addInitScript({ content: playWatchScript() })
  const page = await context.newPage()
  await page.goto(desktop.url)
  await turnOnCalls(page)
  const sid = await record(page, stack, desktop)
  return { page, sid, close: () => browser.close().then(() => stack.close()) }
}

const goto = (page: Page, place: string) => page.evaluate((to) => void (location.hash = to), `#/recordings${place}`)
const player = (page: Page) => page.getByRole('region', { name: 'Player', exact: true })

/** The list with nothing open: what played has stopped. */
async function toList(page: Page): Promise<void> {
  await goto(page, '')
  await player(page).waitFor({ state: 'detached' })
  await page.getByRole('list', { name: 'Recordings', exact: true }).getByRole('listitem').first().waitFor()
  await sleep(REST_MS)
}

/** Opens the recording, and plays it when it is there. */
async function inPlayer({ page, sid }: Opened): Promise<number> {
  await toList(page)
  await goto(page, `/${sid}`)
  const play = player(page).getByRole('button', { name: 'Play', exact: true })
  await play.waitFor()
  await sleep(REST_MS)
  await play.click()
  return page.evaluate(lastPlay)
}

async function fromRow({ page }: Opened): Promise<number> {
  await toList(page)
  await page
    .getByRole('button', { name: /^Play the recording/ })
    .first()
    .click()
  return page.evaluate(lastPlay)
}

let opened: Promise<Opened> | undefined

const side = (laps: number, lap: (app: Opened) => Promise<number>) => async (): Promise<Side> => {
  const app = await (opened ??= openApp())
  return {
    async round() {
      const samples: number[] = []
      for (let at = 0; at < laps; at++) samples.push(await lap(app))
      return { samples }
    },
    close: async () => undefined,
  }
}

try {
  await bench('playback-start', ({ isQuick }) => {
    const laps = isQuick ? 5 : 20
    const about = { unit: 'ms', isLowerBetter: true, floor: 100, aim: 100, peer: null }
    return [
      {
        ...about,
        name: 'in the player',
        what: 'click on Play of an open, cached recording → it plays; result: p95',
        ours: side(laps, inPlayer),
      },
      { ...about, name: 'from the row', what: 'click on Play in its row → it plays; result: p95', ours: side(laps, fromRow) },
    ]
  })
} finally {
  await (await opened)?.close()
}
process.exit()
