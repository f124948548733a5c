import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { Session } from '../../contract/relay.ts'
import type { SecretStore } from '../ports.ts'

/** What is kept of a session: one value, so that a new refresh token and all that belongs to it are written at once. */
const SessionRecord = Type.Object({
  relayUrl: Type.String(),
  privateKey: Type.String(),
  refreshToken: Type.String(),
  user: Session.properties.user,
  device: Session.properties.device,
  workspace: Session.properties.workspace,
  voice: Session.properties.voice,
})
export type SessionRecord = Static<typeof SessionRecord>

/** The key of an enrollment whose answer may have been lost: the same code is tried again with the same key. */
const Pending = Type.Object({ relayUrl: Type.String(), code: Type.String(), privateKey: Type.String() })
type Pending = Static<typeof Pending>

const Ended = Type.Object({ endedBy: Type.Union([Type.String(), Type.Null()]) })
export type Ended = Static<typeof Ended>

/** The session's place in the SecretStore. What cannot be read counts as absent. */
export function createSessionRecords(secrets: SecretStore) {
  async function read<T extends Type.TSchema>(name: string, schema: T): Promise<Static<T> | undefined> {
    const text = await secrets.get(name)
    if (text === undefined) return undefined
    try {
      const value: unknown = JSON.parse(text)
      return Value.Check(schema, value) ? value : undefined
    } catch {
      return undefined
    }
  }
  return {
    session: () => read('session', SessionRecord),
    saveSession: (record: SessionRecord) => secrets.set('session', JSON.stringify(record)),
    pending: () => read('enrollment', Pending),
    savePending: (pending: Pending) => secrets.set('enrollment', JSON.stringify(pending)),
    dropPending: () => secrets.delete('enrollment'),
    ended: () => read('ended', Ended),
    async end(ended: Ended): Promise<void> {
      await secrets.set('ended', JSON.stringify(ended))
      await secrets.delete('session')
    },
  }
}
export type SessionRecords = ReturnType<typeof createSessionRecords>
