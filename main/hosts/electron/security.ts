import type { Session, WebContents } from 'electron'
import { ORIGIN } from './protocol.ts'

/** What our page may use, and nothing else: a microphone, notifications, a choice of speakers. */
const ALLOWED = new Set(['media', 'notifications', 'speaker-selection'])
/** Sites that a link may open in the person's own browser. */
const EXTERNAL = ['https://www.twilio.com/', 'https://console.twilio.com/', 'https://support.twilio.com/', 'https://status.twilio.com/']

// Not `origin`: for a scheme of our own Node says "null".
const isOurs = (url: string | undefined): boolean => url === ORIGIN || url?.startsWith(`${ORIGIN}/`) === true

/** Permissions are answered from a table, for our own page alone; video never. */
export function guardSession(session: Pick<Session, 'setPermissionCheckHandler' | 'setPermissionRequestHandler'>): void {
  session.setPermissionCheckHandler(
    (_contents, permission, origin, details) => ALLOWED.has(permission) && isOurs(origin) && details.mediaType !== 'video',
  )
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const isVideo = 'mediaTypes' in details && (details.mediaTypes ?? []).includes('video')
    answer(ALLOWED.has(permission) && isOurs(details.requestingUrl) && !isVideo)
  })
}

const stay = (details: { url: string; preventDefault: () => void }): void => {
  if (!isOurs(details.url)) details.preventDefault()
}

/** No page leaves our origin, none opens another, none holds a webview; allowed links go to the person's browser. */
export function guardContents(
  contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>,
  openExternal: (url: string) => Promise<void>,
): void {
  contents.on('will-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (EXTERNAL.some((allowed) => url.startsWith(allowed))) void openExternal(url)
    return { action: 'deny' }
  })
}
