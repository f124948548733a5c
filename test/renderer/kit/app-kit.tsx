import { render } from '@testing-library/react'
import type { Bridge, SessionView } from '../../../contract/desktop.ts'
import { failure, type Failure } from '../../../contract/failure.ts'
import type { CallRecord } from '../../../contract/call.ts'
import { App } from '../../../renderer/app.tsx'
import { joinPhone } from '../../../renderer/join-phone.ts'
import { createState } from '../../../renderer/state/index.ts'
import { createWords } from '../../../renderer/words/index.ts'
import { item, OURS, phoneKit, tokenOf, type Options } from './phone-kit.ts'

export const signedIn: SessionView = {
  state: 'signed-in',
  user: { userId: 'ada', name: 'Ada', role: 'manager' },
  deviceId: 'desk',
  workspace: { name: 'Demo', isSandbox: true },
  relayUrl: 'http://127.0.0.1:1',
  canTrySandbox: true,
  voice: { signalingUrl: null, soundsUrl: null },
  endedBy: null,
}
export const firstRun: SessionView = { ...signedIn, state: 'first-run', user: null, deviceId: null, workspace: null, relayUrl: null }

type Answers = { [name: string]: (args: never) => object | Failure }
const isFailure = (value: object): value is Failure => 'code' in value && 'retry' in value

/** Main as a page sees it: answers by name, and events by hand. */
export function fakeBridge(session: SessionView, calls: CallRecord[], answers: Answers) {
  const asked: { name: string; args: unknown }[] = []
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const now = new Date().toISOString()
  const usual: Answers = {
    'session.get': () => session,
    'app.status': () => ({
      registered: true,
      registeredSince: now,
      relay: 'online',
      relaySeenAt: now,
      microphone: 'granted',
      outbox: 0,
      version: '1',
    }),
    'preferences.get': () => ({ country: 'US', callFrom: null, theme: 'system' }),
    'preferences.set': (args: object) => ({ country: 'US', callFrom: null, theme: 'system', ...args }),
    'voice.token': () => ({
      ...tokenOf(3600),
      availableNumbers: [
        { phoneNumber: OURS, name: 'Main line', isDefault: true },
        { phoneNumber: '+14155550111', name: 'Support', isDefault: false },
      ],
    }),
    'users.list': () => [{ userId: 'sam', name: 'Sam' }],
    'calls.page': () => ({ calls: calls.map(item), next: null }),
    'missed.list': () => ({ entries: [], next: null, openCount: 0 }),
    'backup.get': () => ({ backups: [], isRunning: false, checkedAt: null, check: 'unknown', recovered: null, failure: null }),
    'history.backfill': () => ({
      state: 'none',
      from: null,
      reachedAt: null,
      calls: 0,
      recordings: 0,
      news: 0,
      startedAt: null,
      endedAt: null,
      byUserId: null,
      failureCode: null,
    }),
    'numbers.list': () => ({ numbers: [], next: null, syncedAt: null }),
  }
  const bridge: Bridge = {
    request(name, args) {
      asked.push({ name, args })
      const value = (answers[name] ?? usual[name])?.(args as never) ?? failure('unknown-request')
      return Promise.resolve(isFailure(value) ? { ok: false, failure: value } : ({ ok: true, value } as never))
    },
    on(event, listener) {
      const all = listeners.get(event) ?? new Set()
      listeners.set(event, all.add(listener))
      return () => void all.delete(listener)
    },
  }
  const emit = (event: string, payload: object) => listeners.get(event)?.forEach((listener) => listener(payload as never))
  return { bridge, asked, emit }
}

/** The page over a fake main and a fake SDK, with calls turned on unless said otherwise. */
export async function openApp({
  session = signedIn,
  calls = [],
  answers = {},
  isOn = true,
  phone: options = {},
  hasPlans = true,
}: { session?: SessionView; calls?: CallRecord[]; answers?: Answers; isOn?: boolean; phone?: Options; hasPlans?: boolean } = {}) {
  location.hash = ''
  const main = fakeBridge(session, calls, answers)
  const state = createState(main.bridge, 'US')
  const offer = (callId: string) => state.status.getState().offers.find((one) => one.callId === callId)
  const kit = phoneKit({ offer, numbers: () => state.settings.getState().numbers ?? [], ...options })
  joinPhone(kit.phone, state, main.bridge)
  const soundCheck = { listen: () => Promise.resolve({ stop: () => undefined }), play: () => Promise.resolve() }
  await Promise.all([state.session.getState().load(), state.status.getState().load(), state.settings.getState().load()])
  if (session.state === 'signed-in') await Promise.all([state.calls.getState().load(), state.settings.getState().loadWorkspace()])
  if (hasPlans) await state.numbering.getState().load()
  if (isOn && session.state === 'signed-in') await kit.phone.turnOn()
  const screen = render(<App model={{ state, phone: kit.phone, soundCheck }} words={createWords()} />)
  if (session.state !== 'signed-in') await screen.findByRole('button', { name: 'Sign in' }) // first-run is loaded when it is needed
  return { ...kit, ...main, state, screen }
}
