import type { Log } from '../ports.ts'
import type { Store } from '../store/store.ts'
import type { Link } from './link.ts'
import type { Outbox } from './outbox.ts'
import type { SessionRecord } from './session-record.ts'
import type { SessionService } from './session.ts'
import type { VoiceToken } from './voice-token.ts'

export interface FollowOptions {
  session: Pick<SessionService, 'record'>
  store: Pick<Store, 'replica'>
  outbox: Pick<Outbox, 'clear'>
  link: Pick<Link, 'start' | 'stop'>
  voiceToken: VoiceToken
  log: Log
  /** The replica is about to be emptied, and was. */
  onWiping: () => Promise<void>
  onWiped: () => Promise<void>
}

/**
 * Keeps link, token and replica with the session there is: another relay address restarts the link; another device, or none, empties
 * the replica, since what it holds was that person's to see. `next` is called at every change; steps run one after the other.
 */
export function followSession({ session, store, outbox, link, voiceToken, log, onWiping, onWiped }: FollowOptions) {
  let followed: SessionRecord | undefined
  let isFirst = true
  let work: Promise<void> = Promise.resolve()

  async function step(): Promise<void> {
    const record = session.record()
    const before = followed
    followed = record
    const isSame = before?.device.deviceId === record?.device.deviceId
    if (record && isSame && before?.relayUrl === record.relayUrl) return
    voiceToken.forget()
    await link.stop()
    if (!isSame && !isFirst) {
      await onWiping()
      await store.replica.wipe()
      await outbox.clear()
      await onWiped()
    }
    isFirst = false
    if (record) await link.start(record)
  }

  return {
    next: (): void => {
      work = work.then(step).catch((error: unknown) => log.error({ error: String(error) }, 'the session could not be followed'))
    },
    /** Runs `work` while the log is not followed, so that nothing is applied meanwhile; then goes on. */
    pausing<T>(during: () => Promise<T>): Promise<T> {
      const done = work.then(() => withoutLink(link, () => followed, during))
      work = done.then(
        () => undefined,
        () => undefined,
      )
      return done
    },
    settled: () => work,
  }
}

/** Runs `during` while the link is stopped. */
async function withoutLink<T>(
  link: FollowOptions['link'],
  followed: () => SessionRecord | undefined,
  during: () => Promise<T>,
): Promise<T> {
  await link.stop()
  try {
    return await during()
  } finally {
    const record = followed()
    if (record) await link.start(record)
  }
}
