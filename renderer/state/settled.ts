/**
 * Says that `work` is wanted: it begins `ms` after the first word of a burst, and once more after it has ended when another word came
 * meanwhile. A stream of words that never rests (a backfill) neither starves it nor starts it twice at once.
 */
export function settled(work: () => Promise<unknown>, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isRunning = false
  let isWanted = false
  const run = async () => {
    timer = undefined
    isRunning = true
    isWanted = false
    try {
      await work()
    } finally {
      isRunning = false
      if (isWanted) want()
    }
  }
  const want = () => {
    isWanted = true
    if (!isRunning) timer ??= setTimeout(() => void run(), ms)
  }
  return want
}
