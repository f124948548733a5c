import { expect } from 'vitest'
import type { Phone } from './browser.ts'
import { eventually } from './eventually.ts'
import { playedTones } from './playback-probe.ts'

const player = (phone: Phone) => phone.page.getByRole('region', { name: 'Player' })

/** Opens a call in *Calls*, as its row's link does. */
export async function openCall(phone: Phone, callId: string): Promise<void> {
  await phone.page.getByRole('link', { name: 'Calls', exact: true }).click()
  await phone.page.locator(`li[data-call="${callId}"] a`).first().click()
}

/** What plays goes on for ever; what has ended meanwhile plays again. */
export async function loop(phone: Phone): Promise<void> {
  await player(phone).getByRole('button', { name: 'Loop', exact: true }).click({ timeout: 30_000 })
  const play = player(phone).getByRole('button', { name: 'Play', exact: true })
  if (await play.isVisible()) await play.click()
}

/** Plays what is open, again and again. */
export async function playLooped(phone: Phone): Promise<void> {
  await player(phone).getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: 40_000 })
  await loop(phone)
}

/** Chooses who is heard, and waits until exactly these tones come out of the loudspeaker. */
export async function hearsOnly(phone: Phone, who: 'You' | 'Them' | 'Both', tones: readonly number[]): Promise<void> {
  // The radio itself is not to be seen: its label is what a person clicks.
  await player(phone).getByRole('radio', { name: who, exact: true }).locator('..').click()
  await hearsTones(phone, tones)
}

/** Waits until exactly these tones come out of the loudspeaker. */
export async function hearsTones(phone: Phone, tones: readonly number[]): Promise<void> {
  await eventually(async () => {
    const heard = (await phone.page.evaluate(playedTones)).toSorted((a, b) => a - b)
    expect(heard.map((hz) => tones.find((tone) => Math.abs(tone - hz) < 15) ?? hz)).toEqual(tones)
  }, 20_000)
}

export const pause = (phone: Phone) => player(phone).getByRole('button', { name: 'Pause', exact: true }).click()
