import type { Bridge } from '../../contract/desktop.ts'
import { electronBridge } from './electron.ts'
import { createLoopbackBridge, takeToken } from './loopback.ts'

export interface PageBridge {
  bridge: Bridge
  /** A browser makes no sound before a gesture, Electron does. */
  needsGesture: boolean
  /** Events may have been lost: ask again for what is shown. */
  onReopen: (listener: () => void) => void
}

/** The bridge of whichever host serves this page. */
export function createBridge(page: Window & typeof globalThis): PageBridge {
  const electron = electronBridge(page)
  if (electron) return { bridge: electron, needsGesture: false, onReopen: () => undefined }
  const bridge = createLoopbackBridge({
    origin: page.location.origin,
    token: takeToken(page),
    fetch: page.fetch.bind(page),
    WebSocket: page.WebSocket,
  })
  return { bridge, needsGesture: true, onReopen: (listener) => bridge.onReopen(listener) }
}
