// Stands in for `electron` when the built main runs under Node: records what is done to it in order, and answers just enough.
// It shows our order and our arguments; isolation, CSP on app://, safeStorage and permissions are Electron's own to prove.
import { EventEmitter } from 'node:events'

/** What was done, in order, for the test to read. @type {{ name: string, args: unknown[] }[]} */
const calls = []
const record = (/** @type {string} */ name, /** @type {unknown[]} */ ...args) => void calls.push({ name, args })
/** @type {Map<string, (...args: any[]) => unknown>} */
const handlers = new Map()

class App extends EventEmitter {
  isPackaged = false
  requestSingleInstanceLock() {
    record('requestSingleInstanceLock')
    return process.env.DOUBLE_SECOND_INSTANCE !== '1'
  }
  exit(/** @type {number} */ code) {
    record('exit', code)
    this.report()
    process.exit(code)
  }
  enableSandbox() {
    record('enableSandbox')
  }
  async whenReady() {
    record('whenReady')
    await new Promise((resolve) => setImmediate(resolve))
    record('ready')
  }
  setPath(/** @type {string} */ name, /** @type {string} */ value) {
    record('setPath', name, value)
    this.paths = { ...this.paths, [name]: value }
  }
  /** @type {Record<string, string>} */
  paths = {}
  getPath(/** @type {string} */ name) {
    return this.paths[name] ?? process.cwd()
  }
  getVersion = () => '9.9.9'
  getLocale = () => 'en-US'
  quit() {
    record('quit')
    let isPrevented = false
    this.emit('before-quit', { preventDefault: () => (isPrevented = true) })
    if (isPrevented) return
    this.report()
    process.exit(0)
  }
  report() {
    process.stdout.write(`${JSON.stringify({ calls: calls.map(({ name, args }) => ({ name, args: args.map(plain) })) })}\n`)
  }
}
const plain = (/** @type {unknown} */ value) => (typeof value === 'function' ? 'function' : value)

export const app = new App()

class Contents extends EventEmitter {
  id = 1
  mainFrame = { url: 'app://linekeeper/' }
  isDestroyed = () => false
  send(/** @type {string} */ channel, /** @type {unknown} */ message) {
    record('send', channel, message)
  }
  setWindowOpenHandler(/** @type {Function} */ handler) {
    record('setWindowOpenHandler', handler)
    this.openHandler = handler
  }
  reload = () => record('reload')
}

export class BrowserWindow extends EventEmitter {
  webContents = new Contents()
  constructor(/** @type {object} */ options) {
    super()
    record('BrowserWindow', options)
    app.emit('web-contents-created', {}, this.webContents)
  }
  show = () => record('show')
  focus = () => record('focus')
  restore = () => record('restore')
  isMinimized = () => false
  async loadURL(/** @type {string} */ url) {
    record('loadURL', url)
    this.emit('ready-to-show')
    await exercise(this.webContents)
  }
}

export const ipcMain = {
  handle(/** @type {string} */ channel, /** @type {(...args: any[]) => unknown} */ handler) {
    record('ipcMain.handle', channel)
    handlers.set(channel, handler)
  },
  removeHandler: (/** @type {string} */ channel) => record('ipcMain.removeHandler', channel),
}
export const protocol = {
  registerSchemesAsPrivileged: (/** @type {unknown} */ schemes) => record('registerSchemesAsPrivileged', schemes),
  handle(/** @type {string} */ scheme, /** @type {(request: Request) => Promise<Response>} */ handler) {
    record('protocol.handle', scheme)
    handlers.set('protocol', handler)
  },
}
export const session = {
  defaultSession: {
    setPermissionCheckHandler: (/** @type {any} */ handler) => (record('setPermissionCheckHandler'), handlers.set('check', handler)),
    setPermissionRequestHandler: (/** @type {any} */ handler) => (record('setPermissionRequestHandler'), handlers.set('request', handler)),
  },
}
export const safeStorage = {
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptStringAsync: async (/** @type {string} */ text) => Buffer.from(text).map((byte) => byte ^ 255),
  decryptStringAsync: async (/** @type {Buffer} */ bytes) => ({
    result: Buffer.from(bytes.map((byte) => byte ^ 255)).toString(),
    shouldReEncrypt: false,
  }),
}
export const powerMonitor = new EventEmitter()
export const dialog = { showErrorBox: (/** @type {string} */ title, /** @type {string} */ text) => record('showErrorBox', title, text) }
export const shell = { openExternal: async (/** @type {string} */ url) => record('openExternal', url) }
export const contextBridge = {}
export const ipcRenderer = {}

/** Does what a page, a stranger's frame and Chromium would do, once the window has loaded; the answers are recorded. */
async function exercise(/** @type {Contents} */ contents) {
  const invoke = handlers.get('bridge') ?? (() => undefined)
  const ours = { sender: contents, senderFrame: contents.mainFrame }
  record('answer', await invoke(ours, 'app.status', {}))
  record('answer-args', await invoke(ours, 'calls.page', { limit: 0 }))
  record('answer-frame', await invoke({ sender: contents, senderFrame: { url: 'app://linekeeper/' } }, 'app.status', {}))
  record('answer-gone', await invoke({ sender: contents, senderFrame: null }, 'app.status', {}))
  const elsewhere = { mainFrame: { url: 'https://evil.example/' } }
  record('answer-origin', await invoke({ sender: elsewhere, senderFrame: elsewhere.mainFrame }, 'app.status', {}))
  await invoke(ours, 'device.report', { registered: true, microphone: 'granted' })
  const page = /** @type {Response} */ (await handlers.get('protocol')?.(new Request('app://linekeeper/')))
  record('page', page.status, page.headers.get('content-security-policy'))
  const other = /** @type {Response} */ (await handlers.get('protocol')?.(new Request('app://other/')))
  record('page-other', other.status)
  for (const [permission, url, details] of /** @type {[string, string, object][]} */ ([
    ['media', 'app://linekeeper/', { mediaTypes: ['audio'] }],
    ['media', 'app://linekeeper/', { mediaTypes: ['video'] }],
    ['media', 'https://evil.example/', { mediaTypes: ['audio'] }],
    ['media', 'app://linekeeper.evil.example/', { mediaTypes: ['audio'] }],
    ['notifications', 'app://linekeeper/', {}],
    ['hid', 'app://linekeeper/', {}],
    ['geolocation', 'app://linekeeper/', {}],
  ]))
    handlers.get('request')?.(
      contents,
      permission,
      (/** @type {boolean} */ isAllowed) => record('permission', permission, url, isAllowed),
      {
        requestingUrl: url,
        ...details,
      },
    )
  for (const [permission, origin] of [
    ['media', 'app://linekeeper/'],
    ['media', 'https://evil.example'],
    ['serial', 'app://linekeeper/'],
  ])
    record('check', permission, origin, handlers.get('check')?.(contents, permission, origin, { mediaType: 'audio' }))
  for (const url of ['app://linekeeper/#calls', 'https://evil.example/', 'file:///etc/passwd']) {
    let isDenied = false
    contents.emit('will-navigate', { url, preventDefault: () => (isDenied = true) })
    record('navigate', url, isDenied)
  }
  for (const url of ['https://www.twilio.com/docs', 'https://www.twilio.com.evil.example/', 'file:///etc/passwd'])
    record('window.open', url, contents.openHandler?.({ url }))
  setTimeout(() => app.emit('window-all-closed'), 50)
}
