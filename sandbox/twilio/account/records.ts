import { debounce, openJournal, readJournal, writeAtomically } from './files.ts'

/** Records by SID, kept in a file; later versions of a record replace earlier ones. */
export interface Records<T extends { sid: string }> {
  put(record: T): void
  /** Many at once, of which `onChange` does not hear. */
  seed(records: readonly T[]): void
  get(sid: string): T | undefined
  all(): Iterable<T>
  remove(sid: string): boolean
  clear(): void
  /** Tells of every put and removal, after it. */
  onChange(listener: (sid: string, record: T | undefined) => void): () => void
  flush(): void
}

/**
 * Opens a records file: JSON lines, the last line of a SID counts. It is compacted when opened. `repair` may mend what a killed
 * process left (a call that was live), returning what the record is now.
 */
export function openRecords<T extends { sid: string }>(path: string, delayMs: number, repair: (record: T) => T): Records<T> {
  const records = load<T>(path)
  for (const record of records.values()) records.set(record.sid, repair(record))
  writeAtomically(path, [...records.values()].map((record) => `${JSON.stringify({ record })}\n`).join(''))
  const writer = createLastVersionWriter(path, records, delayMs)
  const listeners = new Set<(sid: string, record: T | undefined) => void>()
  const changed = (sid: string) => {
    writer.mark(sid)
    for (const listener of listeners) listener(sid, records.get(sid))
  }
  const remove = (sid: string) => {
    const isThere = records.delete(sid)
    if (isThere) changed(sid)
    return isThere
  }
  return {
    put: (record) => {
      records.set(record.sid, record)
      changed(record.sid)
    },
    seed: (many) => {
      for (const record of many) {
        records.set(record.sid, record)
        writer.mark(record.sid)
      }
    },
    get: (sid) => records.get(sid),
    all: () => records.values(),
    remove,
    clear: () => [...records.keys()].forEach(remove),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    flush: () => writer.flush(),
  }
}

/** A call changes several times within a moment: only its last version is written. */
function createLastVersionWriter(path: string, records: ReadonlyMap<string, object>, delayMs: number) {
  const journal = openJournal(path, 0)
  const dirty = new Set<string>()
  const writer = debounce(() => {
    for (const sid of dirty) journal.append(records.has(sid) ? { record: records.get(sid) } : { removed: sid })
    dirty.clear()
    journal.flush()
  }, delayMs)
  return {
    mark(sid: string) {
      dirty.add(sid)
      writer.request()
    },
    flush: () => writer.flush(),
  }
}

function load<T extends { sid: string }>(path: string): Map<string, T> {
  const records = new Map<string, T>()
  for (const line of readJournal(path) as ({ record: T; removed?: undefined } | { removed: string })[]) {
    if (line.removed === undefined) records.set(line.record.sid, line.record)
    else records.delete(line.removed)
  }
  return records
}
