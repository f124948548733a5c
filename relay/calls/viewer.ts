import type { Role } from '../../contract/relay.ts'

/** Who asks. */
export interface Viewer {
  userId: string
  role: Role
}
