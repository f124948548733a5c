// Which host shows the app. Pure decisions: what was asked and what this machine has in, what to do out.

/** A failed probe is not repeated for so long: an offline machine must not wait 5 s at every start. */
export const REMEMBER_MS = 24 * 3_600_000
/** Electron that ends sooner than this never showed a window. */
export const EARLY_EXIT_MS = 5000
/** Exit status of `--host electron` when Electron cannot be had. */
export const NO_ELECTRON = 3

/**
 * @typedef {object} Machine
 * @property {NodeJS.Platform} platform
 * @property {boolean} isRoot
 * @property {boolean} hasDisplay DISPLAY or WAYLAND_DISPLAY is set.
 * @property {boolean} hasBinary
 * @property {number | undefined} unreachableAt When the download last failed, ms since 1970.
 * @property {number} now ms since 1970
 *
 * @typedef {{ do: 'loopback', why: string } | { do: 'electron' } | { do: 'download' }} HostChoice
 */

/** The first decision. @param {'auto' | 'electron' | 'loopback'} wanted @param {Machine} machine @returns {HostChoice} */
export function chooseHost(wanted, machine) {
  if (wanted === 'loopback') return { do: 'loopback', why: 'asked for' }
  if (wanted === 'auto' && machine.platform === 'linux') {
    if (machine.isRoot) return { do: 'loopback', why: 'Electron does not run as root' }
    if (!machine.hasDisplay) return { do: 'loopback', why: 'there is no display' }
  }
  if (machine.hasBinary) return { do: 'electron' }
  const isRecent = machine.unreachableAt !== undefined && machine.now - machine.unreachableAt < REMEMBER_MS
  if (wanted === 'auto' && isRecent) return { do: 'loopback', why: 'Electron could not be downloaded less than a day ago' }
  return { do: 'download' }
}

/** After a download. @param {'auto' | 'electron'} wanted @param {{ ok: boolean, why: string }} download @returns {HostChoice | { do: 'fail', why: string }} */
export function afterDownload(wanted, download) {
  if (download.ok) return { do: 'electron' }
  return { do: wanted === 'electron' ? 'fail' : 'loopback', why: `Electron cannot be downloaded (${download.why})` }
}

/** After Electron ended. `null`: it closed as programs do. @param {'auto' | 'electron'} wanted @param {{ afterMs: number, code: number }} end @returns {{ do: 'loopback' | 'fail', why: string } | null} */
export function afterElectron(wanted, { afterMs, code }) {
  if (afterMs >= EARLY_EXIT_MS) return null
  return { do: wanted === 'electron' ? 'fail' : 'loopback', why: `Electron ended after ${(afterMs / 1000).toFixed(1)} s (${code})` }
}
