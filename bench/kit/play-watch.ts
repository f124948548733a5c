// These functions run inside the page, before its scripts; they touch the browser's interfaces alone, so that the product needs no hooks.

interface PlayWatch {
  clickAt: number
  heard: PromiseWithResolvers<number>
}
declare global {
  interface Window {
    playWatch?: PlayWatch
  }
}

/** A click begins a new lap. */
function onClick({ timeStamp }: MouseEvent): void {
  window.playWatch = { clickAt: timeStamp, heard: Promise.withResolvers<number>() }
}

/** Whatever plays after a click is looked at until its time goes on. Its player is in no document, so that its events reach nobody else. */
function watchPlaying(): void {
  addEventListener('click', onClick, { capture: true })
  const watched = new WeakSet<HTMLMediaElement>()
  const original: unknown = Reflect.get(HTMLMediaElement.prototype, 'play')
  HTMLMediaElement.prototype.play = function (...args) {
    if (!watched.has(this)) this.addEventListener('playing', () => void untilItGoesOn(this))
    watched.add(this)
    return Reflect.apply(original as () => Promise<void>, this, args)
  }
}

/** From `playing` on its time must go on: the later of the two is when it has started. */
async function untilItGoesOn(audio: HTMLMediaElement): Promise<void> {
  const lap = window.playWatch
  const { currentTime } = audio
  while (audio.currentTime === currentTime) {
    if (audio.paused) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  lap?.heard.resolve(performance.now())
}

/** What goes into the page before its scripts. */
export const playWatchScript = () => [onClick, watchPlaying, untilItGoesOn].map(String).concat('watchPlaying()').join('\n')

/** Runs in the page: ms from the last click until what it started was playing. @throws Error after 15 s */
export async function lastPlay(): Promise<number> {
  const { playWatch } = window
  if (!playWatch) throw new Error('nothing was clicked')
  const tooLate = new Promise<never>((_resolve, reject) => setTimeout(() => reject(new Error('silence for 15 s')), 15_000))
  return (await Promise.race([playWatch.heard.promise, tooLate])) - playWatch.clickAt
}
