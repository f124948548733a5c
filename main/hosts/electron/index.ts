// Entry under Electron. Only this file and preload.ts import values from `electron`: outside Electron that import downloads it.
// Bundled, and run in tests under Node with a double of electron; never yet inside the real one (see README).
import { app, BrowserWindow, dialog, ipcMain, powerMonitor, protocol, safeStorage, session, shell } from 'electron'
import os from 'node:os'
import path from 'node:path'
import { toFailure } from '../../../contract/failure.ts'
import { createApp, type App } from '../../app.ts'
import { defaultTimings, type AppConfig } from '../../config.ts'
import { createLog } from '../../log.ts'
import { signIn, type StartEnvironment } from '../sign-in.ts'
import { twilioConfig, type TwilioEnvironment } from '../twilio-environment.ts'
import { openSocket, watchNetwork } from '../node-ports.ts'
import { createPage, reachOf } from '../page.ts'
import { serveBridge } from './ipc.ts'
import { privileges, serveApp } from './protocol.ts'
import { createSafeSecrets } from './secret-store.ts'
import { guardContents, guardSession } from './security.ts'
import { openWindow } from './window.ts'

const log = createLog('app')
const environment = process.env as StartEnvironment & TwilioEnvironment

// These must come before `ready`, hence no await above them.
if (environment.LINEKEEPER_PROFILE) app.setPath('userData', path.resolve(environment.LINEKEEPER_PROFILE))
if (!app.requestSingleInstanceLock()) app.exit() // the lock is in userData: one app per profile
app.enableSandbox()
protocol.registerSchemesAsPrivileged(privileges)

await app.whenReady()
const linekeeper = await open().catch(refuseToStart)
guardSession(session.defaultSession)
app.on('web-contents-created', (_event, contents) => guardContents(contents, (url) => shell.openExternal(url)))
serveApp(
  protocol,
  createPage(path.join(import.meta.dirname, '../renderer'), () => reachOf(linekeeper.view(), !app.isPackaged)),
  linekeeper.media,
)
const stopServing = serveBridge(ipcMain, linekeeper)
await signIn(linekeeper, environment).catch((error: unknown) => log.error({ error: String(error) }, 'not signed in'))
const window = await openWindow(BrowserWindow, path.join(import.meta.dirname, '../preload/preload.cjs'), linekeeper)
// For `npm start`, which waits for this line; nobody reads it otherwise.
void linekeeper.welcomed(20_000).then((isOnline) => isOnline && console.log(JSON.stringify({ event: 'ready' })))
app.on('second-instance', () => (window.isMinimized() ? window.restore() : window.focus()))
app.on('window-all-closed', () => app.quit())

let isClosed = false
app.on('before-quit', (event) => {
  if (isClosed) return
  event.preventDefault() // the store is closed first
  isClosed = true
  stopServing()
  void linekeeper.close().finally(() => app.quit())
})

/** Without its data or its keyring the app is of no use: says so and ends. */
function refuseToStart(error: unknown): never {
  const { code, message = code } = toFailure(error)
  log.error({ failure: code, message }, 'the app cannot start')
  dialog.showErrorBox('Linekeeper', `${message} (${code})`)
  app.exit(1)
  throw error
}

function open(): Promise<App> {
  const profile = app.getPath('userData')
  const { LINEKEEPER_RELAY_URL: relayUrl, LINEKEEPER_INVITE: invite } = environment
  const config: AppConfig = {
    profile,
    version: app.getVersion(),
    locale: app.getLocale(),
    deviceName: os.hostname() || 'This computer',
    ...(relayUrl && invite ? { sandbox: { relayUrl, invite } } : {}),
    ...twilioConfig(environment),
    timings: defaultTimings,
  }
  const secrets = createSafeSecrets(safeStorage, profile)
  const onNetwork = watchNetwork()
  return createApp(
    {
      secrets,
      openSocket,
      log,
      random: Math.random,
      fetch: globalThis.fetch,
      clock: { now: () => new Date() },
      onWake(listener) {
        powerMonitor.on('resume', listener)
        const off = onNetwork(listener)
        return () => {
          powerMonitor.off('resume', listener)
          off()
        }
      },
    },
    config,
  )
}
