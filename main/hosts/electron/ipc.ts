import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron'
import { failure } from '../../../contract/failure.ts'
import type { App } from '../../app.ts'
import { ORIGIN } from './protocol.ts'

/** The one channel of requests, and the one of events. */
export const CHANNELS = { request: 'bridge', event: 'bridge-event' } as const

/** What main calls the page of a window. */
export const pageOf = ({ id }: Pick<WebContents, 'id'>): string => `window-${id}`

/** Only the top frame of a window, and only while it shows our page. */
const isOurs = ({ sender, senderFrame }: IpcMainInvokeEvent): boolean =>
  senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.url.startsWith(`${ORIGIN}/`)

/** Answers requests of our page and no other. Arguments are checked by the bridge. Returns the undoing. */
export function serveBridge(ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>, app: Pick<App, 'request'>): () => void {
  ipcMain.handle(CHANNELS.request, (event, name: unknown, args: unknown) => {
    if (!isOurs(event)) return { ok: false, failure: failure('forbidden', 'not our page') }
    return app.request(typeof name === 'string' ? name : '', args, pageOf(event.sender))
  })
  return () => ipcMain.removeHandler(CHANNELS.request)
}

/** Sends main's events to a window's page until the window is gone. */
export function forwardEvents(app: Pick<App, 'on'>, contents: Pick<WebContents, 'send' | 'isDestroyed' | 'once'>): void {
  const off = app.on((event) => {
    if (!contents.isDestroyed()) contents.send(CHANNELS.event, event)
  })
  contents.once('destroyed', off)
}
