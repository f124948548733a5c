import { createRoot } from 'react-dom/client'
import { v7 as uuid } from 'uuid'
import { FailureError, type FailureCode } from '../contract/failure.ts'
import type { VoiceEdge } from '../contract/relay.ts'
import type { Bridge } from '../contract/desktop.ts'
import { App } from './app.tsx'
import { createBridge } from './bridge/index.ts'
import { gatherObservations, type Observations } from './bridge/observations.ts'
import { followEdge, guardCall } from './follow-edge.ts'
import { joinPhone } from './join-phone.ts'
import type { AppModel } from './model/app.ts'
import { createState, type State } from './state/index.ts'
import './style.css'
import { loadSdk } from './voice/load-sdk.ts'
import { createMicrophone } from './voice/microphone.ts'
import { createPhoneLock } from './voice/phone-lock.ts'
import { createPhone, type PhonePorts } from './voice/phone.ts'
import { createSoundCheck } from './voice/sound-check.ts'
import { phoneTiming } from './voice/timing.ts'
import { createWords } from './words/index.ts'

const LOCK_CHANNEL = 'linekeeper-phone'
/** After registering, before what can wait is loaded: registering has the line to itself. */
const QUIET_MS = 1000
/** Where calls are off nothing registers: after so long signed in, what can wait is loaded all the same. */
const UNREGISTERED_MS = 5000
/** As long again a phone that tries to register has the line to itself. */
const PATIENCE_MS = 15_000

// Libraries that add a <style> read their nonce here (get-nonce, used by radix).
Object.assign(globalThis, { __webpack_nonce__: document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '' })

/** What the phone needs of the rest: the bridge, the browser, and what the relay announced. */
function phonePorts(bridge: Bridge, state: State, { observe }: Observations): PhonePorts {
  const load = (voice: VoiceEdge) => loadSdk(voice, state.status.getState().status?.version ?? '')
  const sdkAt = followEdge(state, { load, reload: () => location.reload() })
  return {
    sdk: async () => sdkAt(edgeOf(state)),
    async token(renew) {
      const answer = await bridge.request('voice.token', { renew })
      if (answer.ok) return answer.value
      throw new FailureError(answer.failure.code as FailureCode, answer.failure.message)
    },
    observe,
    witness: (callId, testimony) => void bridge.request('calls.witness', { callId, ...testimony }),
    declineEverywhere: (callId) => void bridge.request('calls.declineEverywhere', { callId }),
    async record(callId) {
      const answer = await bridge.request('calls.get', { callId })
      return answer.ok ? answer.value : undefined
    },
    onCallsChanged: (listener) => bridge.on('calls.changed', ({ callIds }) => listener(callIds)),
    offer: (callId) => state.status.getState().offers.find((one) => one.callId === callId),
    report: (registered, microphone) => void bridge.request('device.report', { registered, microphone }),
    microphone: createMicrophone(navigator.mediaDevices, navigator.permissions),
    lock: (events) => createPhoneLock(navigator.locks, new BroadcastChannel(LOCK_CHANNEL), events),
    newId: () => uuid(),
    timing: phoneTiming,
  }
}

/** @throws FailureError not-signed-in */
function edgeOf(state: State): VoiceEdge {
  const { session } = state.session.getState()
  if (!session) throw new FailureError('not-signed-in')
  return session.voice
}

/** Loads what a signed-in user sees, and takes the phone down with the session. */
function followSession({ state, phone }: AppModel, needsGesture: boolean): void {
  let wasSignedIn = false
  state.session.subscribe(({ session }) => {
    const isSignedIn = session?.state === 'signed-in'
    if (isSignedIn === wasSignedIn) return
    wasSignedIn = isSignedIn
    if (!isSignedIn) {
      state.calls.getState().clear()
      void phone.turnOff()
      return
    }
    void state.calls.getState().load()
    void state.settings.getState().loadWorkspace()
    if (!needsGesture) void phone.turnOn()
  })
}

/** Loads the plans of numbers once the Device is registered: calls can be made and taken by then; or while calls stay off. */
function loadPlansLater({ state, phone }: AppModel): void {
  const load = () => void state.numbering.getState().load()
  const isTrying = () => ['turning-on', 'on'].includes(state.phone.getState().power)
  const stop = phone.subscribe(({ registered }) => {
    if (!registered) return
    stop()
    setTimeout(load, QUIET_MS)
  })
  const stopWaiting = state.session.subscribe(({ session }) => {
    if (session?.state !== 'signed-in') return
    stopWaiting()
    setTimeout(() => (isTrying() ? setTimeout(load, PATIENCE_MS) : load()), UNREGISTERED_MS)
  })
}

/** Themes by preference; `system` leaves it to the system. */
function followTheme({ state }: AppModel): void {
  state.settings.subscribe(({ theme }) => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  })
}

function start(root: HTMLElement): void {
  const { bridge, needsGesture, onReopen } = createBridge(window)
  const state = createState(bridge, new Intl.Locale(navigator.language).maximize().region ?? 'US')
  const observations = gatherObservations(async (callId, facts) => {
    const answer = await bridge.request('calls.observe', { callId, facts })
    return answer.ok ? undefined : answer.failure
  })
  const phone = createPhone(phonePorts(bridge, state, observations))
  const model = { state, phone, soundCheck: createSoundCheck(navigator.mediaDevices, AudioContext) }
  joinPhone(phone, state, bridge)
  followSession(model, needsGesture)
  followTheme(model)
  loadPlansLater(model)
  addEventListener('online', () => phone.nudge())
  addEventListener('beforeunload', guardCall(phone))
  addEventListener('pagehide', () => observations.flush())
  const load = () => Promise.all([state.session.getState().load(), state.status.getState().load(), state.settings.getState().load()])
  onReopen(() => {
    phone.reportAgain() // main took this page for gone
    void load()
    void state.status.getState().loadDue()
    void state.calls.getState().load()
    state.refreshLater()
  })
  void load()
  createRoot(root).render(<App model={model} words={createWords()} />)
}

const root = document.getElementById('root')
if (root) start(root)
