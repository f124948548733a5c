import type { App } from '../app.ts'

/** What `npm start` hands over to whichever host it starts. */
export interface StartEnvironment {
  /** Folder of the profile. */
  LINEKEEPER_PROFILE?: string
  LINEKEEPER_RELAY_URL?: string
  LINEKEEPER_INVITE?: string
  /** `1`: the invite waits for *Try the sandbox*, and nobody is signed in before. */
  LINEKEEPER_FIRST_RUN?: string
}

/** Signs in with what the environment gives, unless somebody is or was signed in, or it is left to the person. @throws FailureError */
export async function signIn(app: Pick<App, 'view' | 'enroll' | 'moveSandbox'>, environment: StartEnvironment): Promise<void> {
  const { LINEKEEPER_RELAY_URL: relayUrl, LINEKEEPER_INVITE: invite, LINEKEEPER_FIRST_RUN: firstRun } = environment
  const { state } = app.view()
  if (!relayUrl) return
  if (state === 'signed-in') await app.moveSandbox(relayUrl)
  if (state === 'first-run' && invite && firstRun !== '1') await app.enroll(relayUrl, invite)
}
