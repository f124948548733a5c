// What the app's session says about the next start.

/** Whether the app that this page belongs to is signed in to a relay of its own: then no sandbox is wanted beside it. @param {string} url The page's, with its token. */
export async function hasOwnAccount(url) {
  const token = new URLSearchParams(new URL(url).hash.slice(1)).get('token')
  const answer = await fetch(new URL('/bridge/session.get', url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  const outcome = /** @type {{ ok: boolean, value?: { state: string, workspace: { isSandbox: boolean } | null } }} */ (await answer.json())
  return outcome.value?.state === 'signed-in' && outcome.value.workspace?.isSandbox === false
}
