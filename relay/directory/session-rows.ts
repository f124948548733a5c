import type { Database } from '../database/open.ts'

interface InviteRecord {
  code_hash: string
  user_id: string
  expires_at: string
  used_at: string | null
  device_id: string | null
}
interface TokenRecord {
  token_hash: string
  device_id: string
  expires_at: string
  first_used_at: string | null
  retired_at: string | null
}

/** Invites and refresh tokens, by the hashes of their secrets. Instants are ISO 8601 UTC. */
export function createSessionRows(db: Database) {
  const invite = db.prepare<[string], InviteRecord>('SELECT * FROM invites WHERE code_hash = ?')
  const addInvite = db.prepare('INSERT INTO invites (code_hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)')
  const useInvite = db.prepare('UPDATE invites SET used_at = ?, device_id = ? WHERE code_hash = ?')
  const token = db.prepare<[string], TokenRecord>('SELECT * FROM refresh_tokens WHERE token_hash = ?')
  const addToken = db.prepare('INSERT INTO refresh_tokens (token_hash, device_id, issued_at, expires_at) VALUES (?, ?, ?, ?)')
  const useToken = db.prepare('UPDATE refresh_tokens SET first_used_at = ? WHERE token_hash = ?')
  // The one just used for the first time has its successor already: everything before it is over.
  const retireOthers = db.prepare('UPDATE refresh_tokens SET retired_at = ? WHERE device_id = ? AND token_hash <> ? AND retired_at IS NULL')
  return {
    invite: (codeHash: string) => invite.get(codeHash),
    addInvite: (codeHash: string, userId: string, at: string, expiresAt: string) => void addInvite.run(codeHash, userId, at, expiresAt),
    useInvite: (codeHash: string, deviceId: string, at: string) => void useInvite.run(at, deviceId, codeHash),
    token: (tokenHash: string) => token.get(tokenHash),
    addToken: (tokenHash: string, deviceId: string, at: string, expiresAt: string) => void addToken.run(tokenHash, deviceId, at, expiresAt),
    useToken: (tokenHash: string, at: string) => void useToken.run(at, tokenHash),
    retireOthers: (deviceId: string, except: string, at: string) => void retireOthers.run(at, deviceId, except),
  }
}
