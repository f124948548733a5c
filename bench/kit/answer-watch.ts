// These functions run inside the page, before its scripts; they touch the browser's interfaces alone, so that the product needs no hooks.

/** A question to main for the first rows of a list, and its answer: the calls in their order. */
interface Asked {
  at: number
  calls: string[] | null
  /** Main's own words, when it refused. */
  refusal?: string
}
interface AnswerWatch {
  asked: Asked[]
  /** Of the last key pressed, or the last click: `event.timeStamp`. */
  gestureAt: number
  painted: Promise<number> | undefined
}
declare global {
  interface Window {
    answerWatch?: AnswerWatch
  }
}

/** Where a list's first rows are asked for; later pages say where they go on. */
function isFirstPage(url: string, body: unknown): boolean {
  return /\/bridge\/calls\.(?:page|search)$/.test(url) && typeof body === 'string' && !('after' in (JSON.parse(body) as object))
}

async function note(one: Asked, answer: Response): Promise<void> {
  const said = (await answer.json()) as { value?: { calls?: { callId: string }[]; hits?: { call: { callId: string } }[] } }
  if (said.value) one.calls = (said.value.calls ?? said.value.hits?.map(({ call }) => call) ?? []).map(({ callId }) => callId)
  else one.refusal = JSON.stringify(said)
}

/** Notes each question and, read from a copy, what was answered. */
function watchAnswers(): void {
  const watch: AnswerWatch = { asked: [], gestureAt: 0, painted: undefined }
  window.answerWatch = watch
  const original = window.fetch.bind(window)
  window.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (!isFirstPage(url, init?.body)) return original(input, init)
    const one: Asked = { at: performance.now(), calls: null }
    watch.asked.push(one)
    const answer = await original(input, init)
    void note(one, answer.clone())
    return answer
  }
  const begin = ({ timeStamp }: Event) => {
    watch.gestureAt = timeStamp
    watch.painted = paintedAfter(timeStamp)
  }
  addEventListener('keydown', begin, { capture: true })
  addEventListener('click', begin, { capture: true })
}

/** Whether the rows in the page are these calls, from the newest on, as many as fit. */
function isShown(calls: readonly string[]): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('li[data-call]')]
  if (rows.length < Math.min(calls.length, 8)) return false
  return rows.every(({ dataset }) => Number(dataset['index']) >= calls.length || calls[Number(dataset['index'])] === dataset['call'])
}

/** When the frame in which the rows of the answer stand was painted; of the question that followed this gesture. Rejects after 15 s. */
function paintedAfter(gestureAt: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const answer = window.answerWatch?.asked.findLast(({ at }) => at >= gestureAt)
      if (answer?.refusal) return reject(new Error(answer.refusal))
      if (performance.now() - gestureAt > 15_000)
        return reject(
          new Error(`no rows within 15 s, ${answer?.calls ? 'though answered' : answer ? 'nor an answer' : 'since nothing was asked'}`),
        )
      if (!answer?.calls || !isShown(answer.calls)) return requestAnimationFrame(look)
      const { port1, port2 } = new MessageChannel() // its task comes after this frame's paint
      port1.addEventListener('message', () => resolve(performance.now()))
      port1.start()
      return port2.postMessage(null)
    }
    requestAnimationFrame(look)
  })
}

/** What goes into the page before its scripts. */
export const answerWatchScript = () =>
  [isFirstPage, note, watchAnswers, isShown, paintedAfter].map(String).concat('watchAnswers()').join('\n')

/** Runs in the page: ms from the last key or click to its rows on the screen. */
export async function lastGesture(): Promise<number> {
  const watch = window.answerWatch
  if (!watch?.painted) throw new Error('no key was pressed')
  const painted = await watch.painted
  return painted - watch.gestureAt
}
