// A service that is started again when it ends: the relay and the page's host may be killed at any moment.
import { setTimeout as sleep } from 'node:timers/promises'
import { isStopping as areWeStopping } from '../lib/children.mjs'

/** How long each new start within a minute waits, ms; one end more and it is given up. */
const DELAYS_MS = [200, 500, 1000, 2000, 4000]
const MINUTE_MS = 60_000

/**
 * Begins a service, and again whenever it ends; resolves with what the first beginning gave. An end while everything stops is wanted.
 * @template T
 * @param {string} name For the sentences.
 * @param {(onEnd: (status: number) => void) => Promise<T>} begin
 * @param {{ say: (text: string) => void, onGone: (status: number) => void, delaysMs?: number[], now?: () => number, isStopping?: () => boolean }} options
 *   `onGone` is told when it was given up.
 * @returns {Promise<T>} @throws Error when the first one does not begin.
 */
export function keep(name, begin, { say, onGone, delaysMs = DELAYS_MS, now = Date.now, isStopping = areWeStopping }) {
  /** @type {number[]} */
  let endings = []
  const onEnd = async (/** @type {number} */ status) => {
    if (isStopping()) return
    endings = [...endings.filter((at) => now() - at < MINUTE_MS), now()]
    const delayMs = delaysMs[endings.length - 1]
    if (delayMs === undefined) {
      say(`${name} ended ${endings.length} times within a minute`)
      return onGone(status)
    }
    say(`${name} ended (${status}); starting it again ...`)
    await sleep(delayMs)
    if (isStopping()) return
    await begin(ended).then(
      () => say(`${name} is back`),
      () => ended(status || 1),
    )
  }
  const ended = (/** @type {number} */ status) => void onEnd(status)
  return begin(ended)
}
