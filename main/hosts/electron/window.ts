import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import type { App } from '../../app.ts'
import { reachOf } from '../page.ts'
import { forwardEvents, pageOf } from './ipc.ts'
import { ORIGIN } from './protocol.ts'

export const windowOptions = (preload: string): BrowserWindowConstructorOptions => ({
  width: 1080,
  height: 720,
  minWidth: 360,
  minHeight: 560,
  show: false, // until there is something to see
  webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, spellcheck: false },
})

/** Opens the app's window and shows it once it has painted. */
export async function openWindow(
  Window: new (options: BrowserWindowConstructorOptions) => BrowserWindow,
  preload: string,
  app: Pick<App, 'on' | 'view' | 'pageGone'>,
): Promise<BrowserWindow> {
  const window = new Window(windowOptions(preload))
  const { webContents } = window
  const page = pageOf(webContents) // asked now: a destroyed one no longer says
  window.once('ready-to-show', () => window.show())
  forwardEvents(app, webContents)
  const gone = () => app.pageGone(page)
  webContents.on('render-process-gone', gone)
  webContents.once('destroyed', gone)
  reloadOnNewReach(app, window)
  await window.loadURL(`${ORIGIN}/`)
  return window
}

/** A page's CSP is set when it loads: after signing in to a sandbox, or out of it, it must be loaded again to reach the other. */
function reloadOnNewReach(app: Pick<App, 'on' | 'view'>, window: BrowserWindow): void {
  const reach = () => JSON.stringify(reachOf(app.view(), false))
  let loaded = reach()
  const off = app.on(({ event }) => {
    if (event !== 'session.changed' || reach() === loaded) return
    loaded = reach()
    window.webContents.reload()
  })
  window.webContents.once('destroyed', off)
}
