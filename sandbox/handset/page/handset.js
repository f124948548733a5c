// The handset page: calls over the control API, speaks and listens over /handset/audio, and shows what the sandbox does.
// oxlint-disable-next-line house/rooms -- browsers run this file as it is
import { createAudio } from './audio.js'

/** @typedef {{ sid: string, from: string, to: string, status: string }} Call */
/** @typedef {{ at: string, url: string, params: Record<string, string>, status: number, ms: number, attempt: number }} Webhook */

/** @typedef {{ phoneNumber: string, friendlyName: string }} OurNumber */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id))
/** @type {Record<string, string>} */
const words = { queued: 'Ringing', ringing: 'Ringing', 'in-progress': 'In call' }
const refreshMs = 700

/** @type {string | undefined} */
let callSid
/** A call is being placed: another click must not place a second one and lose this one. */
let isPlacing = false
/** @type {ReturnType<typeof createAudio> | undefined} */
let audio

/** @param {string} path @param {object} [body] @returns {Promise<any>} */
async function control(path, body) {
  const init = body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}
  const answer = await fetch(`/control${path}`, init)
  const value = await answer.json()
  if (!answer.ok) throw new Error(value.error)
  return value
}

/** @param {string} [text] */
function complain(text) {
  element('error').textContent = text ?? ''
  element('error').hidden = !text
}

/** Runs an action of the person; a refusal is shown, not thrown. @param {() => Promise<void>} work */
async function attempt(work) {
  complain()
  try {
    await work()
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error))
  }
}

/** @param {string} state @param {string} text */
function show(state, text) {
  const status = element('state')
  if (status.textContent !== text) status.textContent = text
  status.dataset.state = state
  const isCalling = callSid !== undefined || isPlacing
  for (const [id, isOff] of /** @type {const} */ ([
    ['call', isCalling],
    ['hang-up', callSid === undefined],
    ['keypad', state !== 'in-progress'],
  ]))
    /** @type {HTMLButtonElement} */ (element(id)).disabled = isOff
}

function over(/** @type {string} */ status) {
  callSid = undefined
  audio?.close()
  audio = undefined
  show('ended', `Call ended (${status})`)
}

const dial = () =>
  attempt(async () => {
    if (isPlacing || callSid !== undefined) return
    const talks = /** @type {HTMLInputElement} */ (element('microphone')).checked
    // Made here, in the click: browsers start audio only after a gesture.
    const fresh = createAudio()
    isPlacing = true
    show('ringing', 'Calling')
    try {
      await fresh.start(talks)
      const [from, to] = ['from', 'to'].map((id) => /** @type {HTMLInputElement} */ (element(id)).value.trim())
      const made = await control('/incoming-calls', { from, to, script: 'wait' })
      callSid = String(made.callSid)
      audio = fresh
      fresh.connect(callSid)
      isPlacing = false
      show('ringing', 'Ringing')
    } catch (error) {
      fresh.close()
      isPlacing = false
      show('ended', 'No call')
      throw error
    }
  })

const hangUp = () =>
  attempt(async () => {
    if (callSid) await control(`/calls/${callSid}/hangup`, {})
  })

/** @param {string} digits */
const press = (digits) =>
  attempt(async () => {
    if (callSid) await control(`/calls/${callSid}/digits`, { digits })
  })

/** @param {HTMLElement} body @param {string[][]} rows @param {string} none @param {number} columns */
function fill(body, rows, none, columns) {
  const cells = rows.length ? rows : [[none]]
  const text = JSON.stringify(cells)
  if (body.dataset.shown === text) return
  body.dataset.shown = text
  body.replaceChildren(
    ...cells.map((row) => {
      const line = document.createElement('tr')
      for (const value of row) {
        const cell = line.insertCell()
        cell.textContent = value
        if (!rows.length) cell.colSpan = columns
      }
      return line
    }),
  )
}

/** What a webhook is about, in a few words. @param {Record<string, string>} params */
const summary = (params) =>
  ['CallStatus', 'DialCallStatus', 'RecordingStatus', 'Digits', 'From', 'To', 'ErrorCode']
    .filter((name) => params[name])
    .map((name) => `${name}=${params[name]}`)
    .join(' ')

async function refresh() {
  /** @type {[{ calls: Call[] }, { webhooks: Webhook[] }]} */
  const [{ calls }, { webhooks }] = await Promise.all([control('/calls'), control('/webhooks')])
  fill(
    element('active'),
    calls.map((call) => [call.from, call.to || '(the app)', call.status, call.sid]),
    'No calls now.',
    4,
  )
  fill(
    element('journal'),
    webhooks
      .slice(-100)
      .toReversed()
      .map((one) => [
        new Date(one.at).toLocaleTimeString(),
        new URL(one.url).pathname,
        summary(one.params),
        one.status ? String(one.status) : 'none',
        `${Math.round(one.ms)} ms${one.attempt > 0 ? `, attempt ${one.attempt + 1}` : ''}`,
      ]),
    'No webhooks yet.',
    5,
  )
  if (!callSid) return
  const { status } = await control(`/calls/${callSid}?heard=no`)
  if (words[status]) show(status, words[status])
  else over(status)
}

let isGone = false
async function follow() {
  try {
    await refresh()
    if (isGone) show('ended', 'No call')
    isGone = false
  } catch (error) {
    // The sandbox is restarting, or was reset in the middle of a call.
    if (callSid) over('unknown')
    isGone = error instanceof TypeError // fetch's own: nobody answers
    if (isGone) show('gone', 'The sandbox is gone; start it again')
  }
  setTimeout(follow, refreshMs)
}

/** Fills the page and makes it work. */
export async function start() {
  element('dial').addEventListener('submit', (event) => {
    event.preventDefault()
    void dial()
  })
  element('hang-up').addEventListener('click', () => void hangUp())
  element('keypad').addEventListener('click', (event) => {
    if (event.target instanceof HTMLButtonElement) void press(event.target.textContent)
  })
  const { numbers } = await control('/numbers')
  element('to').append(
    ...numbers.map((/** @type {OurNumber} */ one) => new Option(`${one.friendlyName} · ${one.phoneNumber}`, one.phoneNumber)),
  )
  await follow()
}
