import type { Bridge } from '../../contract/desktop.ts'

declare global {
  interface Window {
    /** Put there by Electron's preload; absent in a browser. */
    linekeeper?: Bridge
  }
}

/** The bridge over IPC, or undefined outside Electron. */
export const electronBridge = (page: Window): Bridge | undefined => page.linekeeper
