// The app itself, on the host that this machine allows.
import { afterDownload, afterElectron, chooseHost, NO_ELECTRON } from './choose-host.mjs'
import * as electron from './electron.mjs'
import { keep } from './keep.mjs'
import { service } from './service.mjs'

/** `--host electron` without Electron. Its `status` is the exit status. */
export class NoElectron extends Error {
  status = NO_ELECTRON
}

/** @typedef {{ url: string | null, host: 'loopback' | 'electron', pid: number }} RunningApp */

/**
 * @typedef {object} AppPorts What the outside does; tests hand in others.
 * @property {typeof electron.download} download
 * @property {() => string | undefined} binary
 * @property {(binary: string, env: Record<string, string>, onEnd: (status: number) => void) => ReturnType<typeof electron.launch>} launch
 * @property {(env: Record<string, string>, onEnd: (status: number) => void) => Promise<{ url: string, pid: number }>} loopback
 * @property {Pick<import('./choose-host.mjs').Machine, 'platform' | 'isRoot' | 'hasDisplay'>} machine
 * @property {() => number} now
 */

/** The real ones. @param {(text: string) => void} say @returns {AppPorts} */
export const realPorts = (say) => ({
  download: electron.download,
  binary: () => electron.electronBinary(process.env),
  launch: electron.launch,
  loopback: (env, onEnd) => keep('the app', (ended) => service('main/hosts/loopback/index.ts', [], env, ended), { say, onGone: onEnd }),
  machine: {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasDisplay: Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY),
  },
  now: Date.now,
})

/**
 * Starts the app and says on which host and why.
 * @param {import('./options.mjs').StartOptions['host']} wanted @param {Record<string, string>} env
 * @param {{ profile: Pick<import('./profile.mjs').Profile, 'remembered' | 'remember'>, ports: AppPorts, say: (text: string) => void, onEnd: (status: number) => void }} context
 * @returns {Promise<RunningApp>} @throws NoElectron, or Error when the host cannot start.
 */
export async function startApp(wanted, env, { profile, ports, say, onEnd }) {
  const why = await tryElectron(wanted, env, { profile, ports, say, onEnd })
  if (typeof why !== 'string') return why
  say(`showing the app in a browser: ${why}`)
  say('starting the app ...')
  const { url, pid } = await ports.loopback(env, onEnd)
  return { url, host: 'loopback', pid }
}

/** Electron when it can be had; else why not. @param {Parameters<typeof startApp>[0]} wanted @param {Record<string, string>} env @param {Parameters<typeof startApp>[2]} context @returns {Promise<RunningApp | string>} */
async function tryElectron(wanted, env, { profile, ports, say, onEnd }) {
  const unreachableAt = profile.remembered().electronUnreachableAt
  const state = { ...ports.machine, hasBinary: ports.binary() !== undefined, unreachableAt, now: ports.now() }
  const first = chooseHost(wanted, state)
  if (first.do === 'loopback' || wanted === 'loopback') return first.do === 'loopback' ? first.why : 'asked for'
  if (first.do === 'download') {
    const next = afterDownload(wanted, await ports.download(say))
    profile.remember({ electronUnreachableAt: next.do === 'electron' ? undefined : ports.now() })
    if (next.do === 'fail') throw new NoElectron(next.why)
    if (next.do === 'loopback') return next.why
  }
  const binary = ports.binary()
  if (!binary) throw new NoElectron('Electron was downloaded, but its binary is not there')
  say('starting Electron ...')
  const launched = await ports.launch(binary, env, onEnd)
  if ('pid' in launched) return { url: null, host: 'electron', pid: launched.pid }
  const end = afterElectron(wanted, launched.ended)
  if (end?.do === 'fail') throw new NoElectron(end.why)
  return end?.why ?? 'Electron ended'
}
