import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Replaces a file's content as a whole: temp file, fsync, rename. A process killed at any moment leaves the old or the new content, never a part.
 * @throws the file system's error
 */
export function writeAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.tmp` // one name, so that a killed writer's is replaced by the next
  const file = openSync(temporary, 'w', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

/** The file's text, or undefined when there is none. Other errors are thrown: an unreadable account must not become a new one. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Runs `work` once, `delayMs` after the first of a burst of calls; `flush` runs what waits at once. */
export function debounce(work: () => void, delayMs: number): { request(): void; flush(): void } {
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    if (!timer) return
    clearTimeout(timer)
    timer = undefined
    work()
  }
  return {
    request: () => {
      timer ??= setTimeout(flush, delayMs).unref()
    },
    flush,
  }
}

/** A file of JSON lines that only grows. A line torn by a kill is dropped when it is read again. */
export interface Journal {
  append(value: unknown): void
  flush(): void
  /** Forgets everything. */
  clear(): void
}

/** Opens a journal for appending; what is appended reaches the file within `delayMs`. */
export function openJournal(path: string, delayMs: number): Journal {
  mkdirSync(dirname(path), { recursive: true })
  endLastLine(path)
  let waiting: string[] = []
  const writer = debounce(() => {
    const lines = waiting
    waiting = []
    appendFileSync(path, lines.join(''))
  }, delayMs)
  return {
    append: (value) => {
      waiting.push(`${JSON.stringify(value)}\n`)
      writer.request()
    },
    flush: () => writer.flush(),
    clear: () => {
      waiting = []
      writer.flush()
      if (readIfThere(path) !== undefined) truncateSync(path)
    },
  }
}

/** Every whole line of a journal, in order. */
export function readJournal(path: string): unknown[] {
  const values: unknown[] = []
  for (const line of (readIfThere(path) ?? '').split('\n')) {
    try {
      if (line) values.push(JSON.parse(line))
    } catch {
      // torn by a kill in the middle of a write: what it said is lost, the lines after it are not
    }
  }
  return values
}

/** After a torn line the next one must begin on its own. */
function endLastLine(path: string): void {
  const text = readIfThere(path)
  if (text && !text.endsWith('\n')) appendFileSync(path, '\n')
}
