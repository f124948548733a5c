// What a start tells of itself: the result on stdout, and a browser at its address.

/**
 * @param {import('./profile.mjs').Ready} ready @param {Pick<import('./options.mjs').StartOptions, 'json' | 'open'>} options
 * @param {{ print: (line: string) => void, say: (text: string) => void, open: (url: string) => Promise<unknown> }} ports
 */
export async function tell(ready, { json, open: isBrowserWanted }, { print, say, open }) {
  printReady(ready, json, print)
  if (ready.sandboxUrl) say(`call yourself from the sandbox's phone: ${ready.sandboxUrl}`)
  if (ready.url && isBrowserWanted) await open(ready.url).catch(() => say('no browser could be opened; open the address above'))
}

/** The one line on stdout. @param {import('./profile.mjs').Ready} ready @param {boolean} json @param {(line: string) => void} print */
export function printReady(ready, json, print) {
  if (json) print(JSON.stringify(ready))
  else print(ready.url ? `Linekeeper is at ${ready.url}` : 'Linekeeper is open in its window')
}
