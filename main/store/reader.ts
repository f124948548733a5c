import { unratedOf } from '../../contract/call-cost.ts'
import type { CallView } from '../../contract/history.ts'
import { createCallPages } from './call-page.ts'
import { createCallItems } from './call-item.ts'
import { createCallReader } from './call-table.ts'
import { createDirectoryReader } from './directory-table.ts'
import { createExportReader } from './export-table.ts'
import { createFactTable } from './facts.ts'
import { createMediaReader } from './media-table.ts'
import { createMissedReader } from './missed-table.ts'
import { createNumberReader } from './number-rows.ts'
import type { Connection } from './open-database.ts'
import { createRecordReader } from './record-reader.ts'
import { createAuditReader, createRecordingReader } from './recording-table.ts'
import { createSearchReader } from './search-table.ts'
import { createTimelineReader } from './timeline-table.ts'

/** The reader's commands, on a connection that cannot write: a long list never waits for the writer. */
export function createReader(db: Connection) {
  const calls = createCallReader(db)
  const pages = createCallPages(db)
  const directory = createDirectoryReader(db)
  const numbers = createNumberReader(db)
  return {
    call: calls.get,
    calls: pages.page,
    searchCalls: pages.search,
    countCalls: pages.count,
    timeline: createTimelineReader(db),
    users: directory.users,
    roleOf: directory.roleOf,
    preferences: directory.preferences,
    numberState: numbers.state,
    numberReports: numbers.reports,
    numbers: numbers.page,
    someNumbers: numbers.some,
    holdEnds: numbers.holdEnds,
    localNumbers: numbers.local,
    ...createSearchReader(db),
    ...createMediaReader(db),
    ...recordReaders(db, pages),
    ...createExportReader(db),
  }
}

/** What people, and the relay, added; and the lists made of it. */
function recordReaders(db: Connection, pages: ReturnType<typeof createCallPages>) {
  const calls = createCallReader(db)
  const items = createCallItems(db)
  const facts = createFactTable(db)
  return {
    callView(callId: string): CallView | undefined {
      const call = calls.get(callId)
      if (!call?.cost || call.cost.isFinal) return call && items.view(call)
      return { ...items.view(call), unrated: unratedOf(facts.of(callId)) }
    },
    ...createRecordReader(db),
    ...createMissedReader(db),
    ...createRecordingReader(db, pages),
    ...createAuditReader(db),
  }
}
export type Reader = ReturnType<typeof createReader>
