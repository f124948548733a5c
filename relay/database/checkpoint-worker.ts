// A thread of its own: moves what is in the write-ahead log into the database, so that the thread that answers Twilio need not wait for it.
import { parentPort, workerData } from 'node:worker_threads'
import SQLite from 'better-sqlite3'

const db = new SQLite((workerData as { file: string }).file)
db.pragma('synchronous = FULL')
parentPort?.on('message', (word: 'checkpoint' | 'end') => {
  if (word === 'checkpoint') {
    db.pragma('wal_checkpoint(PASSIVE)') // waits for nobody, and nobody for it
    return parentPort?.postMessage('done')
  }
  db.close()
  return parentPort?.close()
})
