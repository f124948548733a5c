import { createDeviceReport, type DeviceReport } from './account/device-report.ts'
import type { AppConfig, Timings } from './config.ts'
import { createOutbox, type Outbox } from './link/outbox.ts'
import { createRelayClock, type RelayClock } from './link/relay-clock.ts'
import { createRelayHttp } from './link/relay-http.ts'
import { createSessionRecords } from './link/session-record.ts'
import { createSession, type SessionService } from './link/session.ts'
import { createVoiceToken, type VoiceToken } from './link/voice-token.ts'
import type { Ports } from './ports.ts'
import type { Store } from './store/store.ts'

/** What does not know of the link or the page. */
export interface Services {
  clock: RelayClock
  session: SessionService
  outbox: Outbox
  voiceToken: VoiceToken
  device: DeviceReport
}

export async function createServices(ports: Ports, config: AppConfig, timings: Timings, store: Store): Promise<Services> {
  const clock = createRelayClock(ports.clock)
  const session = await createSession({
    clock,
    log: ports.log,
    tokenMargin: timings.tokenMargin,
    deviceName: config.deviceName,
    records: createSessionRecords(ports.secrets),
    http: createRelayHttp(ports, clock, timings.request),
  })
  return {
    clock,
    session,
    outbox: await createOutbox({ table: store.outbox, session, ports, timings }),
    voiceToken: createVoiceToken(session, clock),
    device: createDeviceReport(ports.clock, (error) => ports.log.error({ error: String(error) }, 'a listener failed')),
  }
}
