import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { bridge } from '../../../sandbox/twilio/media/bridge.ts'
import { dominantFrequency } from '../../../sandbox/twilio/media/ear.ts'
import { createRecorder, voiceOf } from '../../../sandbox/twilio/media/recorder.ts'
import { tone } from '../../../sandbox/twilio/media/sources.ts'
import { startGateway } from '../signaling/kit.ts'
import type { LegReport } from '../signaling/sixteen-devices.ts'

// Sixteen people in eight bridged, recorded calls at once: over the real network stack, the Devices in a process of their own.

const LEGS = 16
const TALK_MS = 3000
const folder = mkdtempSync(path.join(tmpdir(), 'sixteen-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('sixteen legs at once: no packet is missing, late ones are caught up, recordings are whole', async () => {
  const server = await startGateway({ deadPeerMs: 60_000 })
  const devices = fork(path.join(import.meta.dirname, '../signaling/sixteen-devices.ts'), [String(server.port), String(LEGS)])
  try {
    await vi.waitFor(() => expect(server.calls).toHaveLength(LEGS))
    await Promise.all(server.calls.map(({ leg }) => leg.answer()))
    const legs = server.calls.map(({ leg }) => leg)
    // An answer does not wait for media for ever: once each is heard, each hears.
    await Promise.all(legs.map(({ audio }) => new Promise<void>((heard) => audio.onVoice(() => heard()))))
    for (const [index, leg] of legs.entries()) if (index >= LEGS / 2) void leg.audio.play(tone(300 + index * 20))
    // The first half is bridged in pairs, the second half hears prompts; all are recorded.
    for (let i = 0; i < LEGS / 2; i += 2) bridge(legs[i]!.audio, legs[i + 1]!.audio)
    const recorders = legs.map((leg, index) =>
      createRecorder({
        file: path.join(folder, `${index}.wav`),
        channels: 2,
        left: voiceOf(leg.audio),
        right: (listener) => leg.audio.onHeard(listener),
      }),
    )
    await new Promise((done) => setTimeout(done, TALK_MS))
    const recorded = await Promise.all(recorders.map((recorder) => recorder.stop()))
    devices.send('report')
    const [reports] = (await once(devices, 'message')) as [LegReport[]]

    for (const [index, { packets, lost, holes }] of reports.entries()) {
      // A bridged leg's timestamps follow when the other Device spoke; a prompt's are ours alone and never jump.
      const isPrompt = index >= LEGS / 2
      expect({ index, lost, holes: isPrompt ? holes : 0 }).toEqual({ index, lost: 0, holes: 0 })
      expect(packets).toBeGreaterThan((TALK_MS / 20) * 0.95)
    }
    for (const [index, { durationSeconds, isSilent }] of recorded.entries()) {
      expect(durationSeconds).toBeGreaterThan(TALK_MS / 1000 - 0.05)
      expect(isSilent).toBe(false)
      const bytes = readFileSync(path.join(folder, `${index}.wav`))
      const all = new Int16Array(bytes.buffer, bytes.byteOffset + 44, (bytes.length - 44) / 2)
      const said = all.filter((_, i) => i % 2 === 0).subarray(8000, 16_000)
      expect(Math.abs(dominantFrequency(said) - 1000)).toBeLessThan(5)
      // The sine crosses zero on single samples; a drop-out would be a whole frame of zeros.
      expect(said.some((sample, i) => sample === 0 && said[i + 1] === 0)).toBe(false)
    }
  } finally {
    devices.kill()
    await once(devices, 'exit')
    await server.close()
  }
}, 60_000)
